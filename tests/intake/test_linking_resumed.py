"""A killed and resumed run links the same rows to the same organisations, or asks a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from intake_rows import penalty
from linking_rows import NAME, OTHER, Linker, counts, damaged, held

from xinheng.evidence import service as evidence
from xinheng.intake import kept, run, writing
from xinheng.linkage import service as linkage

Take = Callable[..., Any]


def many(count: int) -> list[dict[str, str]]:
    """Linked, doubtful, unknown and plain rows in turn; some say the same decision twice in other words."""
    kinds: list[Callable[[int], dict[str, str]]] = [
        lambda n: damaged(n),
        lambda n: damaged(n, CF_XDR_MC="甲乙丙商贸"),
        lambda n: damaged(n, CF_XDR_MC="查无此家有限公司"),
        lambda n: penalty(CF_WSH=f"号{n}"),
        lambda n: damaged(max(n - 4, 0), CF_NR="罚款三千元。"),
    ]
    return [kinds[n % 5](n) for n in range(count)]


@pytest.mark.parametrize("broken_at", range(1, 13, 2))
def test_a_run_that_broke_off_gives_the_same_links(
    take: Take, linker: Linker, monkeypatch: pytest.MonkeyPatch, broken_at: int
) -> None:
    monkeypatch.setattr(writing, "SLICE", 3)
    linker.links(NAME)
    linker.doubts("甲乙丙商贸")
    rows = many(30)
    with monkeypatch.context() as patch:
        patch.setattr(run.batches, "bind", _killed_at(broken_at, run.batches.bind))
        with pytest.raises(KeyboardInterrupt):
            take(*rows)
    receipt = take(*rows)
    told = [(link.row, link.uscc) for link in reversed(linkage.links(limit=100))]
    waiting = [row.row for row in linkage.pending()]
    assert sum(counts(receipt).values()) == 30
    assert sorted(row for row, _ in told) == sorted({row for row, _ in told})
    assert sorted(waiting) == [2 + n for n in range(30) if n % 5 == 1]
    assert counts(receipt)["quarantined"] == len(waiting) and counts(receipt)["rejected"] == 6
    assert not list(kept.folder(receipt.batch).glob("links-*"))
    assert evidence.verify().findings == []


def test_whole_and_broken_runs_answer_every_row_alike(
    take: Take, linker: Linker, monkeypatch: pytest.MonkeyPatch, empty_home: Any
) -> None:
    """Answers follow from the rows' order alone, however the file is sliced."""
    linker.links(NAME)
    linker.doubts("甲乙丙商贸")
    answers = []
    for size in (1_000, 2):
        monkeypatch.setattr(writing, "SLICE", size)
        rows = [row | {"CF_CFJG": "淮北市某某局", "CF_WSH": f"{size}{row['CF_WSH']}"} for row in many(25)]
        receipt = take(*rows, name=f"{size}.csv")
        answers.append(sorted(answered(receipt.batch)))
    assert answers[0] == answers[1]


def answered(batch: str) -> Iterator[tuple[int, str]]:
    for part in kept.read(batch, ["_row", "_outcome"]):
        yield from part.select("_row", "_outcome").iter_rows()


@pytest.mark.parametrize("later", ["none", "doubt", "another"])
def test_a_changed_mind_in_between_links_nothing_and_loses_nothing(
    take: Take, linker: Linker, neighbours: Any, monkeypatch: pytest.MonkeyPatch, later: str
) -> None:
    """The slices stay as they were cut; what would not be linked to the same organisation now waits for a person."""
    monkeypatch.setattr(writing, "SLICE", 2)
    linker.links(NAME)
    rows = [damaged(n) for n in range(10)]
    with monkeypatch.context() as patch:
        patch.setattr(run.batches, "bind", _killed_at(3, run.batches.bind))
        with pytest.raises(KeyboardInterrupt):
            take(*rows)
    before = len(linkage.links(limit=100))
    assert 0 < before < 10
    {
        "none": lambda: linker.answers.pop(NAME),
        "doubt": lambda: linker.doubts(NAME),
        "another": lambda: linker.links(NAME, OTHER),
    }[later]()
    receipt = take(*rows)
    assert counts(receipt) == {"accepted": before, "quarantined": 10 - before}
    assert len(linkage.links(limit=100)) == before and not held(OTHER)
    assert evidence.verify().findings == []


def test_what_is_linked_only_later_waits_in_a_chunk_that_was_begun(
    take: Take, linker: Linker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "SLICE", 2)
    rows = [damaged(n) for n in range(6)] + [penalty(CF_WSH="号9")]
    with monkeypatch.context() as patch:
        patch.setattr(run.batches, "bind", _killed_at(3, run.batches.bind))
        with pytest.raises(KeyboardInterrupt):
            take(*rows)
    linker.links(NAME)
    receipt = take(*rows)
    assert sum(counts(receipt).values()) == 7 and counts(receipt)["accepted"] == 1
    assert not linkage.links()


def _killed_at(times: int, real: Callable[..., Any]) -> Callable[..., Any]:
    calls = 0

    def counted(*args: Any, **how: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == times:
            raise KeyboardInterrupt
        return real(*args, **how)

    return counted
