"""A department's own rules laid against the list: what is extra, heavier, on persons or without a basis is found."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.law import service as law
from xinheng.law.measure_types import RuleKind

ON = date(2026, 11, 21)
PACK = law.load("huaibei")


def found(text: str) -> list[tuple[str, str]]:
    return [(one.kind, one.measure) for one in law.rules_audit(pack=PACK, text=text, on=ON)]


@pytest.mark.parametrize(
    ("text", "kind", "measure"),
    [
        ("对列入拖欠农民工工资名单的企业，限制申请财政性资金，期限三年", "ok", "fiscal-funds"),
        ("列入严重失信主体名单的，取消评优评先资格", "ok", "honours"),
        ("对失信被执行人可以限制贷款", "ok", "prudent-credit"),
        ("对纳税信用A级企业开通绿色通道", "ok", "fast-track"),
        ("对守信企业开通绿色通道", "unsure", "fast-track"),
        ("列入安全生产严重失信主体名单的企业，纳入重点监管", "ok", "key-supervision"),
        ("受到较重处罚的，纳入重点监管", "ok", "key-supervision"),
        ("列入严重失信主体名单的，一律限制申请财政性资金项目", "heavier", "fiscal-funds"),
        ("列入严重失信主体名单的，五年内不得申请财政补贴", "heavier", "fiscal-funds"),
        ("列入严重失信主体名单的企业及其关联企业，取消评优评先资格", "heavier", "honours"),
        ("列入严重失信主体名单的，限制参加政府采购活动", "heavier", "entry-restriction"),
        ("列入拖欠农民工工资名单的，停止办理一切行政许可", "heavier", "entry-restriction"),
        ("受到一般行政处罚的，纳入重点监管", "heavier", "key-supervision"),
        ("有行政处罚记录的企业，不得评优", "no-basis", "honours"),
        ("受到较重处罚的，取消评优评先资格", "no-basis", "honours"),
        ("受到严重处罚的企业，不得申请财政补贴", "no-basis", "fiscal-funds"),
        ("列入经营异常名录的，禁止参加政府采购活动，终身不得参加", "no-basis", "entry-restriction"),
        ("拖欠农民工工资的，限制参加政府采购", "no-basis", "entry-restriction"),
        ("列入严重失信主体名单已经修复的，仍取消评优评先资格", "no-basis", "honours"),
        ("未列入严重失信主体名单的企业，也取消评优评先资格", "no-basis", "honours"),
        ("涉嫌违法被立案调查的失信企业，限制申请财政性资金", "no-basis", "fiscal-funds"),
        ("违背承诺的企业，不得申请专项资金", "no-basis", "fiscal-funds"),
        ("信用等级为D级的，纳入重点监管", "no-basis", "key-supervision"),
        ("被投诉三次的失信企业，取消评先评优资格", "no-basis", "honours"),
        ("失信企业取消评先评优资格", "unsure", "honours"),
        ("取消评先评优资格", "unsure", "honours"),
        ("有不良信用记录的，从严授信", "unsure", "prudent-credit"),
        ("停止办理失信企业的行政许可", "unsure", "entry-restriction"),
        ("失信企业列入本市诚信黑榜", "not-in-list", ""),
        ("对失信企业法定代表人冻结账户", "on-persons", ""),
        ("失信企业永久不得评为先进", "heavier", "honours"),
        ("列入拖欠农民工工资名单的，十年内限制申请财政性资金", "heavier", "fiscal-funds"),
        ("凡受过行政处罚的失信企业，纳入重点监管", "heavier", "key-supervision"),
        ("有轻微失信行为的，取消评优评先资格", "heavier", "honours"),
        ("对失信企业必须从严授信", "heavier", "prudent-credit"),
        ("海关严重失信主体不得参加政府采购", "no-basis", "entry-restriction"),
        ("投标人须提交信用报告作为资格条件", "no-basis", ""),
        ("信用等级AAA的投标人加3分", "no-basis", ""),
        ("失信企业加收水费并公开曝光", "not-in-list", ""),
        ("对信用等级低的企业停止供电", "not-in-list", ""),
        ("列入黑名单管理", "not-in-list", ""),
        ("失信企业的法定代表人限制高消费", "on-persons", ""),
        ("失信企业负责人不得担任人大代表", "on-persons", ""),
        ("失信人员子女不得就读高收费学校", "on-persons", ""),
    ],
)
def test_a_sentence_of_the_rules_is_told_what_it_is(text: str, kind: str, measure: str) -> None:
    assert found(text) == [(kind, measure)]


@pytest.mark.parametrize(
    "text",
    [
        "", "为了推进社会信用体系建设，制定本办法", "本办法自印发之日起施行", "信用信息应当及时报送", "联系电话",
        "鼓励企业主动公开信用承诺", "不得收取任何费用",
    ],
)  # fmt: skip
def test_a_sentence_without_a_measure_is_no_finding(text: str) -> None:
    assert found(text) == []


def test_findings_stand_in_order_with_their_lines_and_say_which_provision() -> None:
    text = "第一条 目的\n第二条 列入严重失信主体名单的，纳入重点监管；失信企业加收水费\n\n第四条 失信企业限制贷款"
    told = law.rules_audit(pack=PACK, text=text, on=ON)
    assert [(one.line, one.kind) for one in told] == [(2, "ok"), (2, "not-in-list"), (4, "unsure")]
    assert all(one.says.endswith("。") and one.says_en.endswith(".") for one in told)
    assert all(one.citation for one in told if one.kind in ("ok", "unsure"))


def test_every_measure_of_a_sentence_is_judged_by_the_facts_beside_it() -> None:
    assert found("有行政处罚记录的企业，一律取消评优评先资格，五年内不得申请财政补贴") == [
        ("no-basis", "honours"),
        ("no-basis", "fiscal-funds"),
    ]
    assert found("列入严重失信主体名单的，取消评优评先资格，受到行政处罚的不得申请财政补贴") == [
        ("ok", "honours"),
        ("no-basis", "fiscal-funds"),
    ]
    assert found("拖欠农民工工资的，列入本市诚信黑榜，停止办理一切行政许可") == [
        ("no-basis", "entry-restriction"),
        ("not-in-list", ""),
    ]
    assert found("列入严重失信主体名单的企业，取消评优评先资格，其法定代表人不得担任人大代表") == [
        ("on-persons", ""),
        ("ok", "honours"),
    ]


@given(
    facts=st.sampled_from(
        ("受到行政处罚", "受到一般处罚", "有轻微违法", "违背承诺", "被投诉", "已经修复", "失信", "")
    ),
    measure=st.sampled_from(
        ("取消评优评先资格", "不得申请财政补贴", "限制投标", "取消优惠政策", "纳入重点监管", "限制贷款")
    ),
    how=st.sampled_from(("", "一律", "五年内", "终身")),
)
def test_what_no_ground_rests_on_is_never_called_fitting(facts: str, measure: str, how: str) -> None:
    told = found(f"{facts}的企业，{how}{measure}")
    assert told
    assert all(kind != "ok" for kind, _ in told)


def test_adopting_a_provision_gives_the_rule_its_ground() -> None:
    text = "受到较重处罚的，可以取消评优评先资格"
    assert found(text) == [("no-basis", "honours")]
    adopted = PACK.with_adopted(frozenset(one.id for one in law.adoptable(pack=PACK)))
    assert [one.kind for one in law.rules_audit(pack=adopted, text=text, on=ON)] == ["ok"]


def test_a_provision_not_adopted_carries_no_rule() -> None:
    text = "对海关严重失信主体，停止享受优惠"
    assert found(text) == [("ok", "preferential")]
    assert found("重大税收违法失信主体停止享受优惠，由税务机关办理") == [("ok", "preferential")]
    on = date(2019, 7, 1)
    assert [one.kind for one in law.rules_audit(pack=PACK, text=text, on=on)] == ["not-in-list"]


def test_personal_data_in_the_rules_is_masked_in_what_is_shown() -> None:
    told = law.rules_audit(pack=PACK, text="失信企业加收水费，联系人电话13800138000", on=ON)
    assert "13800138000" not in told[0].text and "遮盖" in told[0].text


def test_documents_are_read_by_line_or_row_in_both_encodings() -> None:
    text = "措施,对象\n取消评优评先资格,严重失信主体\n"
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        assert (
            law.rules_rows(name="a.csv", content=text.encode(encoding))[1] == "取消评优评先资格，严重失信主体"
        )
        assert law.rules_rows(name="A.TXT", content=text.encode(encoding))[0] == "措施,对象"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", b"PK"),
        ("a", b""),
        ("a.txt", b"\xff\xfe\xff\xff\x80"),
        ("a.md", b"a\x00b"),
        ("a.txt", b"x" * 2_000_001),
    ],
    ids=["word", "no-kind", "not-text", "binary", "large"],
)
def test_what_is_no_text_is_refused_with_what_to_do(name: str, content: bytes) -> None:
    with pytest.raises(law.RulesUnreadable, match="请"):
        law.rules_rows(name=name, content=content)


@given(
    st.text(max_size=200)
    | st.lists(
        st.sampled_from(("失信", "取消", "应当", "五年", "投标", "信用报告", "；", "处罚", "子女")),
        max_size=12,
    ).map("".join)
)
def test_any_text_is_answered(text: str) -> None:
    for one in law.rules_audit(pack=PACK, text=text, on=ON):
        assert one.kind in get_args(RuleKind)
        assert one.line >= 1 and one.says and one.says_en


def test_the_command_reads_a_file_and_asks_for_attention(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from click.testing import CliRunner

    from xinheng.faces.cli.main import cli

    monkeypatch.setenv("XINHENG_TODAY", "2026-11-21")
    monkeypatch.setattr(law, "active", lambda: PACK)
    file = tmp_path / "rules.txt"
    file.write_text("失信企业加收水费。\n列入严重失信主体名单的，取消评优评先资格。", encoding="utf-8")
    told = CliRunner().invoke(cli, ["law", "rules-audit", str(file), "--on", "2026-11-21"])
    assert told.exit_code == 1, told.output
    assert "清单上没有" in told.output and "要看的 1 处" in told.output


@pytest.mark.parametrize(
    ("entry", "code", "says"),
    [
        ("serious-list,list=wage-arrears,until=2027-01-01", 0, "应当限制申请财政性资金项目，至 2027-01-01"),
        ("serious-list,list=wage-arrears,disputed", 1, "异议办理中"),
        ("serious-list,list=wage-arrears,state=repaired", 1, "已经修复"),
        ("serious-list,kind=wage-arrears", 2, "看不懂"),
        ("serious-list,state=gone", 2, "没有状态"),
        ("serious-list,until=tomorrow", 2, "不是日期"),
        ("nothing", 2, "没有目录项"),
    ],
)
def test_the_command_may_answers_from_the_facts_given(
    entry: str, code: int, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from click.testing import CliRunner

    from xinheng.faces.cli.main import cli

    monkeypatch.setattr(law, "active", lambda: PACK)
    args = [
        "law",
        "may",
        "fiscal-funds",
        "--matter",
        "subsidy-grant",
        "--sector",
        "finance",
        "--entry",
        entry,
    ]
    told = CliRunner().invoke(cli, [*args, "--on", "2026-11-21"])
    assert told.exit_code == code, told.output
    assert says in told.output


def test_the_command_measures_lists_them_with_their_provisions(monkeypatch: pytest.MonkeyPatch) -> None:
    import json

    from click.testing import CliRunner

    from xinheng.faces.cli.main import cli

    monkeypatch.setattr(law, "active", lambda: PACK)
    text = CliRunner().invoke(cli, ["law", "measures", "--on", "2026-11-21"]).output
    assert "应当 fiscal-funds.wage-arrears" in text and "待核实,未采用,不生效" in text
    told = json.loads(CliRunner().invoke(cli, ["law", "measures", "--on", "2026-11-21", "--json"]).output)
    assert {one["code"] for one in told["measures"]} == set(PACK.measures)
    matters = json.loads(CliRunner().invoke(cli, ["law", "matters", "--sector", "tax", "--json"]).output)
    assert {"tax-penalty", "honour-award"} <= {one["code"] for one in matters["matters"]}
