"""The door of the quality mirror: figures and their rows, suspicions, bulletins, supervision orders."""

from __future__ import annotations

from xinheng.oversight.bulletin_pdf import bulletin_pdf, order_pdf
from xinheng.oversight.bulletin_xlsx import bulletin_xlsx
from xinheng.oversight.bulletins import (
    GAP_POLICY,
    MEASURED,
    Issued,
    Listed,
    bulletin,
    bulletins,
    draft,
    for_unit,
    issue,
    office_name,
    publish,
    published_figures,
)
from xinheng.oversight.comparing import FACES, Compared, compare, comparisons
from xinheng.oversight.errors import (
    BadPeriod,
    ListUnreadable,
    NoSuchBulletin,
    NoSuchFinding,
    NoSuchOrder,
    NothingToSupervise,
    PeriodNotOver,
    StepRefused,
)
from xinheng.oversight.exact import ExactRow, Place, RowPage, rows, shown
from xinheng.oversight.figures import (
    CauseLine,
    Line,
    UnitLine,
    between,
    by_unit,
    causes,
    deliveries,
    figures,
    months_of_all,
    total,
    trend,
)
from xinheng.oversight.indicators import Indicator, indicators
from xinheng.oversight.orders import Issued as IssuedOrder
from xinheng.oversight.orders import one as order_of
from xinheng.oversight.orders import order, orders, proceed, rows_of
from xinheng.oversight.policy_gaps import WHY
from xinheng.oversight.policy_period import Span, containing, last_over, parse
from xinheng.oversight.policy_rates import FORMULAS, OUR_CHOICE, Figures, change, percent, points
from xinheng.oversight.silence import cases_of, late_bodies
from xinheng.oversight.store import rebuild
from xinheng.oversight.suspected import (
    Looked,
    Suspicion,
    finding,
    history,
    look,
    resolve,
    sequences,
    suspected,
)
from xinheng.oversight.units import Unit, names, units

__all__ = [
    "FACES",
    "FORMULAS",
    "GAP_POLICY",
    "MEASURED",
    "OUR_CHOICE",
    "WHY",
    "BadPeriod",
    "CauseLine",
    "Compared",
    "ExactRow",
    "Figures",
    "Indicator",
    "Issued",
    "IssuedOrder",
    "Line",
    "ListUnreadable",
    "Listed",
    "Looked",
    "NoSuchBulletin",
    "NoSuchFinding",
    "NoSuchOrder",
    "NothingToSupervise",
    "PeriodNotOver",
    "Place",
    "RowPage",
    "Span",
    "StepRefused",
    "Suspicion",
    "Unit",
    "UnitLine",
    "between",
    "bulletin",
    "bulletin_pdf",
    "bulletin_xlsx",
    "bulletins",
    "by_unit",
    "cases_of",
    "causes",
    "change",
    "compare",
    "comparisons",
    "containing",
    "deliveries",
    "draft",
    "figures",
    "finding",
    "for_unit",
    "history",
    "indicators",
    "issue",
    "last_over",
    "late_bodies",
    "look",
    "months_of_all",
    "names",
    "office_name",
    "order",
    "order_of",
    "order_pdf",
    "orders",
    "parse",
    "percent",
    "points",
    "proceed",
    "publish",
    "published_figures",
    "rebuild",
    "resolve",
    "rows",
    "rows_of",
    "sequences",
    "shown",
    "suspected",
    "total",
    "trend",
    "units",
]  # fmt: skip
