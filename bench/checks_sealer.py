"""Seals checks and makes cards every two seconds, as the runner of `serve` does between its other work."""

from __future__ import annotations

import time


def main() -> None:
    import django

    django.setup()
    from xinheng.checks import service as checks
    from xinheng.faces.clock import now
    from xinheng.faces.runner import CARDS
    from xinheng.publication import service as publication

    while True:
        checks.seal(at=now())
        publication.make_cards(most=CARDS)
        time.sleep(2.0)


if __name__ == "__main__":
    main()
