"""The tables of evaluation: what a report, a run or a comparison counted, as sheets with charts and a CSV each.

Shares are shown in per cent with one decimal, cut; the counts they are shares of always stand beside them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from xinheng.evaluation.telling import points
from xinheng.faces.site.index_sheets import SECTIONS
from xinheng.faces.site.sheets import Row, Sheet
from xinheng.faces.site.words import in_chinese, named, term
from xinheng.law import service as law
from xinheng.register import service as register

ORDER = ("size", "county", "sector", "age", "kind", "file")
STEPS = ("0-1", "1-3", "3-5", "5-10", "10-20", "20+", "0", "1-5", "6-20", "21+")


def of_report(body: Mapping[str, Any], model: law.EvaluationModel | None) -> list[Sheet]:
    """Every table of a report, in the order of its page."""
    found = [grades(body), histogram(body["histogram"]), *(_dimension(body, name) for name in ORDER)]
    if body["grades"]:
        found += [_weights(body, model), _churn(body), _drift(body["drift"]), _backtest(body)]
    return [one for one in found if one is not None]


def grades(body: Mapping[str, Any]) -> Sheet | None:
    """How many organisations are in each grade."""
    if not body["grades"]:
        return None
    return distribution(body["grades"], body["whole"]["grades"])


def distribution(names: Sequence[Sequence[str]], counts: Sequence[int]) -> Sheet:
    """Organisations by grade, best first: `names` are (code, Chinese, English)."""
    whole = sum(counts)
    rows = tuple(
        Row(one[0], _name(one), (n, _share(n, whole)), foreign=True)
        for one, n in zip(names, counts, strict=True)
    )
    return Sheet(
        "grades", _("各等级的主体数"), _("模型适用的存续主体，从好到差。"), _("等级"),
        (("organisations", _("主体")), ("share", _("占比，%"))), rows, plain=("share",), tones=("pine", "slate"),
    )  # fmt: skip


def histogram(bins: Sequence[Sequence[int]]) -> Sheet:
    """Organisations by points, in steps of equal width."""
    rows = tuple(
        Row(
            str(low),
            f"{points(low // law.POINT * law.POINT) if high - low >= law.POINT else points(low)}",
            (n,),
        )
        for low, high, n in bins
    )
    return Sheet(
        "points", _("分数的分布"), _("横轴是每一段的起点（分）；只供信用办和作出认定的单位内部了解模型，不向主体显示。"), _("分数，自"),
        (("organisations", _("主体")),), rows, chart="time", tones=("slate",),
    )  # fmt: skip


def moves(told: Mapping[str, Any]) -> Sheet:
    """How many organisations rose, fell and stayed between two evaluations."""
    rows = (
        Row("better", _("变好"), (told["better"],)),
        Row("worse", _("变差"), (told["worse"],)),
        Row("same", _("没有变"), (told["same"],)),
    )
    return Sheet(
        "moves",
        _("等级的变动"),
        _("两次都评价过的主体。"),
        _("变动"),
        (("organisations", _("主体")),),
        rows,
        tones=("slate",),
    )


def group_name(dimension: str, group: str) -> str:
    """How a group of a dimension is called in the language of the page."""
    if group == "unknown":
        return _("没有登记")
    if dimension == "county":
        names = law.active().counties.get(group)
        return term(names[0]) if names else group
    if dimension == "sector":
        return _(SECTIONS[group]) if group in SECTIONS else group
    if dimension == "kind":
        return term(register.kind_of(group + "0" * 16)) or group
    if dimension == "age":
        return _("%(years)s 年") % {"years": group.replace("-", "–")}
    if dimension == "file":
        return _("%(n)s 条") % {"n": group.replace("-", "–")}
    return group


def dimension_name(dimension: str) -> str:
    """The title of a dimension."""
    titles = {
        "sector": _("按行业门类"), "county": _("按县区"), "age": _("按成立年数"), "kind": _("按主体类型"),
        "file": _("按档案里的条数"), "size": _("按规模"),
    }  # fmt: skip
    return titles.get(dimension, dimension)


def _dimension(body: Mapping[str, Any], name: str) -> Sheet | None:
    groups = sorted(body["spread"][name], key=_place)
    if name == "size" and all(one["group"] == "unknown" for one in groups):
        return None
    names = body["grades"]
    rows = tuple(
        Row(
            one["group"], group_name(name, one["group"]),
            (
                *((_share(one["grades"][-1], one["organisations"]),) if names else ()), one["organisations"],
                *one["grades"], one["points"][2] // law.POINT if one["points"][2] >= 0 else -(-one["points"][2] // law.POINT),
            ),
        )
        for one in groups
    )  # fmt: skip
    columns = (
        *((("worst", _("最低等级的占比，%")),) if names else ()), ("organisations", _("主体")),
        *((f"grade-{one[0]}", _name(one)) for one in names), ("middle", _("分数的中位数（取整）")),
    )  # fmt: skip
    plain = tuple(code for code, _label in columns if code != ("worst" if names else "middle"))
    return Sheet(
        f"by-{name}", dimension_name(name), _("主体少于 30 家的组，占比会因一家而大动，不参加比较。"), _("组"), columns, rows,
        plain=plain, percent=("worst",), tones=("ochre",),
    )  # fmt: skip


def _weights(body: Mapping[str, Any], model: law.EvaluationModel | None) -> Sheet:
    names = {one.code: named(one) for one in model.indicators} if model else {}
    parts = ("up_worse", "up_better", "down_worse", "down_better", "reached")
    rows = tuple(
        Row(
            one["indicator"], names.get(one["indicator"], one["indicator"]),
            (sum(one[part] for part in parts[:4]), *(one[part] for part in parts)), foreign=True,
        )
        for one in body["weights"]
    )  # fmt: skip
    columns = (
        ("changed", _("等级会变的主体（两边合计）")), ("up-worse", _("加一成：变差")), ("up-better", _("加一成：变好")),
        ("down-worse", _("减一成：变差")), ("down-better", _("减一成：变好")), ("reached", _("用到这项指标的主体")),
    )  # fmt: skip
    return Sheet(
        "weights", _("每项指标的分量"), _("只把这一项的分值加一成或者减一成，其他不变，封顶不变：有多少主体的等级会变。"), _("指标"), columns,
        rows, plain=tuple(code for code, _label in columns[1:]), tones=("slate",),
    )  # fmt: skip


def _drift(told: Mapping[str, Any] | None) -> Sheet | None:
    """What the change of version alone does; None where there is nothing to compare."""
    if not told or not told["comparable"]:
        return None
    rows = (
        Row("better", _("变好"), (told["better"],)), Row("worse", _("变差"), (told["worse"],)),
        Row("same", _("没有变"), (told["same"],)), Row("points", _("分数有变"), (told["points_changed"],)),
    )  # fmt: skip
    return Sheet(
        "drift", _("版本的漂移"), _("与上一个版本 %(version)s 相比。") % {"version": told["version"]}, _("变动"),
        (("organisations", _("主体")),), rows, tones=("slate",),
    )  # fmt: skip


def _churn(body: Mapping[str, Any]) -> Sheet:
    rows = tuple(
        Row(
            str(one["months"]), _since(one),
            (one["better"], one["worse"], one["same"], one["points_changed"], one["only_after"]),
        )
        for one in body["churn"]
    )  # fmt: skip
    return Sheet(
        "churn", _("等级的变动"), _("同一个模型，先前某一天和报告日各算一次。写「推算」的，平台那时还没有这些信息，后来修复的不在先前那一边：变差的会偏多，不能当作变差。"), _("时间"),
        (
            ("better", _("变好")), ("worse", _("变差")), ("same", _("没有变")), ("points", _("分数有变")),
            ("new", _("新进入")),
        ),
        rows, plain=("same", "points", "new"), tones=("pine", "ochre"),
    )  # fmt: skip


def _since(one: Mapping[str, Any]) -> str:
    """A day, and whether its grades are those known then: where they are not, what was repaired since is missing in them."""
    if one["basis"] == "as-known":
        return _("%(day)s 以来") % {"day": one["from"]}
    return _("%(day)s 以来（推算）") % {"day": one["from"]}


def _backtest(body: Mapping[str, Any]) -> Sheet:
    told = body["backtest"]
    rows = tuple(
        Row(one[0], _name(one), (_share(hit, n), n, hit), foreign=True)
        for one, (n, hit) in zip(body["grades"], told["grades"], strict=True)
    )
    return Sheet(
        "backtest", _("回测：一年前的等级，后来怎样"),
        _("%(first)s 的等级，和之后到 %(last)s 有没有新的严重失信决定。") % {"first": told["from"], "last": told["until"]}, _("当时的等级"),
        (("share", _("后来有严重失信决定的，%")), ("organisations", _("主体")), ("with-event", _("其中有的"))), rows,
        plain=("organisations", "with-event"), percent=("share",), tones=("ochre",),
    )  # fmt: skip


def _place(one: Mapping[str, Any]) -> tuple[bool, int, str]:
    """Steps of years and of entries in their own order, what is unknown last."""
    group = one["group"]
    return group == "unknown", STEPS.index(group) if group in STEPS else 0, group


def _name(one: Sequence[str]) -> str:
    return one[1] if in_chinese() else one[2] or one[1]


def _share(n: int, whole: int) -> float | None:
    return 1000 * n // whole / 10 if whole else None
