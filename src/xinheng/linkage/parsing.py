"""Many names into arrays: characters, which part each belongs to, and what the parts are. No database, so that helpers
in processes of their own can do it."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace

import numpy as np

from xinheng.kernel import orgname

OTHER, REGION, BRAND, TRADE, FORM, BRANCH = range(6)
PARTS = ("region", "brand", "trade", "form", "branch")
LONGEST = 60  # characters of a name that are compared; a longer one is cut
TAIL = 2  # letters behind the form that are not yet a branch
ALONE = 20_000  # names that one process parses faster than several
FORMS = (
    "", "company", "company-limited-by-shares", "partnership", "sole", "cooperative", "individual", "school",
    "hospital", "institution", "association", "foundation", "private-nonprofit", "government", "party", "union",
    "court", "village", "other",
)  # fmt: skip


@dataclass(frozen=True)
class Parsed:
    """Names as arrays. The characters of name i are `chars[starts[i]:starts[i + 1]]`, `labels` likewise."""

    chars: np.ndarray  # uint32
    labels: np.ndarray  # uint8: OTHER … BRANCH
    starts: np.ndarray  # int64, one more than there are names
    division: np.ndarray  # int32, 0 where none or ambiguous
    form: np.ndarray  # uint8, place in FORMS
    whole: np.ndarray  # uint64 hash of the folded name, 0 for a name that folds to nothing
    core: np.ndarray  # uint64 hash of brand + trade, 0 where there is neither
    brand: np.ndarray  # uint64 hash of the brand, 0 for none
    trade: np.ndarray  # uint64 hash of the trade, 0 for none
    branch: np.ndarray  # uint64 hash of what follows the parent's form, 0 for none

    def __len__(self) -> int:
        return len(self.division)


def parse_many(names: Sequence[str], *, processes: int | None = None) -> Parsed:
    """The arrays of these names, in their order. With many names several processes share the work."""
    workers = processes if processes is not None else min(len(os.sched_getaffinity(0)), 4)
    if len(names) < ALONE or workers < 2:
        return _parsed(names)
    size = max(ALONE // 2, len(names) // (workers * 2) + 1)
    parts = [names[start : start + size] for start in range(0, len(names), size)]
    with ThreadPoolExecutor(workers) as pool:
        return joined(list(pool.map(_elsewhere, parts)))


def _elsewhere(names: Sequence[str]) -> Parsed:
    """The same in a process of its own. A plain program: forking a process that holds threads and a database connection
    is not safe, and Python's other ways import the caller's main program again."""
    done = subprocess.run(
        [sys.executable, "-m", "xinheng.linkage.parsing"],
        input="\0".join(name.replace("\0", "") for name in names).encode("utf-8", "replace"),
        stdout=subprocess.PIPE, check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )  # fmt: skip
    with np.load(io.BytesIO(done.stdout)) as arrays:
        return Parsed(**{name: arrays[name] for name in arrays.files})


def _serve() -> None:
    """Names on standard input, separated by a zero byte; their arrays on standard output."""
    parsed = _parsed(sys.stdin.buffer.read().decode("utf-8").split("\0"))
    answer = io.BytesIO()
    np.savez(answer, **{one.name: getattr(parsed, one.name) for one in fields(Parsed)})
    sys.stdout.buffer.write(answer.getvalue())


def joined(parts: Sequence[Parsed]) -> Parsed:
    """Several as one."""
    ends = np.cumsum([0, *(len(part.chars) for part in parts)])
    starts = np.concatenate(
        [*(part.starts[:-1] + end for part, end in zip(parts, ends, strict=False)), ends[-1:]]
    )
    columns = ("chars", "labels", "division", "form", "whole", "core", "brand", "trade", "branch")
    return Parsed(
        starts=starts.astype(np.int64),
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in columns},
    )


def _parsed(names: Sequence[str]) -> Parsed:
    texts: list[str] = []
    labels = bytearray()
    numbers: list[tuple[int, int]] = []
    hashes: list[tuple[int, int, int, int, int]] = []
    for name in names:
        parsed = orgname.parse(name)
        tail = ""
        if len(parsed.branch) <= TAIL and parsed.branch_kind in ("", "other"):
            # 某某有限公司司: a speck or a doubled letter behind the form, hardly a branch; its hash stays as a warning
            tail = parsed.branch
            parsed = replace(parsed, form=parsed.form + tail, branch="")
        text = parsed.text[:LONGEST]
        texts.append(text)
        labels += labels_of(parsed)[:LONGEST]
        numbers.append((int(parsed.division or 0), FORM_NUMBER.get(parsed.form_class, len(FORMS) - 1)))
        hashes.append(
            (
                hashed(parsed.text),
                hashed(parsed.brand + parsed.trade),
                hashed(parsed.brand),
                hashed(parsed.trade),
                hashed(parsed.branch or tail),
            )
        )
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    chars = np.frombuffer("".join(texts).encode("utf-32-le", "replace"), dtype=np.uint32)
    table = np.array(numbers, dtype=np.int32).reshape(-1, 2)
    keys = np.array(hashes, dtype=np.uint64).reshape(-1, 5)
    return Parsed(
        chars=chars, labels=np.frombuffer(bytes(labels), dtype=np.uint8),
        starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        division=table[:, 0].copy(), form=table[:, 1].astype(np.uint8),
        whole=keys[:, 0].copy(), core=keys[:, 1].copy(), brand=keys[:, 2].copy(), trade=keys[:, 3].copy(),
        branch=keys[:, 4].copy(),
    )  # fmt: skip


FORM_NUMBER = {name: number for number, name in enumerate(FORMS)}


def hashed(text: str) -> int:
    """A number for a text, the same in every process; 0 for no text. 56 bits: the upper 8 tell kinds apart."""
    if not text:
        return 0
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=7).digest(), "big")


def labels_of(parsed: orgname.OrgName) -> bytearray:
    """For each character of the folded name the part it belongs to; brackets and the like belong to none."""
    text = parsed.text
    labels = bytearray(len(text))
    at = 0
    for number, part in (
        (REGION, parsed.region), (BRAND, parsed.brand), (TRADE, parsed.trade), (FORM, parsed.form),
        (BRANCH, parsed.branch), (REGION, parsed.aside),
    ):  # fmt: skip
        if not part:
            continue
        found = text.find(part, at)
        if found < 0:
            found = _free(text, part, labels)
        if found >= 0:
            labels[found : found + len(part)] = bytes([number]) * len(part)
            if number != REGION or found == at:
                at = found + len(part)
    # A part that stands in two pieces, as around a place in the middle, has its letters still without a label
    for place, letter in enumerate(text):
        if not letter.isalnum():
            labels[place] = OTHER
        elif not labels[place]:
            labels[place] = TRADE if letter in parsed.trade else BRAND
    return labels


def _free(text: str, part: str, labels: bytearray) -> int:
    found = text.find(part)
    while found >= 0 and any(labels[found : found + len(part)]):
        found = text.find(part, found + 1)
    return found


if __name__ == "__main__":
    _serve()
