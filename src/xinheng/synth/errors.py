"""What the generator refuses."""

from __future__ import annotations

from xinheng.kernel.errors import WrongUse

__all__ = ["SynthWrongUse"]


class SynthWrongUse(WrongUse):
    """An impossible size, or a folder that holds something else. The text says what to change."""

    code = "synth.wrong-use"
