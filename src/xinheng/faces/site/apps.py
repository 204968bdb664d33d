"""The public site as a Django app: its templates, static files and translations."""

from __future__ import annotations

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "xinheng.faces.site"
    label = "site"
    verbose_name = "公示网站"
