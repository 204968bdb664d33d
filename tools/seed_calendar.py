"""Writes packs/national/calendar/YEAR.yaml from the `chinesecalendar` package, one file per yearly notice.

Run when a new notice is out and the package has it: `python tools/seed_calendar.py 2027`. A file may hold
days of the December before: the New Year holiday of 2019 began on 30 December 2018. The package gives the
days; the notices (number, date) are the table below. Read the notice itself before committing a new year.
"""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path

from chinese_calendar.constants import Holiday, holidays, workdays  # type: ignore[import-untyped]

OUT = Path(__file__).resolve().parents[1] / "packs" / "national" / "calendar"
LONG = "国务院关于中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日调休放假的通知"
# Year: number of the notice, day it was issued ("" where not known), how sure we are of that number
NOTICES: dict[int, tuple[str, str, str]] = {
    2004: ("国办发明电〔2003〕53号", "2003-12-18", "likely"),
    2005: ("国办发明电〔2004〕52号", "2004-12-17", "likely"),
    2006: ("国办发明电〔2005〕35号", "", "likely"),
    2007: ("", "", "unverified"),
    2008: ("国办发明电〔2007〕52号", "2007-12-15", "likely"),
    2009: ("国办发明电〔2008〕42号", "2008-12-04", "likely"),
    2010: ("国办发明电〔2009〕27号", "2009-12-08", "likely"),
    2011: ("国办发明电〔2010〕40号", "2010-12-10", "likely"),
    2012: ("国办发明电〔2011〕45号", "2011-12-06", "likely"),
    2013: ("国办发明电〔2012〕33号", "2012-12-08", "likely"),
    2014: ("国办发明电〔2013〕28号", "2013-12-11", "likely"),
    2015: ("国办发明电〔2014〕28号", "2014-12-16", "likely"),
    2016: ("国办发明电〔2015〕18号", "2015-12-10", "likely"),
    2017: ("国办发明电〔2016〕17号", "2016-12-01", "likely"),
    2018: ("国办发明电〔2017〕12号", "2017-11-30", "likely"),
    2019: ("国办发明电〔2018〕15号", "2018-12-04", "likely"),
    2020: ("国办发明电〔2019〕16号", "2019-11-21", "likely"),
    2021: ("国办发明电〔2020〕27号", "2020-11-25", "likely"),
    2022: ("国办发明电〔2021〕11号", "2021-10-25", "likely"),
    2023: ("国办发明电〔2022〕16号", "2022-12-08", "likely"),
    2024: ("国办发明电〔2023〕7号", "2023-10-25", "likely"),
    2025: ("国办发明电〔2024〕12号", "2024-11-12", "likely"),
    2026: ("国办发明电〔2025〕7号", "2025-11-04", "likely"),
}
# Later notices that changed a year: number, title, the days they govern
CHANGES: dict[int, tuple[str, str, date, date]] = {
    2015: ("国发明电〔2015〕1号", LONG, date(2015, 9, 3), date(2015, 9, 6)),
    2019: (
        "国办发明电〔2019〕3号",
        "国务院办公厅关于调整2019年劳动节假期安排的通知",
        date(2019, 4, 28),
        date(2019, 5, 5),
    ),
    2020: (
        "国办发明电〔2020〕1号",
        "国务院办公厅关于延长2020年春节假期的通知",
        date(2020, 1, 31),
        date(2020, 2, 2),
    ),
}
NAMES = {holiday.value: holiday.chinese for holiday in Holiday} | {
    "National Day": "国庆节",
    "Labour Day": "劳动节",
    "Tomb-sweeping Day": "清明节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利70周年纪念日",
}


def notice_year(day: date, name: str) -> int:
    """The year whose notice a day belongs to: a New Year day in December belongs to the next year's."""
    return day.year + (name == "New Year's Day" and day.month == 12)


def number_of(day: date, year: int) -> str:
    """The number of the changing notice that governs a day, or "" for the year's own notice."""
    change = CHANGES.get(year)
    return change[0] if change and change[2] <= day <= change[3] else ""


def spans(days: dict[date, str], year: int) -> list[tuple[str, date, date, str]]:
    """(name, first, last, changing notice) of consecutive days of one holiday."""
    out: list[tuple[str, date, date, str]] = []
    for day, name in sorted(days.items()):
        notice = number_of(day, year)
        if out and out[-1][0] == name and out[-1][3] == notice and out[-1][2] + timedelta(days=1) == day:
            out[-1] = (name, out[-1][1], day, notice)
        else:
            out.append((name, day, day, notice))
    return out


def write_year(year: int) -> None:
    """One file: the notice, the days off as spans, the weekend days worked."""
    number, issued, confidence = NOTICES[year]
    off = {day: name for day, name in holidays.items() if notice_year(day, name) == year}
    work = {day: name for day, name in workdays.items() if notice_year(day, name) == year}
    lines = [
        f"# {year} 年放假调休安排。off 为放假起止日，work 为周末上班日；日期数据取自 chinesecalendar。",
        f"year: {year}",
        "notice:",
        f"  title: 国务院办公厅关于{year}年部分节假日安排的通知",
        f'  number: "{number}"',
        f'  issued: "{issued}"',
        f"  confidence: {confidence}",
    ]
    if year in CHANGES:
        changed, title, _, _ = CHANGES[year]
        lines += ["changed_by:", f'  number: "{changed}"', f"  title: {title}", "  confidence: likely"]
    lines += ["confidence: likely", "off:"]
    for name, first, last, change in spans(off, year):
        note = ", changed: true" if change else ""
        lines.append(f"  - {{name: {NAMES[name]}, from: {first}, to: {last}{note}}}")
    lines.append("work:")
    for day, name in sorted(work.items()):
        note = ", changed: true" if number_of(day, year) else ""
        lines.append(f"  - {{name: {NAMES[name]}, day: {day}{note}}}")
    (OUT / f"{year}.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    for wanted in [int(text) for text in sys.argv[1:]] or sorted(NOTICES):
        write_year(wanted)
