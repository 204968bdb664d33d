"""Asking: which organisation does this name mean. Nothing here changes what is stored."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from xinheng.kernel import orgname, personal
from xinheng.linkage import index as indexing
from xinheng.linkage import queue, wording
from xinheng.linkage.candidates import equal, together
from xinheng.linkage.compare import Facts
from xinheng.linkage.engine import Asked, Found, answers
from xinheng.linkage.index import Index
from xinheng.linkage.keys import asked_key
from xinheng.linkage.pairing import facts_of_pair
from xinheng.linkage.parsing import parse_many
from xinheng.linkage.wording import Part

LINKED, HUMAN, NONE = "linked", "human", "none"
NOTHING = "名称里没有可供比对的文字，不作关联。"
PERSON = "这是自然人姓名，不作关联。"
JUDGED = "此前经人工认定为同一单位。"
RIVAL = 500  # basis points: another candidate that is not out of the question
SHORT_PERSON = 3
LONGEST_PERSON = 20  # characters: no cell that is nothing but a person's name is longer
_LETTER = re.compile("[0-9A-Za-z\u3400-\u9fff]")
Verdicts = dict[str, list[tuple[str, str]]]
PIECE = 50_000  # names compared together: bounds the memory of a long file
CANDIDATE = pl.Struct({"code": pl.String, "name": pl.String, "current": pl.Boolean, "confidence": pl.Int32})
ANSWER: dict[str, Any] = {
    "outcome": pl.String, "code": pl.String, "confidence": pl.Int32, "reason": pl.String, "judged": pl.Boolean,
    "candidates": pl.List(CANDIDATE),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """An organisation that a name may mean. `confidence` in basis points (10,000 = certain); `name` is the registered
    name that came nearest, `current` whether it is the present one."""

    code: str
    name: str
    current: bool
    confidence: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a name came to: linked (`code` says to whom), human (somebody must look), or none."""

    outcome: str
    code: str
    confidence: int
    reason: str
    judged: bool
    candidates: tuple[Candidate, ...]


def link_one(*, name: str, code: str = "", region: str = "", index: Index | None = None) -> Answer:
    """Which organisation one name means, with a sentence per part for each of at most five candidates.

    `code` is the cell meant for a code, however damaged; `region` the division the question comes from.
    """
    used = index or indexing.current()
    silent = _silences(used, [name])
    question = Asked.of(_usable([name], silent), [code], [region])
    asked = _asked(used, question, [name], silent, _standing() if index is None else {})
    found = asked.found
    codes = found.codes(used)
    told = []
    for at in range(len(codes)):
        held = used.parts[found.part[at]][0]
        doc = int(found.doc[at])
        held_name = str(held.names[doc])
        told.append(
            Candidate(
                str(codes[at]), held_name, bool(held.current[doc]), int(found.confidence[at]),
                wording.parts(
                    Facts(*found.facts[at].tolist()), asked=name, held=held_name, asked_code=code, code=str(codes[at])
                ),
            )
        )  # fmt: skip
    same = asked.same.get(0)
    if same is not None:
        return Answer(LINKED, same, 10_000, JUDGED, True, tuple(told))
    if not told:
        return Answer(NONE, "", 0, asked.silent[0] or wording.reason(NONE, False), False, ())
    outcome = LINKED if found.linked[0] else HUMAN if found.worth[0] else NONE
    rivals = len(told) > 1 and told[1].confidence >= RIVAL
    reason = wording.reason(outcome, rivals, *found.facts[0].tolist())
    code = told[0].code if outcome == LINKED else ""
    return Answer(outcome, code, told[0].confidence, reason, False, tuple(told))


