"""What a place shows beside what is shown here: each entry gets a verdict, kept only where it is news."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl
from django.db import connection

from xinheng.evidence import service as evidence
from xinheng.law import service as law
from xinheng.sync import entries, keeping, lists, policy_places
from xinheng.sync.errors import ListUnreadable, UnknownPlace

PART = 18_000


@dataclass(frozen=True)
class Compared:
    """What a comparison found. `unknown` rows are there and not held here; `changed` verdicts are news."""

    place: str
    item: str
    authority: str
    whole: bool
    rows: int
    personal: int
    unusable: int
    unknown: int
    agrees: int
    verdicts: Mapping[str, int]
    changed: int
    repeated: bool = False

    @property
    def differs(self) -> int:
        return sum(self.verdicts.get(one, 0) for one in policy_places.DIFFERENCES)


def compare(
    *, place: str, path: Path | None = None, content: bytes | None = None, item: str = "", authority: str = "",
    whole: bool = False, at: datetime, actor: str,
) -> Compared:  # fmt: skip
    """Compares a list of what `place` shows (CSV or XLSX: 统一社会信用代码, 文书号, 状态 …) with what is shown here.

    `whole` says that the list is all the place shows of `item` and `authority` (empty: all of them): only then is an
    entry it lacks missing there. The same list on the same day changes nothing. Raises `UnknownPlace`, `ListUnreadable`.
    """
    check(place)
    pack = law.active()
    if item and item not in pack.items:
        raise ListUnreadable(f"目录里没有「{item}」。可用的有：{'、'.join(entries.items(pack))}。")
    raw = Path(path).read_bytes() if path is not None else bytes(content or b"")
    listed = lists.read(raw)
    on = evidence.legal_day(at)
    judged = _judged(listed.frame, place=place, item=item, authority=authority, whole=whole, on=on, pack=pack)
    # One row of the list may speak of two items with the same number
    unknown = listed.frame.height - judged.filter(pl.col("in_list")).select("uscc", "doc").n_unique()
    told = judged.filter(pl.col("verdict") != "")
    counts = Counter(told["verdict"].to_list())
    known = newest(place=place, ids=None if whole else told["id"].to_list())
    # That all is well is no news where it was to be expected: of a whole list, and once the entry was owed there
    well = (policy_places.AGREES, "")
    news = [
        (place, id_, verdict, fields)
        for id_, verdict, fields, plain in told.select("id", "verdict", "fields", "plain").iter_rows()
        if not whole or known.get(id_, well if plain else None) != (verdict, fields)
    ]
    result = Compared(
        place, item, authority, whole, listed.rows, listed.personal, listed.unusable, unknown,
        counts[policy_places.AGREES], dict(counts), len(news),
    )  # fmt: skip
    digest = hashlib.sha256(raw).hexdigest()
    if _seen_before(result, digest, on) and all(known.get(row[1]) == row[2:] for row in news):
        return Compared(**(asdict(result) | {"changed": 0, "repeated": True}))
    _write(result, news, digest, at=at, actor=actor)
    return result


def check(place: str) -> None:
    """Raises `UnknownPlace`."""
    if place not in policy_places.PLACES:
        known = "、".join(f"{code}（{name}）" for code, (name, _) in policy_places.PLACES.items())
        raise UnknownPlace(f"没有「{place}」这个公示平台。可用的有：{known}。")


def newest(*, place: str, ids: list[int] | None) -> dict[int, tuple[str, str]]:
    """What counts of a place: statement → (verdict, fields). `ids` None: of all statements. What was found before the
    entry's standing changed here is void: its fields say so, and any finding is news against it."""
    found: dict[int, tuple[str, str]] = {}
    parts = [None] if ids is None else [ids[start : start + 5_000] for start in range(0, len(ids), 5_000)]
    with connection.cursor() as cursor:
        for part in parts:
            narrowed = "" if part is None else f" AND statement_id IN ({', '.join(map(str, part))})"
            cursor.execute(
                "SELECT n.statement_id, n.verdict, CASE WHEN t.id > n.id THEN 'void' ELSE n.fields END FROM sync_seen n"
                " LEFT JOIN records_standing t ON t.statement_id = n.statement_id AND t.closed_by IS NULL WHERE n.id IN"
                f" (SELECT MAX(id) FROM sync_seen WHERE place = %s{narrowed} GROUP BY statement_id)",
                [place],
            )
            found.update({row[0]: (row[1], row[2]) for row in cursor.fetchall()})
    return found


