"""Who may open a page of the desk, and the frame every page of it shares.

    @desk("intake.send")
    def page_of_mine(request: HttpRequest) -> HttpResponse:
        return page(request, "desk/mine.html", {"section": "intake", ...})

`request.account` is the one who signed in; `request.account.only_body` is the unit it is confined to (None: the office
sees all) and belongs into every query. Templates extend desk/base.html.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xinheng.accounts import service as accounts
from xinheng.faces.clock import now, today
from xinheng.faces.site.page import surroundings
from xinheng.kernel.errors import InternalFailure, Refused, XinhengError
from xinheng.register import service as register

__all__ = ["SECOND", "desk", "frame", "noted", "page", "problem", "refused"]


@dataclass(frozen=True)
class Task:
    """A line of the left rail."""

    key: str
    url: str
    label: Any
    permission: str
    group: Any = ""


SAFE = ("GET", "HEAD", "OPTIONS")
# In a session: its account showed a second factor
SECOND = "second-factor"
AUDITING, RIGHTS = gettext_lazy("审计"), gettext_lazy("权益")
CHECKING = gettext_lazy("核查")
LISTING = gettext_lazy("名单与措施")
SENDING, WATCHING, WRITING = gettext_lazy("报送"), gettext_lazy("监测"), gettext_lazy("发布")
TASKS = (
    Task("start", "desk-start", gettext_lazy("今天"), ""),
    Task("intake", "desk-intake", gettext_lazy("报送数据"), "intake.send", SENDING),
    Task("batches", "desk-batches", gettext_lazy("批次与回执"), "intake.send", SENDING),
    Task("nil", "desk-nil", gettext_lazy("零报告"), "intake.send", SENDING),
    Task("queue", "desk-queue", gettext_lazy("待定失信程度"), "queue.classify", SENDING),
    Task("names", "desk-names", gettext_lazy("名称核对"), "names.read", SENDING),
    Task("terms", "desk-my-terms", gettext_lazy("我的时限"), "oversight.read", SENDING),
    Task("check", "desk-check", gettext_lazy("信用核查"), "checks.ask", CHECKING),
    Task("check-batch", "desk-check-batch", gettext_lazy("批量核查"), "checks.ask", CHECKING),
    Task("check-requests", "desk-check-requests", gettext_lazy("凭函申请"), "checks.ask", CHECKING),
    Task("checks", "desk-checks", gettext_lazy("核查记录"), "checks.read", CHECKING),
    Task("cases", "desk-cases", gettext_lazy("异议与修复"), "cases.read", RIGHTS),
    Task("counter", "desk-counter", gettext_lazy("窗口代办"), "cases.counter", RIGHTS),
    Task("clocks", "desk-clocks", gettext_lazy("全市时限"), "cases.reassign", RIGHTS),
    Task("repair-notice", "desk-repair-notice", gettext_lazy("修复告知书"), "cases.read", RIGHTS),
    Task("feedback", "desk-feedback", gettext_lazy("措施反馈"), "checks.figures.read", CHECKING),
    Task("check-figures", "desk-check-figures", gettext_lazy("核查月报"), "checks.figures.read", CHECKING),
    Task("subscriptions", "desk-subscriptions", gettext_lazy("变化订阅"), "subscriptions.read", CHECKING),
    Task("check-results", "desk-check-results", gettext_lazy("结果公布"), "checks.publish", CHECKING),
    Task("mirror", "desk-mirror", gettext_lazy("数据质量"), "oversight.read", WATCHING),
    Task("bulletin", "desk-bulletins", gettext_lazy("通报"), "oversight.read", WATCHING),
    Task("order", "desk-orders", gettext_lazy("督办"), "oversight.read", WATCHING),
    Task("plan", "desk-plan", gettext_lazy("规划与指标"), "oversight.read", WATCHING),
    Task("lists", "desk-lists", gettext_lazy("名单"), "lists.read", LISTING),
    Task("received", "desk-received", gettext_lazy("接收的评价"), "evaluation.received.read", LISTING),
    Task("early-warning", "desk-early-warning", gettext_lazy("预警提示"), "evaluation.warning.read", LISTING),
    Task("watch", "desk-watch", gettext_lazy("重点关注"), "watch.read", LISTING),
    Task("measures", "desk-measures", gettext_lazy("措施依据"), "measures.read", LISTING),
    Task("rules-audit", "desk-rules-audit", gettext_lazy("惩戒文件清理"), "rules.audit", LISTING),
    Task("evaluation", "desk-evaluation", gettext_lazy("本地评价模型"), "evaluation.read", WATCHING),
    Task("indices", "desk-indices", gettext_lazy("地区和行业指数"), "evaluation.read", WATCHING),
    Task("articles", "desk-articles", gettext_lazy("政策与公告"), "articles.write", WRITING),
    Task("audit", "desk-audit", gettext_lazy("账本行为"), "audit.read", AUDITING),
    Task("audit-readings", "desk-audit-readings", gettext_lazy("查看记录"), "audit.read", AUDITING),
    Task("claims", "desk-claims", gettext_lazy("企业经办账户"), "claims.end", RIGHTS),
    Task("own-file", "desk-own-file", gettext_lazy("全部记录"), "own.read"),
    Task("own-checkup", "desk-own-checkup", gettext_lazy("信用体检"), "own.read"),
    Task("own-cases", "desk-own-cases", gettext_lazy("我的申请"), "own.read"),
    Task("own-inbox", "desk-own-inbox", gettext_lazy("我的通知"), "own.read"),
    Task("own-sync", "desk-own-sync", gettext_lazy("各处公示"), "own.read"),
    Task("own-checks", "desk-own-checks", gettext_lazy("谁核查过"), "own.read"),
    Task("own-readings", "desk-own-readings", gettext_lazy("谁看过"), "own.read"),
    Task("sync", "desk-sync", gettext_lazy("各处公示"), "sync.read", RIGHTS),
    Task("notices", "desk-notices", gettext_lazy("提醒"), "notices.read", RIGHTS),
    Task("withdrawals", "desk-withdrawals", gettext_lazy("撤下通知"), "withdrawals.read", RIGHTS),
)


def desk(permission: str = "", *, personal: bool = False) -> Callable[..., Any]:
    """Only for an account that signed in and, where one is named, has this permission.

    Nobody goes to the sign-in page and comes back; an account without the permission gets a page that says so (403).
    A `personal` page is the account's own (password, second factor): it asks for nothing more. Any other page refuses
    an auditor's forms, writes down what an auditor opened, sends an organisation to its own workspace unless its
    permission begins with `own.`, and asks first for a second factor where the policy wants one.
    A `XinhengError` of the view becomes a page with its sentence: 403 where it was refused, 500 where we failed,
    404 for what does not exist, else 400.
    """

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _sign_in_first(request)
            request.account = request.user
            if not personal and (stopped := _stopped(request, permission)):
                return stopped
            try:
                answer = view(request, *args, **kwargs)
            except XinhengError as error:
                return problem(request, error)
            if not personal:
                _audited(request, answer, kwargs)
            return answer

        guarded.permission = permission  # type: ignore[attr-defined]
        guarded.personal = personal  # type: ignore[attr-defined]
        return guarded

    return decorate


def _stopped(request: Any, permission: str) -> HttpResponseBase | None:
    """The answer to somebody who may not open this page; None to whoever may."""
    account = request.account
    if accounts.factor_required(account.role, settings.SECOND_FACTOR) and not request.session.get(SECOND):
        return HttpResponseRedirect(reverse("desk-account-factor"))
    if account.role == accounts.ORGANISATION and not permission:
        return HttpResponseRedirect(reverse("desk-own"))
    if permission and not account.may(permission):
        return refused(request)
    if request.method not in SAFE and not accounts.may_change(account.role):
        return refused(request)
    return None


def _audited(request: Any, answer: HttpResponseBase, given: dict[str, Any]) -> None:
    """Whatever page of the desk an auditor saw is in the ledger: its name and the numbers in its address."""
    if request.account.role == accounts.AUDITOR and answer.status_code == 200:
        match = request.resolver_match
        which = {name: str(value)[:64] for name, value in given.items()}
        noted(request, f"page:{match.url_name if match else ''}", purpose="审计监督", **which)


def page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """The template in the frame of the desk. `section` in the context marks the task on the rail."""
    return render(request, template, surroundings(request) | {"today": today()} | context, status=status)


def noted(request: Any, what: str, *, purpose: str, **subject: Any) -> None:
    """Writes into the ledger that this account read what is not public. Ids and codes only, never content.

    `uscc` (or a list `usccs`) names the organisation whose data it was: that organisation is told who looked.
    """
    account = request.account
    accounts.read(
        actor=f"desk:{account.name}", at=now(), what=what, purpose=purpose, subject=subject, role=account.role,
        unit=account.body,
    )  # fmt: skip


def refused(request: HttpRequest) -> HttpResponse:
    """403: signed in, but this is somebody else's task."""
    return page(
        request,
        "desk/problem.html",
        {
            "title": _("这项工作不归您的账户"),
            "words": _("您的账户没有办这件事的权限。需要的话，请向信用办申请。"),
            "number": 403,
        },
        status=403,
    )


