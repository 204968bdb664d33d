from django.apps import AppConfig


class LawConfig(AppConfig):
    name = "xinheng.law"
    label = "law"
