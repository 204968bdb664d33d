"""The shapes of the credit map: hexagons of our own arrangement, or an outline file a deployment had approved.

No outline of a real boundary is part of this project. An office puts its own under its home:

    <home>/map/outlines.geojson   polygons; `code`, `adcode` or `name` in the properties says which county
    <home>/map/number.txt         the approval number (审图号); without it the page keeps saying that it is no real map
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from math import ceil, cos, pi, radians, sin, sqrt
from pathlib import Path
from typing import Any

import yaml

from xinheng.home import home
from xinheng.law import service as law

RADIUS, GAP, WIDTH = 64.0, 4.0, 640.0
LARGEST = 20 << 20
Ring = list[tuple[float, float]]


@dataclass(frozen=True)
class Shape:
    """A county as an SVG path with the place of its label."""

    code: str
    path: str
    x: float
    y: float


@dataclass(frozen=True)
class Outlines:
    """All shapes in one drawing of this size. `number` is the approval number, "" for a schematic drawing."""

    shapes: tuple[Shape, ...]
    width: float
    height: float
    number: str = ""
    own: bool = False


def outlines(pack: law.Pack) -> Outlines:
    """The deployment's own file where there is a usable one, else hexagons."""
    folder = home().root / "map"
    file = folder / "outlines.geojson"
    if file.is_file() and file.stat().st_size <= LARGEST:
        number = folder / "number.txt"
        told = number.read_text(encoding="utf-8").strip()[:60] if number.is_file() else ""
        found = _of_file(str(file), file.stat().st_mtime_ns, pack)
        if found is not None:
            return Outlines(found.shapes, found.width, found.height, told, own=True)
    return hexagons(pack)


@lru_cache(maxsize=16)
def hexagons(pack: law.Pack) -> Outlines:
    """One hexagon for each county: as arranged in data/tiles.yaml, else in rows in the order of their codes."""
    codes = sorted(pack.counties)
    columns = max(1, ceil(sqrt(len(codes))))
    told = _arrangements().get(pack.region, {})
    places = (
        told if set(codes) <= set(told) else {c: (n % columns, n // columns) for n, c in enumerate(codes)}
    )
    across, down = RADIUS * sqrt(3) + GAP, RADIUS * 1.5 + GAP
    shapes = []
    left = min((column + (row % 2) / 2 for column, row in places.values()), default=0)
    for code in codes:
        column, row = places[code]
        x = across * (column + 0.5 + (row % 2) / 2 - left)
        y = RADIUS + down * row
        corners = [(x + RADIUS * sin(pi * k / 3), y - RADIUS * cos(pi * k / 3)) for k in range(6)]
        shapes.append(Shape(code, _path([corners]), round(x, 1), round(y, 1)))
    width = max((s.x for s in shapes), default=0) + across / 2
    height = max((s.y for s in shapes), default=0) + RADIUS
    return Outlines(tuple(shapes), round(width), round(height))


@lru_cache(maxsize=1)
def _arrangements() -> dict[str, dict[str, tuple[int, int]]]:
    text = resources.files("xinheng.faces.site").joinpath("data/tiles.yaml").read_text(encoding="utf-8")
    return {
        place: {code: (at[0], at[1]) for code, at in tiles.items()}
        for place, tiles in yaml.safe_load(text).items()
    }


@lru_cache(maxsize=4)
def _of_file(path: str, _changed: int, pack: law.Pack) -> Outlines | None:
    """The counties found in a GeoJSON file, fitted to the drawing; None where it holds none of them."""
    try:
        features = json.loads(Path(path).read_bytes())["features"]
        rings = {
            code: _rings(feature["geometry"]) for feature in features if (code := _county(feature, pack))
        }
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        return None
    points = [point for found in rings.values() for ring in found for point in ring]
    if not points:
        return None
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    # Degrees of longitude are shorter than those of latitude: enough for a city, no projection is claimed
    narrow = cos(radians((south + north) / 2))
    scale = WIDTH / max((east - west) * narrow, 1e-9)
    shapes = []
    for code, found in sorted(rings.items()):
        fitted = [[((x - west) * narrow * scale, (north - y) * scale) for x, y in ring] for ring in found]
        longest = max(fitted, key=len)
        x, y = _middle(longest)
        shapes.append(Shape(code, _path(fitted), x, y))
    return Outlines(tuple(shapes), WIDTH, round((north - south) * scale))


def _county(feature: dict[str, Any], pack: law.Pack) -> str:
    told = feature.get("properties") or {}
    for name in ("code", "adcode", "id", "gb"):
        code = str(told.get(name, ""))[-6:]
        if code in pack.counties:
            return code
    named = str(told.get("name", ""))
    return next((code for code, names in pack.counties.items() if named and named in names), "")


def _rings(geometry: dict[str, Any]) -> list[Ring]:
    polygons = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        polygons = [polygons]
    elif geometry["type"] != "MultiPolygon":
        return []
    return [[(float(p[0]), float(p[1])) for p in ring] for polygon in polygons for ring in polygon]


def _path(rings: list[Ring]) -> str:
    """SVG path data with one decimal; points that fall together are left out."""
    parts = []
    for ring in rings:
        texts = [f"{x:.1f} {y:.1f}" for x, y in ring]
        kept = [text for place, text in enumerate(texts) if place == 0 or text != texts[place - 1]]
        parts.append("M" + "L".join(kept) + "Z")
    return "".join(parts)


def _middle(ring: Ring) -> tuple[float, float]:
    """The centroid of a ring (shoelace); the mean of its points where it has no area."""
    area = x = y = 0.0
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        cross = x1 * y2 - x2 * y1
        area, x, y = area + cross, x + (x1 + x2) * cross, y + (y1 + y2) * cross
    if abs(area) < 1e-6:
        return round(sum(p[0] for p in ring) / len(ring), 1), round(sum(p[1] for p in ring) / len(ring), 1)
    return round(x / (3 * area), 1), round(y / (3 * area), 1)
