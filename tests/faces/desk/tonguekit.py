"""Whether a page of the desk in another language says of every Chinese word that it is Chinese."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "site"))

from sitekit import HAN, Texts


def stray(page: str) -> list[str]:
    """Chinese texts of an English page that do not say their language."""
    return [
        text for language, text in Texts(page).found if HAN.search(text) and not language.startswith("zh")
    ]
