"""`xinheng`: every command, thin over the rooms."""

from __future__ import annotations

import os

import click

GROUPS = {
    "init": "setup", "upgrade": "upgrade", "demo": "setup", "serve": "setup", "doctor": "setup", "synth": "setup",
    "nightly": "nightly", "sync": "sync",
    "register": "data", "intake": "data", "template": "data", "erase": "data", "queue": "data", "classify": "data",
    "accounts": "accounts",
    "link": "linking", "link-evaluate": "linking_evaluation", "nil": "delivery", "drops": "delivery", "exchange": "exchange",
    "report": "papers", "verify": "papers", "withdrawals": "papers",
    "bulletin": "oversight", "suspected": "oversight", "indicators": "oversight", "compare": "oversight",
    "case": "cases", "lists": "lists",
    "check": "checks", "checks": "checks",
    "subscriptions": "subscriptions", "evaluate": "evaluate", "facts": "facts",
    "law": "law", "ledger": "ledger", "keys": "ledger",
}  # fmt: skip


class Commands(click.Group):
    """Loads a command's module only when it is asked for: `xinheng verify` needs no database."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(GROUPS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in GROUPS:
            return None
        from importlib import import_module

        module = import_module(f"xinheng.faces.cli.{GROUPS[name]}")
        found: click.Command = getattr(module, f"{name.replace('-', '_')}_command")
        return found


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="xinheng", prog_name="xinheng")
def cli() -> None:
    """信衡:机关、企业等组织的公共信用信息平台。数据目录由 XINHENG_HOME 指定(默认 ./var)。"""


def start_django() -> None:
    """Gets the rooms ready; called by every command that touches the home."""
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()


def main() -> None:
    """Entry point of the `xinheng` command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinheng.settings")
    cli()


if __name__ == "__main__":
    main()
