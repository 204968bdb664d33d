"""Where the examples find the platform and their account: in the environment, never in the code."""

import os

from xinheng_client import Client


def platform() -> Client:
    """A client of XINHENG_HOST with XINHENG_CLIENT_ID and XINHENG_CLIENT_SECRET."""
    return Client(
        os.environ["XINHENG_HOST"],
        client_id=os.environ.get("XINHENG_CLIENT_ID", ""),
        client_secret=os.environ.get("XINHENG_CLIENT_SECRET", ""),
    )
