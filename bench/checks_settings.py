"""The settings of the release, with the addresses of `checks_stack`."""

from xinheng.settings import *  # noqa: F403

ROOT_URLCONF = "bench.checks_stack"