def problem(request: HttpRequest, error: XinhengError) -> HttpResponse:
    """What a room refused, in its own sentence, with a way on."""
    status = 400
    if isinstance(error, Refused):
        status = 403
    elif isinstance(error, InternalFailure):
        status = 500
    elif error.code.startswith("no-such-") or ".unknown-" in error.code:
        status = 404
    titles = {
        400: _("这一步没有做成"),
        403: _("不能这样做"),
        404: _("没有找到"),
        500: _("平台出了故障"),
    }
    context = {"title": titles[status], "said": error.message, "code": error.code, "number": status}
    return page(request, "desk/problem.html", context, status=status)


def frame(request: Any) -> dict[str, Any]:
    """Context of every page of the desk: `account`, the name of its `unit`, and the `rail` of tasks on the left."""
    account = getattr(request, "account", None)
    if account is None:
        return {}
    return {"account": account, "unit": unit_name(account.body), "rail": _rail(account)}


def unit_name(body: str) -> str:
    """The name of a unit as the register has it; its code where the register does not know it; "" for the office."""
    if not body:
        return ""
    found = register.get([body]).get(body)
    return found.shown_name if found is not None else body


def _rail(account: Any) -> list[tuple[str, list[dict[str, Any]]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for task in TASKS:
        if task.permission and not account.may(task.permission):
            continue
        try:
            url = reverse(task.url)
        except NoReverseMatch:
            continue
        groups.setdefault(str(task.group), []).append({"key": task.key, "url": url, "label": task.label})
    return list(groups.items())


def _sign_in_first(request: HttpRequest) -> HttpResponseBase:
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"code": "sign-in", "message": _("请先登录。")}, status=401)
    address = reverse(settings.LOGIN_URL)
    # A form that was under way cannot be repeated after signing in: its page can be opened again
    back = request.get_full_path() if request.method in ("GET", "HEAD") else ""
    return HttpResponseRedirect(f"{address}?{urlencode({'next': back})}" if back else address)
