"""The sections of an organisation's file: the tabs of its page, in one order everywhere. Items say where they belong."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop

from xinheng.law import service as law

SECTIONS: Mapping[str, str] = {
    "registration": gettext_noop("登记"),
    "licences": gettext_noop("行政许可"),
    "penalties": gettext_noop("行政处罚"),
    "lists": gettext_noop("名单"),
    "commitments": gettext_noop("承诺"),
    "results": gettext_noop("评价结果"),
    "honours": gettext_noop("荣誉"),
    "other": gettext_noop("其他"),
}


def items_of(section: str) -> list[law.Item]:
    """The items of the pack in use that belong to a section, in their order; none that is for supervision only."""
    items = law.active().items.values()
    found = [item for item in items if item.section == section and not item.internal]
    return sorted(found, key=lambda item: (item.order, item.code))


def adverse_items() -> list[law.Item]:
    """The items whose entries weigh on an organisation, in the order of the sections."""
    return [item for section in SECTIONS for item in items_of(section) if item.adverse]
