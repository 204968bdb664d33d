from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "xinheng.search"
    label = "search"

    def ready(self) -> None:
        from xinheng.evidence import service as evidence
        from xinheng.records import service as records
        from xinheng.search import following, verification

        evidence.register_follower("search", following.follow, kinds=following.KINDS)
        evidence.register_verification("search", verification.findings)
        records.register_cleaner("search", following.clear)
