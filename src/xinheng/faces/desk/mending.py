"""The rows of a batch that came back, as a page shows them: what is wrong, and only the faulty cells to fill in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xinheng.intake import service as intake
from xinheng.law import service as law

PAGE = 25
# Names of the form's fields: c-<row>-<field code>
PREFIX = "c"


@dataclass(frozen=True)
class Cell:
    """A faulty cell: what stands in it (masked where it was masked) and what is wrong with it."""

    id: str
    code: str
    name: str
    value: str
    messages: tuple[str, ...]
    choices: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """A row to mend: which one, whose, and its faulty cells. `more` says what is wrong with the row as a whole."""

    number: int
    outcome: str
    subject: str
    document: str
    cells: tuple[Cell, ...]
    more: tuple[str, ...]


def rows(batch: intake.BatchSummary, *, after: int | None) -> tuple[list[Row], int]:
    """The next rows to mend in the file's order, and the row to go on after (0: none)."""
    item = law.active().items[batch.item]
    found = intake.problem_rows(batch=batch.number, after=after, limit=PAGE + 1)
    made = [_row(one, item) for one in found[:PAGE]]
    return made, made[-1].number if len(found) > PAGE else 0


def _row(one: Any, item: law.Item) -> Row:
    fields = {field.code: field for field in item.fields}
    wrong: dict[str, list[str]] = {}
    whole: list[str] = []
    for problem in one.problems:
        if problem["field"] in fields:
            wrong.setdefault(problem["field"], []).append(problem["message"])
        else:
            whole.append(problem["message"])
    cells = tuple(
        Cell(
            f"{PREFIX}-{one.row}-{code}", code, fields[code].name,
            # A person's name is typed anew, not shown
            "" if fields[code].type == "person" else one.cells.get(code, ""), tuple(messages),
            () if fields[code].multi else tuple(fields[code].choices),
        )
        for code, messages in wrong.items()
    )  # fmt: skip
    document = next((one.cells[code] for code in item.document_number if one.cells.get(code)), "")
    return Row(one.row, one.outcome, one.cells.get(item.subject_name, ""), document, cells, tuple(whole))


def cells_of(form: Mapping[str, Any], batch: intake.BatchSummary) -> dict[int, dict[str, str]]:
    """The cells a form changed, by row and field code. A cell left as it was (`was-…`) is not mended."""
    fields = {field.code for field in law.active().items[batch.item].fields}
    found: dict[int, dict[str, str]] = {}
    for name, value in form.items():
        prefix, _, rest = name.partition("-")
        number, _, code = rest.partition("-")
        if prefix != PREFIX or not number.isdigit() or code not in fields:
            continue
        if str(value).strip() != str(form.get(f"was-{number}-{code}", "")).strip():
            found.setdefault(int(number), {})[code] = str(value).strip()
    return found
