"""Eight organisations with fixed stories, for the demonstration: the same in every city, whatever the seed.

1. 青禾食品 — a warning: collected, classed minor, by default not shown.
2. 恒岳化工 — 800,000 yuan and the permit revoked: serious, years to run.
3. 砺桥建设工程 — fined 12 万元, corrected to 10.2 万元 four months later; then the old version is sent again by mistake.
4. 老城根羊肉汤馆 — an individual business with one ordinary penalty.
5. 禾丰粮食种植专业合作社 — a cooperative with a licence and nothing else.
6. 云帆物流 (formerly 顺达货运) — punished under its former name.
7. 衡桥片区建设管理局 — a government body that is itself punished, and does not pay what a court told it to.
8. 周桂芳 — an individual business whose registered name is only a person's.

Days count back from the city's today, so the stories age with it; on the demonstration's day all decisions on penalties
fall under the rules of April 2026. A fine alone would be undetermined there (no thresholds), so the penalties that are to
be seen also confiscate something or revoke a permit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .codes import code_of
from .place import Department, Place
from .schema import ITEMS

__all__ = ["LEAST_DEPARTMENTS", "Firm", "StoryFile", "firms_of", "story_files", "working"]

LEAST_DEPARTMENTS = 8
"""With fewer departments the story is left out: some of those who tell it would be absent."""


@dataclass(frozen=True, slots=True)
class Firm:
    """One organisation of the story, as it stands in the register."""

    key: str
    code: str
    name: str
    former: str
    kind: str
    region: str
    industry: str
    established: str
    legal: str
    tale: str


@dataclass(frozen=True, slots=True)
class StoryFile:
    """A small sound file of one department: rows by field code, with what is expected of each."""

    sent: date
    kind: str  # the department's kind
    item: str
    rows: tuple[dict[str, str], ...]
    outcomes: tuple[str, ...]
    header: str = "code"  # the same rows in the same bytes would be the same file, answered as before


def firms_of(place: Place) -> dict[str, Firm]:
    """The organisations of the story in a place, by key."""
    name, short = place.name, place.short
    end = min(3, len(place.districts) - 1)
    first, last = place.districts[0], place.districts[end]
    rows = (
        ("minor", "91", first[0], "MB0QH01A", f"{name}青禾食品有限公司", "", "有限责任公司", "C14 食品制造业", "2016-04-18", "许文博",
         "一条警告：归集，归为轻微，默认不公示"),
        ("serious", "91", first[0], "MB0HY02C", f"{short}恒岳化工股份有限公司", "", "股份有限公司", "C26 化学原料和化学制品制造业",
         "2016-09-05", "曹志刚", "罚款80万元并吊销排污许可证：严重，公示期还有两年多"),
        ("corrected", "91", last[0], "MB0LQ03E", f"{name}砺桥建设工程有限公司", "", "有限责任公司", "E47 房屋建筑业", "2017-03-22", "梁建华",
         "罚款先报12万元，2026年10月更正为10.2万元，旧版本后来又被误报"),
        ("shop", "92", first[0], "MB0LC04G", f"{place.full(0)}老城根羊肉汤馆", "", "个体工商户", "H62 餐饮业", "2018-06-11", "程德福",
         "个体工商户，一条一般处罚，有食品经营许可"),
        ("cooperative", "93", last[0], "MB0HF05J", f"{place.full(end)}禾丰粮食种植专业合作社", "", "农民专业合作社", "A01 农业",
         "2017-11-30", "袁长青", "农民专业合作社，只有许可，没有失信记录"),
        ("renamed", "91", first[0], "MB0YF06L", f"{name}云帆物流有限公司", f"{name}顺达货运有限公司", "有限责任公司", "G54 道路运输业",
         "2016-12-01", "沈海燕", "更名：处罚用的是曾用名，许可用的是现名"),
        ("bureau", "11", place.code, "00309907", f"{name}衡桥片区建设管理局", "", "机关", "S92 国家机构", "2019-03-01", "萧国强",
         "政府部门也是主体：违法建设被城市管理局处罚，生效判决没有履行"),
        ("person", "92", first[0], "MB0GF08N", "周桂芳", "", "个体工商户", "F52 零售业", "2019-05-20", "周桂芳",
         "字号只是人名的个体工商户：页面只显示区县、个体工商户和代码后四位"),
    )  # fmt: skip
    return {
        key: Firm(
            key, code_of(prefix, region, body), full, former, kind, region, industry, since, legal, tale
        )
        for key, prefix, region, body, full, former, kind, industry, since, legal, tale in rows
    }


def _row(
    item: str, firm: Firm, department: Department, number: int, day: date, **fields: str
) -> dict[str, str]:
    schema = ITEMS[item]
    f = schema.field
    row = dict.fromkeys(schema.codes, "")
    word = "罚" if schema.prefix == "CF" else "许"
    row |= {
        f("XDR_MC"): firm.name, f("XDR_LB"): "个体工商户" if firm.code.startswith("92") else "法人及非法人组织",
        f("XDR_SHXYM"): firm.code, f("FRDB"): firm.legal, f("JDRQ"): f"{day:%Y/%m/%d}",
        f("WSH"): f"{department.short}{word}〔{day.year}〕演{number}号",
    }  # fmt: skip
    for (who, code), unit in ((schema.authority, department), (schema.source, department)):
        row[who], row[code] = unit.name, unit.code
    if schema.prefix == "CF":
        row["CF_YXQ"] = row["CF_GSJZQ"] = f"{day + timedelta(days=365):%Y/%m/%d}"
    return row | {(k if k == "BZ" else f(k)): v for k, v in fields.items()}


_WARNING = {
    "WFXW": "未按规定查验供货者许可证和产品合格证明", "SY": "采购的2批次面粉未留存供货者许可证和产品合格证明文件，已当场改正。",
    "YJ": "《中华人民共和国食品安全法》第一百二十六条第一款第三项", "CFLB": "警告", "NR": "给予警告。",
}  # fmt: skip
_HEAVY = {
    "WFXW": "超过许可排放浓度排放污染物", "SY": "废气排放口二氧化硫浓度超过许可排放浓度180%，且为两年内再次发生，情节严重。",
    "YJ": "《排污许可管理条例》第三十四条第一项", "CFLB": "罚款;吊销许可证件",
    "NR": "吊销排污许可证；罚款人民币捌拾万元整（800000元）。", "NR_FK": "80", "NR_ZKDX": "排污许可证（编号PW演0006）",
}  # fmt: skip
_WORKS = {
    "WFXW": "允许其他单位以本单位名义承揽工程", "SY": "当事人允许1家单位以其名义承揽厂房改造工程。",
    "YJ": "《建设工程质量管理条例》第六十一条", "CFLB": "罚款;没收违法所得", "NR_WFFF": "2.6",
}  # fmt: skip
_FIRST_FINE = {"NR": "没收违法所得26000元；罚款人民币壹拾贰万元整（120000元）。", "NR_FK": "12"}
_RIGHT_FINE = {
    "NR": "没收违法所得26000元；罚款人民币壹拾万贰仟元整（102000元）。", "NR_FK": "10.2",
    "BZ": "原报送的罚款金额有误，更正为10.2万元",
}  # fmt: skip
_STALE = {
    "WFXW": "经营超过保质期的食品", "SY": "后厨冷柜内的6袋预包装羊肉片已超过标示的保质期。",
    "YJ": "《中华人民共和国食品安全法》第一百二十四条第一款第五项", "CFLB": "罚款;没收违法所得",
    "NR": "1.没收违法所得360元；2.罚款人民币陆仟元整（6000元）。", "NR_FK": "0.6", "NR_WFFF": "0.036",
}  # fmt: skip
_PRICES = {
    "WFXW": "不按规定明码标价", "SY": "对3项仓储服务未标明收费标准，多收费用1260元。",
    "YJ": "《价格违法行为行政处罚规定》第十三条第一项", "CFLB": "罚款;没收违法所得",
    "NR": "没收违法所得1260元；罚款人民币叁仟元整（3000元）。", "NR_FK": "0.3", "NR_WFFF": "0.126",
}  # fmt: skip
_UNPLANNED = {
    "WFXW": "未取得建设工程规划许可证进行建设", "SY": "未经规划许可建设配套用房320平方米并对外出租。",
    "YJ": "《中华人民共和国城乡规划法》第六十四条", "CFLB": "罚款;没收违法所得",
    "NR": "没收违法收入86000元；罚款3万元。", "NR_FK": "3", "NR_WFFF": "8.6",
}  # fmt: skip
_STREET = {
    "WFXW": "擅自占用城市道路经营", "SY": "在店外占道摆放货架1处。", "YJ": "《城市市容和环境卫生管理条例》第三十六条第一项",
    "CFLB": "警告", "NR": "给予警告。",
}  # fmt: skip


def _licence(
    title: str, certificate: str, number: str, content: str, *, start: date, years: int
) -> dict[str, str]:
    end = (
        "2099/12/31"
        if not years
        else f"{start.replace(year=start.year + years, day=min(start.day, 28)):%Y/%m/%d}"
    )
    return {
        "XKWS": title, "XKLB": "普通" if years else "登记", "XKZS": certificate, "XKBH": number, "NR": content,
        "YXQZ": f"{start:%Y/%m/%d}", "YXQZI": end, "ZT": "1",
    }  # fmt: skip


def working(day: date) -> date:
    """The day itself, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def story_files(place: Place, departments: Sequence[Department], today: date) -> list[StoryFile]:
    """The files that tell the stories, in order of sending. Needs the first eight departments."""
    firms, by_kind = firms_of(place), {d.kind.slug: d for d in reversed(departments)}

    def ago(days: int) -> date:
        return working(today - timedelta(days=days))

    def penalty(key: str, kind: str, number: int, days: int, **fields: str) -> dict[str, str]:
        return _row("admin-penalty", firms[key], by_kind[kind], number, ago(days), **fields)

    def licence(
        key: str,
        kind: str,
        number: int,
        days: int,
        title: str,
        certificate: str,
        mark: str,
        content: str,
        years: int,
    ) -> dict[str, str]:
        fields = _licence(title, certificate, mark, content, start=ago(days), years=years)
        return _row("admin-licence", firms[key], by_kind[kind], number, ago(days), **fields)

    def sent(days: int, kind: str, item: str, *rows: dict[str, str], outcome: str = "accepted") -> StoryFile:
        header = "name" if outcome == "quarantined" else "code"
        return StoryFile(ago(days), kind, item, rows, (outcome,) * len(rows), header)

    former = {"XDR_MC": firms["renamed"].former}
    p, x = "admin-penalty", "admin-licence"
    return [
        sent(413, "scjg", x,
             licence("minor", "scjg", 1, 416, "食品生产许可决定书", "食品生产许可证", "SC演0001", "许可生产食品类别：粮食加工品。", years=5),
             licence("shop", "scjg", 2, 416, "食品经营许可决定书", "食品经营许可证", "JY演0002", "许可经营项目：热食类食品制售。", years=5),
             licence("cooperative", "scjg", 3, 416, "准予设立登记通知书", "营业执照", "YZ演0003", "准予设立登记，出资总额300万元。", years=0),
             licence("person", "scjg", 4, 416, "准予设立登记通知书", "营业执照", "YZ演0004", "准予设立登记。", years=0)),
        sent(187, "sthj", p, penalty("serious", "sthj", 1, 190, **_HEAVY)),
        sent(172, "scjg", p, penalty("renamed", "scjg", 7, 175, **_PRICES, **former)),
        sent(187, "jtys", x,
             licence("renamed", "jtys", 2, 190, "道路运输经营许可决定书", "道路运输经营许可证", "DL演0005", "准予从事普通货物运输，核定车辆18台。",
                     years=4)),
        sent(147, "zjj", p, penalty("corrected", "zjj", 1, 150, **_WORKS, **_FIRST_FINE)),
        sent(34, "zjj", p, penalty("corrected", "zjj", 1, 150, **_WORKS, **_RIGHT_FINE), outcome="updated"),
        # Typed again by hand: the same row in other bytes, or it would only be the first file once more
        sent(20, "zjj", p,
             penalty("corrected", "zjj", 1, 150, **_WORKS, **_FIRST_FINE, JDRQ=f"{ago(150):%Y-%m-%d}"),
             outcome="quarantined"),
        sent(97, "scjg", p, penalty("shop", "scjg", 5, 100, **_STALE)),
        sent(57, "cgj", p, penalty("bureau", "cgj", 1, 60, **_UNPLANNED)),
        sent(42, "cgj", p, penalty("person", "cgj", 2, 45, **_STREET)),
        sent(32, "scjg", p, penalty("minor", "scjg", 6, 35, **_WARNING)),
    ]  # fmt: skip
