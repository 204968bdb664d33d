"""A pack written badly is a list of findings, never a crash: the clerk who wrote it must read what is wrong."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.law import packs
from xinheng.law import service as law
from xinheng.law.findings import Report
from xinheng.law.reading import PackFiles

CONTENT = json.loads(law.load("huaibei").content)
STRANGE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.text(max_size=5),
    st.just([]),
    st.just({}),
    st.just(["x"]),
)


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in nested data."""
    found = [path] if path else []
    if isinstance(data, dict):
        for key, value in data.items():
            found += places(value, (*path, key))
    elif isinstance(data, list):
        for at, value in enumerate(data):
            found += places(value, (*path, at))
    return found


PLACES = {
    (level, name): [(level, name, path) for path in places(data)]
    for level, pack in enumerate(CONTENT)
    for name, data in pack["files"].items()
}
# A file first, then a place in it: small files are as interesting as large ones
ANYWHERE = st.sampled_from(list(PLACES)).flatmap(lambda file: st.sampled_from(PLACES[file]))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(ANYWHERE, STRANGE, st.booleans()), min_size=1, max_size=3))
def test_a_pack_with_anything_anywhere_is_reported_on_and_does_not_crash_the_checker(changes):
    copy = json.loads(json.dumps(CONTENT))
    for (level, name, path), value, remove in changes:
        spot = copy[level]["files"][name]
        try:
            for step in path[:-1]:
                spot = spot[step]
            if remove:
                del spot[path[-1]]
            else:
                spot[path[-1]] = json.loads(json.dumps(value))  # of its own: a later change may write into it
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    report = Report()
    pack = packs.build([PackFiles(entry["pack"], entry["files"]) for entry in copy], report)
    assert len(pack.digest) == 64
    assert all(finding.message and finding.where for finding in report.findings)
