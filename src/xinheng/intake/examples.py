"""A fictional row of any item, from its own samples: for templates and tests. No such organisation or decision exists."""

from __future__ import annotations

from xinheng.kernel import uscc
from xinheng.law import service as law

DECIDED, ENDS, OPEN_END = "2026/11/12", "2027/11/11", "2099/12/31"
PLACES = {"place": "虚构县", "county": "虚构", "year": "2026", "serial": "000001"}


def _code(first: str) -> str:
    return first + uscc.check_char(first)


def example(item: law.Item, one: law.Field) -> str:
    """The example value of a field; "" where a clean row may leave it empty."""
    return example_row(item)[one.code]


def example_row(item: law.Item) -> dict[str, str]:
    """One clean row by field code; fields that are never kept, and how an entry ends, are empty."""
    body, agency = _code("91340699MA0000000"), _code("11340699000000000")
    if about_bodies(item):
        body = _code("12340699MB0000000")
    fixed = {
        item.subject_code: body, item.authority: agency, item.source_code: agency, item.subject_kind: "法人及非法人组织",
        item.decided_on: DECIDED, item.valid_from: DECIDED, item.card.exit_on: "", item.card.exit_why: "",
    }  # fmt: skip
    return {one.code: fixed[one.code] if one.code in fixed else _value(item, one) for one in item.fields}


def about_bodies(item: law.Item) -> bool:
    """Whether the item's subjects are public bodies only, by its rule about codes."""
    return any(rule.kind == "code_starts" and item.subject_code in rule.fields for rule in item.rules)


def _value(item: law.Item, one: law.Field) -> str:
    if one.type == "drop" or one.computed:
        return ""
    if one.samples:
        return filled(one.samples[0], PLACES)
    if one.type == "date":
        ends = one.code in (item.valid_to, item.card.ends)
        return (OPEN_END if one.long_term else ENDS) if ends else DECIDED if one.required else ""
    if one.type == "enum":
        return one.choices[0] if one.required and one.choices else ""
    return "示例文字" if one.required else ""


def filled(sample: str, places: dict[str, str]) -> str:
    """A sample with {place}, {county}, {year}, {serial} filled in."""
    for name, text in places.items():
        sample = sample.replace(f"{{{name}}}", text)
    return sample