def comparisons(*, limit: int = 20) -> list[dict[str, object]]:
    """The latest comparisons, newest first."""
    names = keeping.BOUND["sync_comparison"]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(names)} FROM sync_comparison ORDER BY id DESC LIMIT {int(limit)}")
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _judged(
    there: pl.DataFrame, *, place: str, item: str, authority: str, whole: bool, on: date, pack: law.Pack
) -> pl.DataFrame:
    """One row for each decision in scope: the statement that stands for it, and its verdict."""
    wanted = [item] if item else entries.items(pack)
    ours = entries.scope(
        on=on, wanted=wanted, authority=authority, usccs=None if whole else there["uscc"].unique().to_list()
    )
    ours = ours.filter(pl.col("doc") != "")
    # A decision that was corrected is several statements: what is shown counts, else what was known last
    ours = ours.sort("shown_here", "id").unique(["item", "uscc", "doc"], keep="last", maintain_order=True)
    met = ours.join(there, on=["uscc", "doc"], how="left").with_columns(
        pl.col("shown_there").is_not_null().alias("in_list"), pl.col("shown_there").fill_null(False)
    )
    if not whole:
        met = met.filter("in_list")
    due = entries.owed(pack, met.select("item", "decided_on").unique().iter_rows())
    pairs = [(str(code), str(body)) for code, body in met.select("item", "authority").unique().iter_rows()]
    expected = {pair: place in asked for pair, asked in entries.places(pack, pairs).items()}
    rows = [_verdict(row, due, expected, on) for row in met.iter_rows(named=True)]
    schema = {"id": pl.Int64, "verdict": pl.String, "fields": pl.String, "in_list": pl.Boolean, "plain": pl.Boolean,
              "uscc": pl.String, "doc": pl.String}  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _verdict(
    row: Mapping[str, object],
    due: Mapping[tuple[str, date], date | None],
    expected: Mapping[tuple[str, str], bool],
    on: date,
) -> tuple[object, ...]:
    differing = tuple(
        name
        for name, here, there in (
            ("decided", row["decided_on"], row["decided_there"]),
            ("until", row["until"], row["until_there"]),
        )
        if here is not None and there is not None and here != there
    )
    last = due.get((str(row["item"]), row["decided_on"])) if row["decided_on"] else None  # type: ignore[arg-type]
    owed = expected[str(row["item"]), str(row["authority"])] and last is not None and last < on
    told = policy_places.verdict(
        shown_here=bool(row["shown_here"]), in_list=bool(row["in_list"]), shown_there=bool(row["shown_there"]),
        differing=differing, owed=owed,
    )  # fmt: skip
    fields = ",".join(differing) if told == policy_places.DIFFERS else ""
    return row["id"], told, fields, row["in_list"], owed or not row["shown_here"], row["uscc"], row["doc"]


def _seen_before(result: Compared, digest: str, on: date) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM sync_comparison WHERE place = %s AND compared_on = %s AND file = %s AND item = %s"
            " AND authority = %s AND whole = %s LIMIT 1",
            [result.place, on, digest, result.item, result.authority, int(result.whole)],
        )
        return cursor.fetchone() is not None


def _write(
    result: Compared, news: list[tuple[str, int, str, str]], digest: str, *, at: datetime, actor: str
) -> None:
    """One event with the comparison and its news; what does not fit follows in events of its own."""
    on = evidence.legal_day(at)
    line = (
        result.place, result.item, result.authority, int(result.whole), on, digest, result.rows, result.personal,
        result.unusable, result.unknown, result.agrees, result.differs,
    )  # fmt: skip
    purpose = f"与{policy_places.PLACES[result.place][0]}比对"
    parts = [news[start : start + PART] for start in range(0, len(news), PART)] or [[]]
    # The comparison itself comes last: while it is missing, the same list is taken up again
    for number, part in enumerate(parts, start=1):
        with evidence.event(
            evidence.Act(
                kind=keeping.COMPARED, actor=actor, at=at, purpose=purpose, detail={"place": result.place}
            )
        ) as event:
            evidence.lock("sync")
            keeping.write(event, "sync_seen", part)
            if number == len(parts):
                keeping.write(event, "sync_comparison", [line])
