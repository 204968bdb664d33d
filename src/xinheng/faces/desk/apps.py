from __future__ import annotations

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Workspaces of staff and departments."""

    name = "xinheng.faces.desk"
    label = "desk"

    def ready(self) -> None:
        from xinheng.faces.desk import signing  # noqa: F401  (its receiver listens for lock-outs)