def link_frame(
    frame: pl.DataFrame, *, name: str = "name", code: str | None = None, region: str | None = None,
    index: Index | None = None,
) -> pl.DataFrame:  # fmt: skip
    """The answers to many names, one row each in their order: outcome, code, confidence (basis points), reason,
    judged (a human said so), candidates (best first).

    `name`, `code` and `region` are columns of the frame. Equal questions are asked once.
    """
    used = index or indexing.current()
    asked = frame.select(
        pl.col(name).fill_null("").alias("asked_name"),
        (pl.col(code).fill_null("") if code else pl.lit("")).alias("asked_code"),
        (pl.col(region).fill_null("") if region else pl.lit("")).alias("asked_region"),
    )
    distinct = asked.unique(maintain_order=True)
    verdicts = _standing() if index is None else {}
    names, codes, regions = (column.to_list() for column in distinct)
    silent = _silences(used, names)
    whole = Asked.of(_usable(names, silent), codes, regions).parsed_against(used)

    def one(start: int) -> pl.DataFrame:
        end = start + PIECE
        told = _asked(used, whole.piece(start, end), names[start:end], silent[start:end], verdicts)
        return _as_frame(used, told)

    starts = range(0, distinct.height, PIECE)
    with ThreadPoolExecutor(min(2, len(starts)) or 1) as pool:
        told = distinct.hstack(pl.concat([pl.DataFrame(schema=ANSWER), *pool.map(one, starts)]))
    return asked.join(told, on=asked.columns, how="left", maintain_order="left").select(list(ANSWER))


def suggestions(text: str, *, limit: int = 5) -> list[tuple[str, str]]:
    """Codes and registered names that come near a mistyped, short or former name, best first; empty where none does.

    For pages: answers from the index as it lies there, and with nothing while there is none yet.
    """
    used = indexing.at_hand()
    if used is None:
        return []
    answer = link_one(name=text, index=used)
    return [(one.code, one.name) for one in answer.candidates[:limit] if one.confidence >= 1]


@dataclass(frozen=True)
class _Answered:
    """`found` by place in `silent`; why a question was not asked ("" where it was); what a human said is the same."""

    found: Found
    silent: list[str]
    same: dict[int, str]


def _asked(
    used: Index, question: Asked, names: list[str], silent: list[str], verdicts: Verdicts
) -> _Answered:
    same, apart = _decided(verdicts, names, list(question.codes))
    return _Answered(answers(used, question, told_apart=apart), silent, same)


def _usable(names: list[str], silent: list[str]) -> list[str]:
    """Names without those that are not asked about: a person's name is no evidence, not even for a candidate. A code
    beside it speaks for itself."""
    return ["" if why else name for name, why in zip(names, silent, strict=True)]


def _silences(used: Index, names: list[str]) -> list[str]:
    """Why each name is not asked about; "" where it is."""
    silent = [_silent(name) for name in names]
    persons = [at for at, why in enumerate(silent) if why == PERSON]
    for at in _carried(used, [names[at] for at in persons]):
        silent[persons[at]] = ""
    return silent


def _silent(name: str) -> str:
    # Longer than any person's name, and with a letter in it: neither empty nor a person
    if len(name) > LONGEST_PERSON and _LETTER.search(name):
        return ""
    if not any(letter.isalnum() for letter in orgname.fold(name)):
        return NOTHING
    if not personal.is_person_name(name):
        return ""
    # 东华能源 has the shape of a person's name; its trade or place tells that it is none
    parsed = orgname.parse(name)
    return "" if len(parsed.text) > SHORT_PERSON and (parsed.trade or parsed.region) else PERSON


def _carried(used: Index, names: list[str]) -> list[int]:
    """Which of these person-shaped names an organisation that is no individual business carries, letter by letter."""
    if not names:
        return []
    found = together(equal(used, parse_many(names, processes=1), np.arange(len(names))))
    return [
        asked
        for asked, part, doc in zip(
            found.asked.tolist(), found.part.tolist(), found.doc.tolist(), strict=True
        )
        if not used.parts[part][0].code[doc].startswith(b"92")
    ]


def _standing() -> Verdicts:
    """What people decided, by question."""
    found: Verdicts = {}
    for key, code, verdict in queue.verdicts().select("key", "code", "verdict").iter_rows():
        found.setdefault(key, []).append((code, verdict))
    return found


