"""Where an entry has to be shown besides here, and how it stands there. Facts in, an answer out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

CREDIT_CHINA, PROVINCE, GSXT, DEPARTMENT = "credit-china", "province", "gsxt", "department"
PLACES = {
    CREDIT_CHINA: ("信用中国", "Credit China"),
    PROVINCE: ("省公共信用信息平台", "the provincial platform"),
    GSXT: ("国家企业信用信息公示系统", "GSXT"),
    DEPARTMENT: ("作出决定的单位网站", "the deciding authority's own site"),
}  # fmt: skip
# Where the platform itself sends entries; of the others it knows only what a comparison found
SENT_TO = (CREDIT_CHINA, PROVINCE)
PREVAILS = CREDIT_CHINA
MARKET = "market-regulation"
AGREES, MISSING, STILL_SHOWN, ENDED_THERE, DIFFERS = (
    "agrees",
    "missing",
    "still-shown",
    "ended-there",
    "differs",
)
DIFFERENCES = (MISSING, STILL_SHOWN, ENDED_THERE, DIFFERS)


@dataclass(frozen=True)
class There:
    """What is known of one entry and one place. `due_on` is when it had to be there; None where no period runs.

    `follows`: how it stands here changed after it was last known to be shown there, which has until `due_on` to follow.
    """

    shown_here: bool
    due_on: date | None
    done_on: date | None
    compared_on: date | None
    verdict: str
    follows: bool = False


def expected(*, adverse: bool, timeliness: str, received: bool, sector: str) -> tuple[str, ...]:
    """The places an entry is expected at. An entry taken over from elsewhere comes from above: only 信用中国 is asked."""
    if not adverse and timeliness != "double-publicity":
        return ()
    if received:
        return (CREDIT_CHINA,)
    places = [CREDIT_CHINA, PROVINCE]
    if sector == MARKET:
        places.append(GSXT)
    if timeliness:
        places.append(DEPARTMENT)
    return tuple(places)


def state(there: There, *, place: str, on: date) -> str:
    """ok | due | late | differs | unseen.

    A difference found stands until a later comparison agrees. What this platform does not send itself is never called
    late: until compared it is `unseen`. An entry no longer shown here is owed nowhere; but where it was shown,
    what changed here has to follow, and until a comparison says so nothing is in order.
    """
    if there.verdict in DIFFERENCES:
        return "differs"
    if there.follows and there.verdict == "":
        return "due" if there.due_on is None or on <= there.due_on else "late"
    if there.verdict == AGREES or there.done_on is not None or not there.shown_here:
        return "ok"
    if place not in SENT_TO:
        return "ok" if there.compared_on is not None else "unseen"
    if there.due_on is None or on <= there.due_on:
        return "due"
    return "late"


def was_shown(verdict: str) -> bool:
    """Whether a place showed an entry when it was found so, the entry being shown here at that time."""
    return verdict in (AGREES, DIFFERS, STILL_SHOWN)


def verdict(
    *, shown_here: bool, in_list: bool, shown_there: bool, differing: tuple[str, ...], owed: bool
) -> str:
    """What one comparison says of one entry; "" where it says nothing (not there and not yet owed there)."""
    if shown_here and shown_there:
        return DIFFERS if differing else AGREES
    if shown_here:
        if in_list:
            return ENDED_THERE
        return MISSING if owed else ""
    return STILL_SHOWN if shown_there else AGREES
