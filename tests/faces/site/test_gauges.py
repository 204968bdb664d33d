"""The bar of the 1 % line: never longer than its track, and on the side of the line where the number is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from xinheng.faces.site.gauges import WHOLE, gauge


@given(existing=st.integers(0, 2_000_000), share=st.integers(0, 1_000_000))
def test_the_bar_stays_on_its_track_and_on_its_side_of_the_line(existing: int, share: int) -> None:
    listed = existing * share // 1_000_000
    per_million = listed * 1_000_000 // existing if existing else 0
    over = listed * 100 > existing
    found = gauge(listed=listed, existing=existing, per_million=per_million, percent="x", over=over)
    assert 0 <= found.width <= WHOLE
    assert 0 < found.line < WHOLE
    # The drawing rounds to a tenth: on the line itself either side is as near
    assert found.width >= found.line - 0.01 if over else found.width <= found.line + 0.01


def test_the_scale_grows_with_what_it_has_to_show() -> None:
    small = gauge(listed=1, existing=1_000, per_million=1_000, percent="0.1000", over=False)
    large = gauge(listed=100, existing=1_000, per_million=100_000, percent="10.0000", over=True)
    assert (small.scale, large.scale) == ("2 %", "13 %")
    assert small.percent == "0.1000 %"
    assert "1 %" in large.spoken