def _decided(
    verdicts: Verdicts, names: list[str], codes: list[str]
) -> tuple[dict[int, str], dict[int, set[str]]]:
    """What people decided about these very questions: whom they mean, and whom they do not mean."""
    same: dict[int, list[str]] = {}
    apart: dict[int, set[str]] = {}
    # The beginning of a key tells cheaply which of a million questions may have been asked before
    openings = {key[:4] for key in verdicts}
    for at, name in enumerate(names):
        if not verdicts or f"{orgname.fold(name)}|"[:4] not in openings:
            continue
        for code, verdict in verdicts.get(asked_key(name, codes[at]), ()):
            if verdict == "same":
                same.setdefault(at, []).append(code)
            elif verdict == "different":
                apart.setdefault(at, set()).add(code)
    # Two organisations cannot both be meant: then nobody has decided
    return {at: told[0] for at, told in same.items() if len(told) == 1}, apart


def _as_frame(used: Index, asked: _Answered) -> pl.DataFrame:
    """One row of `ANSWER` per question."""
    found = asked.found
    rows = pl.DataFrame(
        {"asked": found.asked, "rank": found.rank, "code": found.codes(used), "confidence": found.confidence}
    ).with_columns(_names(used, found))
    told = rows.group_by("asked", maintain_order=True).agg(
        pl.struct("code", "name", "current", "confidence").alias("candidates")
    )
    best = np.flatnonzero(found.rank == 0)
    outcome = np.where(found.linked[best], LINKED, np.where(found.worth[best], HUMAN, NONE))
    following = np.minimum(best + 1, max(len(found.rank) - 1, 0))
    rivals = (found.rank[following] == 1) & (found.confidence[following] >= RIVAL)
    reasons = [
        wording.reason(str(one), bool(two), *facts)
        for one, two, facts in zip(outcome, rivals, found.facts[best].tolist(), strict=True)
    ]
    top = rows[best].select(
        "asked", pl.Series("outcome", outcome, dtype=pl.String), "code", "confidence",
        pl.Series("reason", reasons, dtype=pl.String),
    )  # fmt: skip
    every = pl.DataFrame({"asked": np.arange(len(asked.silent))}).with_columns(
        pl.Series("silent", asked.silent, dtype=pl.String)
    )
    every = every.join(top, on="asked", how="left", maintain_order="left")
    every = every.join(told, on="asked", how="left", maintain_order="left").join(
        pl.DataFrame(list(asked.same.items()), schema={"asked": pl.Int64, "to": pl.String}, orient="row"),
        on="asked", how="left", maintain_order="left",
    )  # fmt: skip
    judged = pl.col("to").is_not_null()
    quiet = pl.when(pl.col("silent") != "").then("silent").otherwise(pl.lit(wording.reason(NONE, False)))
    return every.select(
        pl.when(judged).then(pl.lit(LINKED)).otherwise(pl.col("outcome").fill_null(NONE)).alias("outcome"),
        pl.when(judged).then("to").when(pl.col("outcome") == LINKED).then("code").otherwise(pl.lit("")).alias("code"),
        pl.when(judged).then(10_000).otherwise(pl.col("confidence").fill_null(0)).cast(pl.Int32).alias("confidence"),
        pl.when(judged).then(pl.lit(JUDGED)).otherwise(pl.coalesce("reason", quiet)).alias("reason"),
        judged.alias("judged"),
        pl.col("candidates").fill_null(pl.lit([], dtype=pl.List(CANDIDATE))).cast(pl.List(CANDIDATE)),
    )  # fmt: skip


def _names(used: Index, found: Found) -> list[pl.Series]:
    """The registered name behind each candidate and whether it is the present one."""
    name = pl.Series("name", [""], dtype=pl.String).new_from_index(0, len(found.asked))
    now = np.zeros(len(found.asked), dtype=bool)
    for number, (held, _) in enumerate(used.parts):
        at = np.flatnonzero(found.part == number)
        if len(at):
            name = name.scatter(at, held.names.gather(found.doc[at]))
            now[at] = held.current[found.doc[at]]
    return [name, pl.Series("current", now)]


def parts_of(*, name: str, code: str, held: str, asked_code: str = "") -> tuple[Part, ...]:
    """The reasons for or against one pair: an asked name (and code cell) and a name that organisation `code` carries."""
    return wording.parts(
        facts_of_pair(indexing.current(), name=name, asked_code=asked_code, code=code, held=held),
        asked=name, held=held, asked_code=asked_code, code=code,
    )  # fmt: skip
