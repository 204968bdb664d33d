"""What the reading API answers with. Every field has an example: the API's page shows them as a whole answer."""

from __future__ import annotations

from ninja import Schema
from pydantic import Field

CODE = "91340621MA2N00000X"


class Name(Schema):
    """A body and its code."""

    code: str = Field(examples=["11340600003092118F"])
    name: str = Field(examples=["某市市场监督管理局"])


class Organisation(Schema):
    """An organisation as the public sees it. Never a legal representative, an operator or any other person."""

    code: str = Field(description="unified social credit code, or an old number", examples=[CODE])
    name: str = Field(
        description="as it may be shown: an individual business registered under a person's name has none",
        examples=["濉溪县某某食品有限公司"],
    )
    kind: str = Field(examples=["企业"])
    region: str = Field(examples=["濉溪县"])
    industry: str = Field(examples=["食品制造业"])
    status: str = Field(examples=["存续"])
    active: bool = Field(examples=[True])
    established_on: str = Field(examples=["2018-05-04"])
    former_names: list[str] = Field(examples=[["濉溪县某某食品厂"]])
    public_entries: dict[str, int] = Field(
        description="how many entries are public, by item",
        examples=[{"admin-licence": 3, "admin-penalty": 1}],
    )
    report: str = Field(description="where a signed report can be had", examples=[f"/org/{CODE}/report/"])


class Hit(Schema):
    """One organisation found."""

    code: str = Field(examples=[CODE])
    name: str = Field(examples=["濉溪县某某食品有限公司"])
    kind: str = Field(examples=["企业"])
    region: str = Field(examples=["濉溪县"])
    status: str = Field(examples=["存续"])
    former_name: str = Field("", description="the former name that matched, if one did", examples=[""])


class Hits(Schema):
    """A page of a search, best first."""

    hits: list[Hit]
    next: str | None = Field(description="give it as `after` for more", examples=[None])
    note: str = Field("", description="why nothing was looked for", examples=[""])


class Proof(Schema):
    """Where the entry stands in the public log, and the path that proves it."""

    leaf: str = Field(
        description="commitment to the whole statement, hex; the leaf hash is SHA-256(0x00 ‖ 0x01 ‖ leaf)",
        examples=["5bea…"],
    )
    leaf_index: int = Field(examples=[4711])
    position: int = Field(description="length of the log with its event in it", examples=[4800])
    log_size: int = Field(description="length of the published log the path leads to", examples=[7680])
    path: list[str] = Field(description="RFC 6962 audit path, hex", examples=[["9f2c…", "04ab…"]])
    checkpoint: str = Field(examples=["/log/checkpoint"])


class Dispute(Schema):
    """An objection to the entry that is not decided yet. The entry stays public meanwhile."""

    field: str = Field(description="code of the disputed field; empty: the whole entry", examples=["CF_NR"])
    field_name: str = Field(examples=["处罚内容"])
    since: str = Field(examples=["2026-11-02"])


class Statement(Schema):
    """A public entry: what was decided, by whom, until when it is shown, and its way out."""

    id: int = Field(examples=[9961521])
    item: str = Field(examples=["admin-penalty"])
    subject: Name = Field(examples=[{"code": CODE, "name": "濉溪县某某食品有限公司"}])
    authority: Name
    decided_on: str = Field(examples=["2026-09-03"])
    received_on: str = Field(examples=["2026-09-08"])
    adverse: bool = Field(examples=[True])
    severity: str = Field(
        description="ordinary | serious, empty where classes do not apply", examples=["ordinary"]
    )
    shown_from: str = Field(examples=["2026-09-08"])
    shown_until: str = Field(description="last day shown; empty: no end is set", examples=["2027-09-03"])
    earliest_repair: str = Field(description="first day repair may be asked for", examples=["2026-12-03"])
    marks: list[str] = Field(description="corrected, disputed", examples=[["disputed"]])
    disputes: list[Dispute] = Field(description="who reuses a disputed entry says so with it")
    values: dict[str, str] = Field(
        description="the open fields by their code in the catalogue, names of subjects left out",
        examples=[{"CF_WSH": "某市监罚〔2026〕12号", "CF_CFLB": "罚款", "CF_NR": "罚款 2 万元"}],
    )
    duty: str = Field(
        description="what comes with reuse",
        examples=["再使用须至少每日查询 /api/v1/status；不再公示的，当日删除。"],
    )
    proof: Proof | None = Field(None, description="with a single statement only")


