"""我的时限 and the repair notice: what a clerk and a deciding authority owe, by which day."""

from __future__ import annotations

import re
from typing import Any

from deskcases import plain

pytest_plugins = ("deskkit", "deskcases")


def test_decisions_on_their_way_stand_by_working_days_left(casetown: Any) -> None:
    text = casetown.client("clerk").get("/desk/my-terms/").content.decode()
    days = [
        int(n) for n in re.findall(r'data-label="剩余"[^>]*>(?:<[^>]*>[^<]*</span> )?(\d+) 个工作日', text)
    ]
    assert len(days) > 3 and days == sorted(days)
    for head in ("文号", "相对人", "决定日期", "截止日", "剩余", "本地", "省", "信用中国"):
        assert f">{head}<" in text, head


def test_what_the_province_sent_back_is_said_with_its_reason(casetown: Any) -> None:
    import polars as pl

    from moments import AT
    from xinheng.exchange import service as exchange

    entry = next(one for one in casetown.entries(casetown.mine) if str(one.decided_on) == "2026-11-12")
    exchange.sent(statement_ids=[entry.id], destination="province", at=AT, actor="test")
    answers = pl.DataFrame({"编号": [str(entry.id)], "结果": ["退回"], "原因": ["当事人名称与登记不符"]})
    exchange.answered(frame=answers, at=AT, actor="test")
    words = plain(casetown.client("clerk").get("/desk/my-terms/").content.decode())
    assert "退回 当事人名称与登记不符" in words


def test_a_clerk_sees_its_own_unit_whatever_the_address_says_and_the_office_picks(casetown: Any) -> None:
    own = casetown.client("clerk").get("/desk/my-terms/").content.decode()
    forced = casetown.client("clerk").get("/desk/my-terms/", {"body": casetown.other}).content.decode()
    rows = re.compile(r"/desk/why/(\d+)/")
    assert rows.findall(own) == rows.findall(forced) != []
    office = casetown.client("office").get("/desk/my-terms/", {"body": casetown.mine}).content.decode()
    assert rows.findall(office) == rows.findall(own)
    assert rows.findall(casetown.client("office").get("/desk/my-terms/").content.decode()) == []


def test_the_sorting_of_the_head_is_plain_links(casetown: Any) -> None:
    text = casetown.client("clerk").get("/desk/my-terms/", {"sort": "decided"}).content.decode()
    days = re.findall(r'data-label="决定日期"><time datetime="([\d-]+)"', text)
    assert days == sorted(days, reverse=True) and 'aria-sort="descending"' in text


def test_a_repair_notice_is_made_numbered_served_and_leaves_the_list(casetown: Any) -> None:
    browser = casetown.client("authority")
    text = browser.get("/desk/repair-notice/").content.decode()
    token = re.search(r'name="token" value="([^"]+)"', text)
    assert token is not None
    entry = casetown.entries(casetown.mine)[0]
    form = {
        "token": token[1], "document": "信衡市监罚〔2026〕999号", "subject": entry.values["CF_XDR_MC"], "uscc": entry.uscc,
        "decided_on": "2026-11-19", "categories": "警告", "basis": "《食品安全法》第一百二十六条", "facts": "未查验",
    }  # fmt: skip
    made = [browser.post("/desk/repair-notice/", form)["Location"] for _ in range(2)]
    assert made[0] == made[1], "the same form twice is one notice"
    text = browser.get(made[0]).content.decode()
    paper = re.search(r'href="(/desk/repair-notice/[^"]+\.pdf)"', text)
    assert paper is not None
    assert browser.get(paper[1]).content.startswith(b"%PDF-")
    assert casetown.client("foreign").get(paper[1]).status_code == 404
    number = re.search(r'name="number" value="([^"]+)"', text)
    assert number is not None
    served = {"number": number[1], "on": "2026-11-20", "manner": "direct"}
    assert casetown.client("foreign").post("/desk/repair-notice/served/", served).status_code == 404
    assert browser.post("/desk/repair-notice/served/", served).status_code == 302
    assert (
        "直接送达" in plain(browser.get("/desk/repair-notice/").content.decode()).split("制作过的告知书")[1]
    )


def test_a_penalty_without_a_day_of_service_is_listed_until_it_is_recorded(casetown: Any) -> None:
    browser = casetown.client("authority")
    text = browser.get("/desk/repair-notice/").content.decode()
    statement = re.search(r'name="statement" value="(\d+)"', text)
    assert statement is not None
    form = {"statement": statement[1], "on": "2026-11-20", "manner": "post"}
    assert browser.post("/desk/repair-notice/served/", form | {"on": "2026-11-21"}).status_code == 400, (
        "not tomorrow"
    )
    assert casetown.client("foreign").post("/desk/repair-notice/served/", form).status_code == 404
    assert browser.post("/desk/repair-notice/served/", form).status_code == 302
    after = browser.get("/desk/repair-notice/").content.decode()
    assert f'name="statement" value="{statement[1]}"' not in after


def test_a_clerk_reads_the_list_and_makes_no_notice(casetown: Any) -> None:
    browser = casetown.client("clerk")
    text = browser.get("/desk/repair-notice/").content.decode()
    assert 'name="document"' not in text and "未记录送达" in text
    assert browser.post("/desk/repair-notice/", {"document": "x"}).status_code == 403


def test_what_is_wrong_in_a_notice_is_said_and_what_was_typed_stays(casetown: Any) -> None:
    answer = casetown.client("authority").post(
        "/desk/repair-notice/",
        {"document": "信衡市监罚〔2026〕998号", "subject": "某某", "uscc": "913406", "decided_on": ""},
    )
    text = answer.content.decode()
    assert answer.status_code == 400 and "统一社会信用代码不对" in text and "信衡市监罚〔2026〕998号" in text
