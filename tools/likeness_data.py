"""Writes src/xinheng/kernel/data/likeness.csv: which Chinese characters look alike, and how they are read.

Run in an environment of its own with numpy, scipy, pillow and pypinyin (two minutes, 3 GB of memory):
`python tools/likeness_data.py`. The looks come from the two families of type packaged for documents (Noto Sans SC and
Noto Serif SC, SIL OFL 1.1), the readings from pypinyin (MIT). The characters are those of GB 2312, and some beyond it
that names use (NAMES, chosen by hand; nearly all are in the table of general standard characters, 通用规范汉字表, 2013).

How alike two characters are is one number, small for alike, of four parts:
- ink: laid over one another, how much ink of the one finds none of the other near it; dense characters always find
  some, so the number is measured against what is usual for the two characters;
- strokes: how differently the directions of strokes are spread over the field, as readers of print see it;
- blur: how differently the characters show when only their coarse lights and darks are left, as on a bad scan;
- half: the ink again for the better of four halves, since a radical on the other side is what is misread most.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from pypinyin import __version__ as pypinyin_version  # type: ignore[import-not-found]
from pypinyin import phrases_dict, pinyin_dict
from scipy import ndimage

Field = NDArray[np.float32]

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "src" / "xinheng" / "reports" / "fonts"
FONTS = (FOLDER / "NotoSansSC-Regular.ttf", FOLDER / "NotoSerifSC-SemiBold.ttf")
OUT = ROOT / "src" / "xinheng" / "kernel" / "data" / "likeness.csv"
SIDE = 48

NAMES = (
    "昇垚璟喆玥犇浉弶堃燊珺甪滘燚旸赟烜旻淏垟镕瑄洺堌滆濛崟祎翀偲澔竑潽晞洸炘玚昉氿锜骉湉鲀垞劼澥皕磻涢垱"
    "鹍婼珮溇暻铻倕骎碤瑢璠璘昫沄珣琤瑀瑨瑱璈翙翚翛芃蒨虓衎袆裛谞軏颋飏乂佺倓偀傃勍啴喤垕埗奭姮媖嫄孖峣崚"
    "嵎廙弇彧忞愔慥掞昳晙晢晫暕曈朸梣棻橦汭洑浛浥涴渟渼湜湲潩澴炟焜燏爔牂玕玘玠珪珰珽琇琎琯瑅瑝畯皞盺矞硚"
    "碶祐禔禕禤稑窅簃絜訚詝"
)
# Letters, digits and characters of few strokes that are taken for one another though little of their ink agrees
KNOWN = (
    "0O 0Q 0〇 0D O〇 OQ OD 1I 1L IL 2Z 5S 8B 6G UV VY 一二 二三 田由 田甲 田申 由甲 由申 甲申 电申 上止 上土 止正 工土 工王 八入 八人 人入 昌冒 "
    "昌晶 宁宇 主王 主玉 佳住 住往 佳往 佳隹 晨辰 石右 力刀 刀刃 刀刁 乙己 了子 丁下 下不 土工 口日 日目 目且 日白 白自 自目 百白 月用 月丹 丹舟 "
    "西酉 西四 半平 兴光 开升 开井 升井 中申 由曲 田日 广厂 万方 方亏 亏污 丰丰 斤斥 车东 东乐 乐示 气乞 古吉 古舌 舌吉 吉告 名各 名多 "
    "皖皓 苏劳 清靖 门问 闵闷 云去 去丢 业亚 亚严 小少 水永 永求 冰水 木术 术米 米来 火灭 失矢 午牛 手毛 毛屯 民氏 氏低 北比 比此 此些 欧鸥 龙尤 农衣 "
    "家豪 毫亳 盛感 鹏腾 宏宠 佰伯 柏伯 勤勒 勋助 固因 国园 团困 因困 庄压 庆厌 鲁鱼 鲜鱼 鑫淼 森淼 晶品"
)

GRADES = (0.40, 0.52, 0.75)
CLOSEST, FOR_CLOSEST = (
    3,
    0.80,
)  # the nearest few count a little farther off: a simple character has nothing nearer
MOST, MOST_USUAL, FARTHEST = 10, 12, 32
CLASS_LINK, CLASS_WIDTH, CLASS_SIZE = 0.72, 0.85, 8


def characters() -> tuple[list[str], int]:
    """Every character of the table, and how many at the front are of GB 2312's first level (the usual ones)."""
    cells = (bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    standard = [cell.decode("gb2312", errors="ignore") for cell in cells]
    standard = [char for char in standard if char]
    return list(dict.fromkeys((*standard, *"".join(NAMES)))), standard.index("亍")


def drawn(char: str, font: ImageFont.FreeTypeFont) -> Field:
    """The character in its field, ink 1."""
    image = Image.new("L", (SIDE, SIDE), 0)
    ImageDraw.Draw(image).text((0, SIDE * 0.88), char, fill=255, font=font, anchor="ls")
    return (np.asarray(image) / 255).astype(np.float32)


def stretched(glyph: Field) -> Field:
    """The glyph grown to the middle of the field, half of its proportions kept: readers of print do so first."""
    rows, columns = np.nonzero(glyph > 0.3)
    part = glyph[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    height, width = (max(2, round(44 * (side / max(part.shape)) ** 0.5)) for side in part.shape)
    image = Image.fromarray((part * 255).astype("uint8")).resize((width, height), Image.Resampling.BILINEAR)
    field = np.zeros((SIDE, SIDE), np.float32)
    top, left = (SIDE - height) // 2, (SIDE - width) // 2
    field[top : top + height, left : left + width] = np.asarray(image) / 255
    return field


def both_ways(one_way: Field) -> Field:
    found: Field = np.sqrt((one_way**2 + one_way.T**2) / 2)
    return found


def ink_and_distance(glyphs: Field) -> tuple[Field, Field]:
    """Per character its ink, and for every point how far off ink is: 0 within a pixel, 1 from four on."""
    ink = glyphs > 0.4
    off = np.stack([ndimage.distance_transform_edt(~one) for one in ink])
    flat = (ink, np.clip((off - 1) / 3, 0, 1))
    points, distance = (field.reshape(len(glyphs), -1).astype(np.float32) for field in flat)
    return points, distance


def strokes(glyphs: Field, directions: int = 8) -> Field:
    """Unit vectors of how strongly each direction of stroke is present in each of 8 by 8 cells."""
    soft = ndimage.gaussian_filter(glyphs, (0, 1, 1))
    down, across = ndimage.sobel(soft, 1), ndimage.sobel(soft, 2)
    strength, angle = np.hypot(across, down), (np.arctan2(down, across) % np.pi) / np.pi * directions
    found = []
    for direction in range(directions):
        off = np.abs((angle - direction + directions / 2) % directions - directions / 2)
        cells = ndimage.gaussian_filter(np.clip(1 - off, 0, 1) * strength, (0, 3, 3))[:, 3::6, 3::6]
        found.append(cells.reshape(len(glyphs), -1))
    vectors = np.sqrt(np.concatenate(found, axis=1))
    vectors -= vectors.mean(axis=0)
    return unit(vectors)


def blurred(glyphs: Field) -> Field:
    """Unit vectors of what is left of each character at 16 by 16 points, less what all characters have there."""
    coarse = ndimage.gaussian_filter(glyphs, (0, 2, 2))[:, 1::3, 1::3].reshape(len(glyphs), -1)
    vectors = coarse - coarse.mean(axis=1, keepdims=True)
    vectors -= vectors.mean(axis=0)
    return unit(vectors)


def unit(vectors: Field) -> Field:
    found: Field = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return found


def distances(chars: list[str]) -> Field:
    """Every character against every other; symmetric."""
    size = len(chars)
    ink, turned, coarse = (np.zeros((size, size), np.float32) for _ in range(3))
    rows, columns = np.mgrid[0:SIDE, 0:SIDE]
    halves = [mask.reshape(-1) for mask in (columns < 24, columns >= 20, rows < 24, rows >= 22)]
    parts = [np.zeros((size, size), np.float32) for _ in halves]
    for file in FONTS:
        font = ImageFont.truetype(str(file), SIDE)
        whole = np.stack([drawn(char, font) for char in chars])
        for glyphs in (whole, np.stack([stretched(glyph) for glyph in whole])):
            points, off = ink_and_distance(glyphs)
            ink += both_ways(points @ off.T / points.sum(axis=1)[:, None]) / 4
            vectors = strokes(glyphs)
            turned += vectors @ vectors.T / 4
            vectors = blurred(glyphs)
            coarse += vectors @ vectors.T / 4
            if glyphs is whole:
                for part, mask in zip(parts, halves, strict=True):
                    some = points * mask
                    part += both_ways(some @ off.T / np.maximum(some.sum(axis=1), 25)[:, None]) / 2
    half = np.minimum.reduce(parts)
    usual = np.sqrt(np.median(ink, axis=1))
    scale = np.outer(usual, usual)
    found: Field = (
        0.36 * ink / scale + 0.40 * (1 - turned) + 0.38 * (1 - coarse) + 0.19 * np.sqrt(half / scale)
    )
    np.fill_diagonal(found, 9)
    return found


def neighbours(chars: list[str], usual: int, far: Field) -> list[dict[int, float]]:
    """For each character those it may be taken for, by how alike they are; both ways the same."""
    found: list[dict[int, float]] = [{} for _ in chars]
    order = np.argsort(far, axis=1, kind="stable")[:, :FARTHEST].tolist()
    within = [set(nearest) for nearest in order]
    for one, nearest in enumerate(order):
        common = [other for other in nearest if other < usual][:MOST_USUAL]
        near = {other for other in (*nearest[:MOST], *common) if far[one, other] < GRADES[-1]}
        near |= {other for other in (*nearest[:CLOSEST], *common[:CLOSEST]) if far[one, other] < FOR_CLOSEST}
        for other in near:
            if one in within[other]:  # else hundreds of characters with one radical gather round a plain one
                found[one][other] = found[other][one] = float(far[one, other])
    return found


def classes(chars: list[str], usual: int, far: Field, near: list[dict[int, float]]) -> list[int]:
    """The representative of each character: groups in which every pair is alike, the most alike joined first."""

    def order(pair: tuple[int, int]) -> float:
        return float(far[pair]) - 0.03 * sum(one < usual for one in pair)

    pairs = [(one, other) for one, others in enumerate(near) for other in others if one < other]
    group = list(range(len(chars)))
    members = {one: [one] for one in group}
    for one, other in sorted((pair for pair in pairs if far[pair] < CLASS_LINK), key=order):
        a, b = group[one], group[other]
        if a == b or len(members[a]) + len(members[b]) > CLASS_SIZE:
            continue
        if max(far[x, y] for x in members[a] for y in members[b]) < CLASS_WIDTH:
            for moved in members[b]:
                group[moved] = a
            members[a] += members.pop(b)
    return [min(members[a]) for a in group]


def toneless(reading: str) -> str:
    plain = unicodedata.normalize("NFD", reading).replace("u\u0308", "v").replace("ê", "e")
    return "".join(char for char in plain if "a" <= char <= "z")


def readings(chars: list[str]) -> dict[str, list[str]]:
    """The usual readings, the most usual first; one that under a twelfth of a character's words have is left out."""
    used: dict[str, Counter[str]] = {}
    words: dict[str, Any] = phrases_dict.phrases_dict
    for word, spoken in words.items():
        if len(word) == len(spoken):
            for char, reading in zip(word, spoken, strict=True):
                used.setdefault(char, Counter())[toneless(reading[0])] += 1
    found = {}
    for char in chars:
        listed = [toneless(one) for one in pinyin_dict.pinyin_dict.get(ord(char), "").split(",")]
        listed = [one for one in dict.fromkeys(listed) if one]
        counted = used.get(char, Counter())
        least = max(2, counted.total() / 12)
        kept = listed[:1] + [one for one in listed[1:] if counted[one] >= least]
        found[char] = sorted(kept, key=lambda one: -counted[one])[:3]
    return found


def main() -> None:
    chars, usual = characters()
    far = distances(chars)
    near = neighbours(chars, usual, far)
    groups = classes(chars, usual, far, near)
    spoken = readings(chars)
    known: dict[str, set[str]] = {}
    for pair in KNOWN.split():
        one, other = pair[0], pair[1]
        known.setdefault(one, set()).add(other)
        known.setdefault(other, set()).add(one)
    lines = [
        "# Characters that look alike (near, like, faint) and toneless readings; the class is a representative of a few.",
        "# Made by tools/likeness_data.py from the outlines of Noto Sans SC and Noto Serif SC (SIL OFL 1.1) and from",
        f"# pypinyin {pypinyin_version} (MIT); not edited by hand.",
        "char,pinyin,class,near,like,faint",
    ]
    for at, char in enumerate(chars):
        others = sorted(near[at].items(), key=lambda item: (item[1], item[0]))
        grades = [
            [chars[other] for other, value in others if low <= value < high]
            for low, high in zip((0, *GRADES[:2]), (*GRADES[:2], 9), strict=True)
        ]
        told = {other for grade in grades for other in grade}
        grades[2] += sorted(known.pop(char, set()) - told - {char})
        group = chars[groups[at]] if groups[at] != at else ""
        lines.append(",".join((char, " ".join(spoken[char]), group, *("".join(grade) for grade in grades))))
    lines += [f"{char},,,,{''.join(sorted(others - {char}))}," for char, others in sorted(known.items())]
    OUT.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
