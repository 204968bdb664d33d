"""The two drawn marks of a report, as SVG for paper and screen alike: the verification seal and the QR code.

The seal is *not* an official seal and must not look like one (those are round with a star, and forging them is a
crime): it is a square of folded strokes drawn from a hash, so that two reports never carry the same one.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO

import segno

SEAL_RED, PINE, INK = "#a8322a", "#1f5f5b", "#17212b"
_STROKE, _PITCH, _ROWS = 1.0, 1.8, 7
_GLYPH = _PITCH * (_ROWS - 1) + _STROKE
_MARGIN, _FRAME = 1.7, 1.5
SIDE = 2 * (_FRAME + _MARGIN) + 2 * _GLYPH + _PITCH


def seal_svg(number: str, root: str) -> str:
    """The verification mark of a report: strokes from its number and the checkpoint's root hash (base64), and a tick.

    The same arguments always give the same drawing; it proves nothing by itself, the signature does.
    """
    bits = _bits(sha256(b"xinheng-seal-v1\n" + number.encode() + b"\n" + root.encode()).digest())
    origin = _FRAME + _MARGIN
    step = _GLYPH + _PITCH
    strokes = "".join(
        _rect(origin + column * step + x, origin + row * step + y, width, height)
        for column in range(2)
        for row in range(2)
        for x, y, width, height in _folded(bits)
    )
    side, inner = SIDE, SIDE - 2 * _FRAME
    frame = (
        f"M0 0H{side:g}V{side:g}H0ZM{_FRAME:g} {_FRAME:g}V{_FRAME + inner:g}H{_FRAME + inner:g}V{_FRAME:g}Z"
    )
    centre, radius = side - 5.2, 6.4
    tick = f"M{centre - 3:.2f} {centre + 0.2:.2f}l2.1 2.3 4-4.9"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-0.5 -0.5 {side + 3:g} {side + 3:g}">'
        f'<path fill="{SEAL_RED}" fill-rule="evenodd" d="{frame}"/><path fill="{SEAL_RED}" d="{strokes}"/>'
        f'<circle cx="{centre:g}" cy="{centre:g}" r="{radius:g}" fill="#fff"/>'
        f'<circle cx="{centre:g}" cy="{centre:g}" r="{radius - 0.9:g}" fill="{PINE}"/>'
        f'<path d="{tick}" fill="none" stroke="#fff" stroke-width="1.5"/></svg>'
    )


def qr_svg(text: str) -> str:
    """A QR code (error level M, quiet zone of four modules) holding `text`."""
    drawn = BytesIO()
    segno.make(text, error="m", micro=False).save(
        drawn, kind="svg", border=4, dark=INK, light="#fff", xmldecl=False, omitsize=True, nl=False
    )
    return drawn.getvalue().decode()


def _bits(seed: bytes) -> Iterator[int]:
    while True:
        for byte in seed:
            yield from ((byte >> shift) & 1 for shift in range(8))
        seed = sha256(seed).digest()


def _folded(bits: Iterator[int]) -> Iterator[tuple[float, float, float, float]]:
    """One character in the manner of the nine-fold seal script: level strokes, joined or opened by single bits."""
    middle = (_GLYPH - _STROKE) / 2
    for row in range(_ROWS):
        y = row * _PITCH
        if 0 < row < _ROWS - 1 and next(bits) and next(bits):
            half = (_GLYPH - _PITCH + _STROKE) / 2 - 0.4
            yield 0, y, half, _STROKE
            yield _GLYPH - half, y, half, _STROKE
        else:
            yield 0, y, _GLYPH, _STROKE
        if row < _ROWS - 1:
            where = next(bits) * 2 + next(bits)
            for x in ((0.0,), (_GLYPH - _STROKE,), (middle,), (0.0, _GLYPH - _STROKE))[where]:
                yield x, y + _STROKE, _STROKE, _PITCH - _STROKE


def _rect(x: float, y: float, width: float, height: float) -> str:
    return f"M{x:.2f} {y:.2f}h{width:.2f}v{height:.2f}h{-width:.2f}z"
