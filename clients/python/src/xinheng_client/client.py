"""The client: a token when it is needed, retries that cannot do a thing twice, answers as typed values."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Any, Self

import requests

from xinheng_client.errors import Busy, Problem, Unreachable
from xinheng_client.types import Batch, Check, Feedback, Limit, May, day
from xinheng_client.verifying import verify_answer

MOST = 10_000
_EARLY = 60  # seconds before its end a token is not used any more
_LIMIT = re.compile(r'"([^"]+)";r=(\d+);t=(\d+)')
_AGAIN = frozenset({502, 503, 504})


class Client:
    """One machine client of a unit.

    `retries` further attempts are made when there is no answer, the platform is busy for at most `patience` seconds, or a
    gateway fails. POSTs carry an Idempotency-Key then, so an attempt that did arrive is not done twice. Not for use by
    several threads at once: make one each.
    """

    def __init__(
        self, host: str, *, client_id: str = "", client_secret: str = "", timeout: float = 30.0, retries: int = 2,
        patience: int = 10, session: requests.Session | None = None, sleep: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        self._host = host.rstrip("/")
        self._id, self._secret = client_id, client_secret
        self._timeout, self._retries, self._patience = timeout, retries, patience
        self._session = session or requests.Session()
        self._sleep = sleep
        self._token, self._until = "", 0.0
        self._jwks: dict[str, Any] = {}
        self.limits: tuple[Limit, ...] = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()

    def check(
        self, code: str, matter: str, *, scope: str = "public", purpose: str = "", case_number: str = "", key: str = ""
    ) -> Check:  # fmt: skip
        """Checks one organisation for a matter, with evidence. What is not public (`scope="shared"`) needs a purpose.

        A `key` makes the call repeatable: the same key with the same question gives the first answer. Raises `Problem`.
        """
        asked = {
            "code": code,
            "matter": matter,
            "scope": scope,
            "purpose": purpose,
            "case_number": case_number,
        }
        # Without a key a retry would only leave one more evidence row, and a key costs the platform a ledger entry
        return Check.of(self._post("/checks", asked, key=key))

    def check_many(
        self, codes: Sequence[str], matter: str, *, scope: str = "public", purpose: str = "", case_number: str = "",
        key: str = "",
    ) -> Iterator[Batch]:  # fmt: skip
        """Checks any number of organisations, up to 10,000 in a request, in the order given. Raises `Problem`."""
        for start in range(0, len(codes), MOST):
            asked = {
                "codes": list(codes[start : start + MOST]), "matter": matter, "scope": scope, "purpose": purpose,
                "case_number": case_number,
            }  # fmt: skip
            part = f"{key}-{start}" if key else str(uuid.uuid4())
            raw = self._post("/checks/batch", asked, key=part)
            yield Batch(
                raw["number"], tuple(map(Check.of, raw["answers"])), raw["digest"], raw["signature"],
                bool(raw.get("repeated")), raw,
            )  # fmt: skip

    def look(self, code: str, matter: str) -> Check:
        """The public answer without an account and without evidence (`number` is "")."""
        return Check.of(self._ask("GET", "/checks", params={"code": code, "matter": matter}, token=False))

    def kept(self, number: str) -> dict[str, Any]:
        """What is kept of a check of one's own unit. Raises `Problem` (404) for another's."""
        return self._ask("GET", f"/checks/{number}")

    def proof(self, number: str) -> dict[str, Any]:
        """The proof that a check is in the ledger. Raises `Problem` (409 check-not-sealed) until it is."""
        return self._ask("GET", f"/checks/{number}/proof", token=False)

    def feedback(
        self, number: str, hint: int, *, applied: bool, reason: str = "", document: str = ""
    ) -> Feedback:
        """Reports what was done about a hint of kind 应当. The same again is the first one. Raises `Problem`."""
        told = {"hint": hint, "applied": applied, "reason": reason, "document": document}
        raw = self._post(f"/checks/{number}/feedback", told, key="")
        return Feedback(
            raw["number"], raw["hint"], raw["version"], raw["applied"], raw["reason"], raw["document"]
        )

    def may(self, code: str, measure: str, matter: str, *, purpose: str = "") -> May:
        """Whether one's unit may take a measure against an organisation today; without a purpose, by public facts alone.
        Raises `Problem`."""
        asked = {"code": code, "measure": measure, "matter": matter, "purpose": purpose}
        raw = self._post("/measures/may", asked, key="")
        return May(
            raw["allowed"], raw["strength"], raw["refusal"], raw["says"], tuple(raw["citations"]), day(raw["until"]), raw
        )  # fmt: skip

    def matters(self) -> list[dict[str, Any]]:
        """The directory of matters, each with its use and the purposes that fit it."""
        found: list[dict[str, Any]] = self._ask("GET", "/matters", token=False)["matters"]
        return found

    def subscribe(
        self, url: str, codes: Sequence[str], matter: str, *, kinds: Sequence[str] = ("answer.changed",), key: str = ""
    ) -> dict[str, Any]:  # fmt: skip
        """Asks to be told at `url` when the answer for one of these organisations changes. Nothing is sent before the
        address answered its challenge. The same `key` with the same wish gives the subscription it made. Raises
        `Problem`."""
        return self._post(
            "/subscriptions",
            {"url": url, "kinds": list(kinds), "codes": list(codes), "matter": matter},
            key=key or str(uuid.uuid4()),
        )

    def events(self, after: int = 0) -> Iterator[dict[str, Any]]:
        """Messages of one's subscriptions from a cursor on, page by page, until there are no more."""
        while True:
            page = self._ask("GET", "/events", params={"after": after})
            yield from page["events"]
            if page["next"] is None:
                return
            after = page["next"]

    def verify(self, answer: Check | Batch) -> dict[str, Any]:
        """The signed payload of an answer, checked against the platform's published keys. Raises `NotGenuine`.

        To verify without the platform, keep its /trust.json and use `verify_answer`.
        """
        if not self._jwks:
            self._jwks = self._read(self._send("GET", f"{self._host}/trust.json", {}))["jwks"]
        return verify_answer(answer.raw, self._jwks)

    def _post(self, path: str, body: dict[str, Any], *, key: str) -> dict[str, Any]:
        return self._ask("POST", path, json=body, headers={"Idempotency-Key": key} if key else {})

    def _ask(
        self, method: str, path: str, *, token: bool = True, headers: dict[str, str] | None = None, **more: Any
    ) -> dict[str, Any]:  # fmt: skip
        address = f"{self._host}/api/v1{path}"
        for attempt in range(self._retries + 1):
            last = attempt == self._retries
            try:
                sent = dict(headers or {})
                if token:
                    sent["Authorization"] = f"Bearer {self._bearer()}"
                return self._read(self._send(method, address, sent, **more))
            except Busy as busy:
                if last or busy.retry_after > self._patience:
                    raise
                self._sleep(busy.retry_after)
            except Problem as problem:
                if problem.code == "token-expired" and not last:
                    self._token = ""
                elif problem.status not in _AGAIN or last:
                    raise
            except Unreachable:
                if last:
                    raise
                self._sleep(0.2 * 2**attempt)
        raise AssertionError("unreachable")

    def _bearer(self) -> str:
        if not self._token or time.monotonic() > self._until:
            form = {"grant_type": "client_credentials"}
            told = self._read(
                self._send("POST", f"{self._host}/api/v1/token", {}, data=form, auth=(self._id, self._secret))
            )
            self._token, self._until = told["access_token"], time.monotonic() + told["expires_in"] - _EARLY
        return self._token

    def _send(self, method: str, address: str, headers: dict[str, str], **more: Any) -> requests.Response:
        try:
            # A redirect would carry the token to wherever it points
            answer = self._session.request(
                method, address, headers=headers, timeout=self._timeout, allow_redirects=False, **more
            )
        except requests.RequestException as error:
            raise Unreachable(f"{method} {address}: {type(error).__name__}") from error
        if limits := _LIMIT.findall(answer.headers.get("RateLimit", "")):
            self.limits = tuple(Limit(name, int(left), int(seconds)) for name, left, seconds in limits)
        return answer

    def _read(self, answer: requests.Response) -> dict[str, Any]:
        try:
            told = answer.json()
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise Unreachable(f"{answer.status_code} from {answer.url}: not an answer of the platform")
        if answer.status_code == 429:
            raise Busy(429, told, int(answer.headers.get("Retry-After", "1")))
        if not answer.ok or answer.is_redirect:
            raise Problem(answer.status_code, told)
        return told