class Statements(Schema):
    """A page of entries about one organisation, newest arrival first."""

    statements: list[Statement]
    next: int | None = Field(description="give it as `after` for more", examples=[None])


class Status(Schema):
    """Which of the entries asked about are still public. All others must be deleted: why is not told."""

    on: str = Field(examples=["2026-11-20"])
    public: list[int] = Field(examples=[[9961521]])
    gone: list[int] = Field(examples=[[9961522]])


class Column(Schema):
    """A column of numbers."""

    code: str = Field(examples=["admin-licence"])
    label: str = Field(examples=["行政许可"])


class Line(Schema):
    """A row of numbers, in the order of the columns; null where there can be none."""

    code: str = Field(examples=["2026-10"])
    label: str = Field(examples=["2026-10"])
    values: list[float | None] = Field(examples=[[1204, 311]])


class Table(Schema):
    """A table of the statistics."""

    code: str = Field(examples=["by-month"])
    title: str = Field(examples=["按决定月份"])
    note: str = Field(examples=["按决定日期所在的月份计，只数正在公示的；最后一个月未满。"])
    cut_off: str = Field(description="what was known at the end of this day", examples=["2026-11-19"])
    public_on: str = Field(description="and public on this day", examples=["2026-11-20"])
    known_at: int = Field(description="ledger position of the cut-off", examples=[7680])
    columns: list[Column]
    rows: list[Line]


class Cited(Schema):
    """A provision, and how sure we are of it: verified, likely or unverified."""

    text: str = Field(examples=["《中华人民共和国行政许可法》（主席令第7号）第四十条"])
    confidence: str = Field(examples=["likely"])


class CatalogueField(Schema):
    """A field of an item."""

    code: str = Field(examples=["XK_WSH"])
    name: str = Field(examples=["行政许可决定文书号"])
    type: str = Field(examples=["字符型"])
    scope: str = Field(description="public | shared | restricted | drop", examples=["public"])
    required: bool = Field(examples=[True])
    max: int | None = Field(examples=[64])
    choices: list[str] = Field(examples=[[]])


class CatalogueItem(Schema):
    """An item of the catalogue."""

    code: str = Field(examples=["admin-licence"])
    name: str = Field(examples=["行政许可"])
    category: str = Field(examples=["行政管理信息"])
    basis: list[Cited]
    owners: list[str] = Field(
        description="empty: every authority owns what it decides", examples=[["市市场监督管理局"]]
    )
    deadline: str = Field(examples=["双公示期限"])
    publicity: str = Field(examples=["行政许可公示"])
    adverse: bool = Field(examples=[False])
    received: bool = Field(examples=[False])
    confidence: str = Field(examples=["likely"])
    version: str = Field(examples=["2019"])
    fields: list[CatalogueField]


class Catalogue(Schema):
    """The catalogue of this place, and the digest of the rules it belongs to."""

    rules: str = Field(examples=["f13190fbe4df…"])
    items: list[CatalogueItem]


class MatterPurpose(Schema):
    """A purpose for which more than public facts may be asked in a matter."""

    code: str = Field(examples=["award-review"])
    text: str
    text_en: str


class Matter(Schema):
    """A matter of a department, or (without a department) one that every department of a fitting sector decides."""

    code: str = Field(examples=["hb-scjg-001"])
    name: str = Field(examples=["食品经营许可"])
    item: str = Field(examples=["admin-licence"])
    department: str = Field(examples=["huaibei-scjg"])
    department_name: str = Field(examples=["市市场监督管理局"])
    basis: str = Field(examples=["《中华人民共和国食品安全法》第三十五条"])
    confidence: str = Field(examples=["likely"])
    use: str = Field(
        "", description="what an organisation is checked for in it; empty: it cannot be checked for"
    )
    purposes: list[MatterPurpose] = Field(default_factory=list)
    sectors: list[str] = Field(
        default_factory=list, description="of a general matter: who decides it; empty: any"
    )


class Matters(Schema):
    """The directory of matters."""

    matters: list[Matter]
