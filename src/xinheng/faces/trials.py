"""Why a result is a trial, in words: short in a list, a sentence on a page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xinheng.evaluation.trials import NOT_ADOPTED, NOT_IN_FORCE
from xinheng.law import service as law

SHORT = {NOT_ADOPTED: gettext_lazy("没有采用"), NOT_IN_FORCE: gettext_lazy("那天不在有效期")}


def short(reasons: Iterable[str]) -> str:
    """The reasons in a few words; "" where there are none."""
    return _("、").join(str(SHORT[one]) for one in reasons)


def sentences(reasons: Iterable[str], *, model: law.EvaluationModel, on: date, ran: bool) -> list[str]:
    """A sentence for each reason. `ran`: of a run that was kept, so that not to be adopted is a thing of its past."""
    said = {
        NOT_ADOPTED: _("运行时模型没有采用。") if ran else _("模型没有采用。"),
        NOT_IN_FORCE: _("%(day)s 不在模型的有效期内：%(span)s。")
        % {"day": on, "span": _span(model.in_force)},
    }
    return [said[one] for one in reasons]


def _span(days: law.InForce) -> str:
    if days.last is None:
        return _("%(first)s 起有效") % {"first": days.first}
    return _("%(first)s 至 %(last)s 有效") % {"first": days.first, "last": days.last}
