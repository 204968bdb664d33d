"""For those who build on the platform: machine clients, and the check inside another department's form."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from xinheng.faces.api.errors import REMEDIES
from xinheng.faces.api.limits import BATCHES, CALLS, CHECKS, PUBLIC_CHECKS
from xinheng.faces.site.page import page
from xinheng.faces.site.words import in_chinese, named
from xinheng.law import service as law

NEXT = {
    400: "Send the request again as /api/v1/openapi.json writes it.",
    401: "Take a token with POST /api/v1/token and put it into the header Authorization: Bearer.",
    403: "This needs another scope. Ask the credit office.",
    404: "Compare the number in the address. Another unit's batches and checks are not found either.",
    405: "See the methods in the header Allow, or /api/v1/openapi.json.",
    409: "Read the present state first, then decide.",
    413: "Send it in parts with POST /api/v1/uploads, or by the drop folder.",
    422: "Mend the place that `where` names.",
    429: "Wait the seconds of Retry-After.",
    500: "Try again later. The same file sent again is not taken in twice.",
    503: "Wait the seconds of Retry-After.",
}
"""What to do about a refusal, for readers of English; answers themselves are in Chinese."""
SNIPPET = """<label>统一社会信用代码 <input id="uscc" name="uscc"></label>
<div class="xinheng-check" data-code="#uscc" data-matter="{matter}">
  <a href="{home}search/">先查这家单位的公开信用信息</a>
</div>
<script src="{script}" defer></script>"""
OWN = """<div class="xinheng-check" data-code="#uscc" data-matter="{matter}"
     data-endpoint="/credit-check" data-csrf="[name=csrfmiddlewaretoken]" data-case-number="#case">
  <a href="{home}search/">先查这家单位的公开信用信息</a>
</div>"""
SERVER = """from xinheng_client import Client

platform = Client("{host}", client_id=ID, client_secret=SECRET)

def credit_check(request):              # 本部门的服务器：密钥只在这里
    asked = json.loads(request.body)
    answer = platform.check(asked["code"], "{matter}", scope="shared", purpose="{purpose}",
                            case_number=asked.get("case_number", ""))
    return JsonResponse(answer.raw)"""


@require_safe
def widget(request: HttpRequest) -> HttpResponse:
    """How to put the check into one's own form: the snippet, its attributes, what leaves the page."""
    host = settings.PUBLIC_URL.rstrip("/") or request.build_absolute_uri("/").rstrip("/")
    pack = law.active()
    matter = next((one for one in pack.general if one.use), None)
    code = matter.code if matter else "procurement-award"
    use = law.uses(pack=pack).get(matter.use) if matter else None
    purpose = use.purposes[0].code if use and use.purposes else ""
    script = f"{host}{static('site/check-widget.js')}"
    told = {"matter": code, "home": f"{host}/", "script": script, "host": host, "purpose": purpose}
    context = {
        "section": "open-data", "snippet": SNIPPET.format(**told), "own": OWN.format(**told),
        "server": SERVER.format(**told), "matter": code, "matter_name": named(matter) if matter else code,
        "script": static("site/check-widget.js"), "host": host,
    }  # fmt: skip
    return page(request, "site/developers_widget.html", context)


@require_safe
def machines(request: HttpRequest) -> HttpResponse:
    """What a machine client needs to know: token, scopes, limits, keys, problems, verification."""
    limits = (CHECKS, BATCHES, CALLS, PUBLIC_CHECKS)
    context = {
        "section": "open-data", "openapi": reverse("api:openapi-json"), "limits": limits,
        "statuses": list((REMEDIES if in_chinese() else NEXT).items()),
    }  # fmt: skip
    return page(request, "site/developers.html", context)
