"""Copies the fonts and the chart library that are committed out of the npm packages in `assets/`.

Only maintainers run this (`make assets`); it is the one place where npm is used. What it writes is committed,
so setting up and running Xinheng needs no npm. It also removes the download addresses from the lock file: the
integrity hashes stay, and everyone fetches from the registry they have configured.
"""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "assets"
FONTS = ROOT / "src" / "xinheng" / "faces" / "site" / "static" / "fonts"
DOCUMENTS = ROOT / "src" / "xinheng" / "reports" / "fonts"
CHARTS = ROOT / "src" / "xinheng" / "faces" / "site" / "static" / "vendor" / "echarts"

#: npm package, the family name our style sheet uses
WEB_FONTS = (
    ("@fontsource-variable/noto-sans-sc", "Noto Sans SC"),
    ("@fontsource-variable/noto-serif-sc", "Noto Serif SC"),
)

#: What the typesetter embeds in reports: package and file, where it goes
DOCUMENT_FONTS = (
    ("@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf", "NotoSansSC-Regular.ttf"),
    ("@expo-google-fonts/noto-serif-sc/600SemiBold/NotoSerifSC_600SemiBold.ttf", "NotoSerifSC-SemiBold.ttf"),
)

#: The build with bars, lines and the SVG renderer, and what its licence asks to keep beside it: file, where it goes
CHART_FILES = (
    ("dist/echarts.common.min.js", "echarts.min.js"),
    ("LICENSE", "LICENSE"),
    ("NOTICE", "NOTICE"),
    ("licenses/LICENSE-d3", "LICENSE-d3"),
)

FACE = re.compile(r"@font-face\s*\{(?P<body>[^}]*)\}")
FILE = re.compile(r"url\(\./files/(?P<name>[\w.-]+\.woff2)\)")


def main() -> int:
    """Installs the locked packages beside the manifest, rewrites the folders, cleans the lock file."""
    npm = shutil.which("npm")
    if npm is None:
        print("make assets needs npm (Debian: apt-get install npm). Running does not.", file=sys.stderr)
        return 2
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    if not (ASSETS / "package-lock.json").is_file():
        command = [npm, "install", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run(command, cwd=ASSETS, check=True)
    strip_addresses(ASSETS / "package-lock.json")
    modules = ASSETS / "node_modules"
    write_fonts(modules)
    for source, name in DOCUMENT_FONTS:
        shutil.copyfile(modules / source, DOCUMENTS / name)
    write_charts(modules / "echarts")
    return 0


def strip_addresses(lock: Path) -> None:
    """Drops every `resolved` field: a lock file names versions and hashes, not one machine's registry."""
    content = json.loads(lock.read_text(encoding="utf-8"))
    for package in content["packages"].values():
        package.pop("resolved", None)
    lock.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def write_fonts(modules: Path) -> None:
    """Copies every slice the sheets name and the licences; writes one `fonts.css` with relative addresses."""
    if FONTS.is_dir():
        shutil.rmtree(FONTS)
    FONTS.mkdir(parents=True)
    sheet = [
        "/* Written by tools/vendor_assets.py. A browser fetches only the slices whose characters it shows.",
        "   Noto Sans SC and Noto Serif SC, SIL Open Font License 1.1: see the LICENSE beside the files. */",
    ]
    total = 0
    for package, family in WEB_FONTS:
        source = modules / package
        folder = FONTS / package.rsplit("/", 1)[1]
        folder.mkdir()
        shutil.copyfile(source / "LICENSE", folder / "LICENSE")
        for face in FACE.finditer((source / "index.css").read_text(encoding="utf-8")):
            name, rule = one_face(face.group("body"), folder=folder.name, family=family)
            shutil.copyfile(source / "files" / name, folder / name)
            total += (folder / name).stat().st_size
            sheet.append(rule)
    text = ("\n".join(sheet) + "\n").encode()
    (FONTS / "fonts.css").write_bytes(text)
    # Served where the browser accepts it: a third of the size. No time stamp inside, so the same packages
    # give the same bytes.
    (FONTS / "fonts.css.gz").write_bytes(gzip.compress(text, 9, mtime=0))
    print(f"{len(sheet) - 2} slices, {total / 1e6:.1f} MB in {FONTS.relative_to(ROOT)}")


def write_charts(package: Path) -> None:
    """Copies the chart library with its licences, and packed beside it for browsers that accept that."""
    if CHARTS.is_dir():
        shutil.rmtree(CHARTS)
    CHARTS.mkdir(parents=True)
    for source, name in CHART_FILES:
        shutil.copyfile(package / source, CHARTS / name)
    script = CHARTS / "echarts.min.js"
    script.with_suffix(".js.gz").write_bytes(gzip.compress(script.read_bytes(), 9, mtime=0))


def one_face(body: str, *, folder: str, family: str) -> tuple[str, str]:
    """The file of one `@font-face` and its rule rewritten for our folder; stops if the package changed."""
    file = FILE.search(body)
    weight = re.search(r"font-weight:\s*([\d ]+);", body)
    characters = re.search(r"unicode-range:\s*([^;]+);", body)
    if file is None or weight is None or characters is None:
        raise SystemExit(f"unexpected @font-face in {folder}: {body.strip()[:200]}")
    rule = (
        f'@font-face{{font-family:"{family}";font-style:normal;font-display:swap;font-weight:{weight.group(1)};'
        f'src:url("{folder}/{file.group("name")}") format("woff2");unicode-range:{characters.group(1)}}}'
    )
    return file.group("name"), rule


if __name__ == "__main__":
    sys.exit(main())
