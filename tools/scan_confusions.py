"""Writes src/xinheng/linkage/data/scan_confusions.txt: what a bad scan of one character is read as.

Only the evaluation of the linking uses it, and on purpose it shares nothing with the table of the matching
(kernel/data/likeness.csv): other families of type, and not outlines compared but pictures read. Every character of
GB 2312 is printed small in three families (AR PL UMing and UKai, Arphic Public License; WenQuanYi Zen Hei, GPL with
font exception; Debian packages fonts-arphic-uming, fonts-arphic-ukai, fonts-wqy-zenhei), moved, blurred, eaten away
or run with ink, sprinkled with noise, scaled down to what a fax keeps, and then read by the nearest template. What it
was taken for, and how often, is a line of the file. Only those counts are kept, nothing of the typefaces.

Run in an environment with numpy and pillow: `python tools/scan_confusions.py FONT.ttc [FONT.ttc ...]` (two minutes).
The readings in sounds.txt beside it come from pypinyin (MIT), first reading without tone.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

OUT = Path(__file__).resolve().parent.parent / "src/xinheng/linkage/data"
SIDE = 48
SMALL = 16
GRADES = (0.4, 0.7, 1.1)
TRIALS = 8
SHOWN = 5
COMMON = 3755  # the first level of GB 2312; a reader expects those


def alphabet() -> list[str]:
    """The ideographs of GB 2312, first level first."""
    return [
        bytes((row, cell)).decode("gb2312")
        for row in range(0xB0, 0xF8)
        for cell in range(0xA1, 0xFF)
        if not (row == 0xD7 and cell > 0xF9)
    ]


def printed(font: Path, chars: list[str]) -> NDArray[np.float32]:
    """Every character as black on white, one picture each."""
    face = ImageFont.truetype(str(font), SIDE - 8, index=0)
    out = np.zeros((len(chars), SIDE, SIDE), np.float32)
    for place, char in enumerate(chars):
        page = Image.new("L", (SIDE, SIDE), 0)
        ImageDraw.Draw(page).text((SIDE / 2, SIDE / 2), char, font=face, fill=255, anchor="mm")
        out[place] = np.asarray(page, np.float32) / 255
    return out


def scanned(ink: NDArray[np.float32], grade: float, noise: np.random.Generator) -> NDArray[np.float32]:
    """The pictures after a bad copier: moved, blurred, too dark or too light, with specks, scaled down."""
    x, y = noise.integers(-2, 3, 2)
    out = np.roll(ink, (int(x), int(y)), (1, 2))
    for _ in range(1 + int(2 * grade)):
        out = (out + np.roll(out, 1, 1) + np.roll(out, -1, 1) + np.roll(out, 1, 2) + np.roll(out, -1, 2)) / 5
    level = noise.uniform(0.5 - 0.22 * grade, 0.5 + 0.12 * grade)
    specks = noise.normal(0, 0.28 * grade, out.shape).astype(np.float32)
    dark = ((out + specks) > level).astype(np.float32)
    holes = noise.random((len(out), SIDE // 4, SIDE // 4)) < 0.05 * grade
    dark *= 1 - np.kron(holes, np.ones((1, 4, 4))).astype(np.float32)
    return dark


def seen(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    """What a reader keeps of a picture: 16 by 16 grey values, without the mean, of length one."""
    step = SIDE // SMALL
    small = ink.reshape(len(ink), SMALL, step, SMALL, step).mean((2, 4)).reshape(len(ink), -1)
    small = small - small.mean(1, keepdims=True)
    length: NDArray[np.float32] = small / np.maximum(np.linalg.norm(small, axis=1, keepdims=True), 1e-6)
    return length


def confusions(fonts: list[Path], chars: list[str]) -> list[Counter[int]]:
    """Per character, what it was read as where that was wrong."""
    noise = np.random.default_rng(20)
    pages = [printed(font, chars) for font in fonts]
    blurred = [scanned(page, 0.0, np.random.default_rng(0)) * 0.5 + page * 0.5 for page in pages]
    templates = [seen(page) for page in blurred]
    prior = np.where(np.arange(len(chars)) < COMMON, 0.02, 0.0).astype(np.float32)
    found: list[Counter[int]] = [Counter() for _ in chars]
    for page in pages:
        for grade in GRADES:
            for _ in range(TRIALS):
                scan = seen(scanned(page, grade, noise))
                alike = np.maximum.reduce([scan @ template.T for template in templates]) + prior
                for place, read in enumerate(alike.argmax(1)):
                    if read != place:
                        found[place][int(read)] += 1
    return found


def main() -> None:
    fonts = [Path(name) for name in sys.argv[1:]]
    chars = alphabet()
    lines = ["# Written by tools/scan_confusions.py; see there. character, then what it was read as:count"]
    wrong = 0
    for char, counter in zip(chars, confusions(fonts, chars), strict=True):
        wrong += sum(counter.values())
        if counter:
            lines.append(char + " " + " ".join(f"{chars[c]}:{n}" for c, n in counter.most_common(SHOWN)))
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "scan_confusions.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(
        f"{len(lines) - 1} characters, {wrong / len(chars) / len(fonts) / len(GRADES) / TRIALS:.1%} read wrongly"
    )
    sounds(chars)


def sounds(chars: list[str]) -> None:
    from pypinyin import lazy_pinyin

    lines = ["# First readings without tone, from pypinyin (MIT). Written by tools/scan_confusions.py"]
    groups: dict[str, list[str]] = {}
    for char in chars:
        groups.setdefault(lazy_pinyin(char)[0], []).append(char)
    lines += [f"{reading} {''.join(group)}" for reading, group in sorted(groups.items())]
    (OUT / "sounds.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
