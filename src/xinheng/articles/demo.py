"""Four articles for a demonstration: what an office would tell in its first weeks. Facts and ways to go, no slogans."""

from __future__ import annotations

from datetime import datetime

from xinheng.articles.checking import Text
from xinheng.articles.keeping import approve, submit, write
from xinheng.articles.models import Article
from xinheng.evidence import service as evidence

WRITER, APPROVER = "desk:office", "desk:office2"

_REPAIR = Text(
    title="《信用修复管理办法》已施行：怎样申请信用修复",
    summary="国家发展改革委令第36号自2026年4月1日起施行。办理只有一个网上入口，不收费。",
    body="""自 **2026年4月1日**起，信用修复按国家发展改革委令第36号《信用修复管理办法》办理，原试行办法（令第58号）同时废止。

## 到哪里办

- 网上只有一个入口：[信用中国](https://www.creditchina.gov.cn/)。
- 市场监管领域的记录，到[国家企业信用信息公示系统](https://www.gsxt.gov.cn/)办理。
- 也可以到当地政务服务大厅的信用窗口递交材料。

## 谁来决定

作出决定的机关受理、审查、决定。信用办只转送材料、看时限、更新自己的公示，不另作判断。

## 什么时候可以申请

每条处罚的页面都写着**最早可以申请的日期**，点开能看到是怎样算出来的。公示期满的记录自动停止公示，不需要申请。

> 办理信用修复不收费。有人以“信用修复”为名收费的，不要理会。
""",
    title_en="The Measures for Credit Repair are in force: how to apply",
    body_en="""From **1 April 2026** credit repair follows the Measures for Credit Repair (Order No. 36 of the National Development and
Reform Commission). The earlier trial measures (Order No. 58) are repealed.

## Where

- There is one online window: [Credit China](https://www.creditchina.gov.cn/).
- Entries of market regulation are handled by the
  [National Enterprise Credit Information Publicity System](https://www.gsxt.gov.cn/).
- Papers may also be handed in at the credit counter of the government service hall.

## Who decides

The authority that made the decision accepts, examines and decides. The credit office passes papers on, watches the
clock and updates its own copy; it does not judge again.

## When

Every penalty's page names the **earliest day of application** and shows how it was counted. An entry whose period has run
out stops being shown by itself.

> Repair costs nothing. Do not pay anyone who offers it for money.
""",
)
_SCOPE = Text(
    title="关于本站公示范围的说明",
    summary="只公示机构的信息；轻微的默认不公示；期满自动停止。",
    body="""本站公示行政机关依法作出、按规定应当公示的决定，主体是**机构**：企业、个体工商户、农民专业合作社、社会组织、事业单位、机关等。

| 情形 | 本站怎样做 |
|---|---|
| 自然人的信息 | 不受理、不保存；收到的文件里有，只计行数 |
| 失信程度为“轻微”的处罚 | 只归集，默认不公示 |
| 公示期满的处罚 | 自动停止公示，也从开放数据里消失 |
| 与“信用中国”不一致 | 以“信用中国”为准，请向我们提出 |

对内容有异议的，打开那条记录，按页面上的指引提出；核实期间加注“有异议”。
""",
    title_en="What this site shows, and what it does not",
    body_en="""This site shows decisions that authorities made under the law and must publish. Its subjects are **organisations**: enterprises,
individual businesses, cooperatives, social organisations, public institutions, government bodies.

| Case | What we do |
|---|---|
| Information about natural persons | not accepted, not kept; rows are only counted |
| Penalties classed as minor | collected, by default not shown |
| Penalties whose period has run out | stop being shown by themselves, in the open data too |
| A difference from Credit China | Credit China prevails; please tell us |

To object to an entry, open it and follow the guide on its page; it is marked as disputed while it is checked.
""",
)
_HOURS = Text(
    title="公示数据每日更新时间的通知",
    summary="各单位报送后即时入库；统计数截至前一日24时。",
    body="""1. 各单位报送的许可和处罚，受理后即时可查。
2. 统计页和信用地图每天更新一次，**截至前一日 24 时**；按月的许可文件在下载时生成。
3. 各单位最近一次报送的日期，见[数据从哪里来](/sources/)。
4. 法定节假日不停止更新；没有报送的日子，数字不变。
""",
)
_CASE = Text(
    title="典型案例（虚构示例）：一家企业按期履行后，处罚怎样停止公示",
    summary="示例说明一条“一般”处罚从决定到停止公示的全过程。主体为虚构。",
    body="""*本文为演示而写，企业和日期均为虚构。*

一家食品企业因标签不合规定被处罚款，失信程度为“一般”。

1. **决定当天**：处罚机关把《行政处罚决定书》和信用修复告知书一并送达。
2. **七个工作日内**：决定在本站公示，页面写明最短公示期、最早可申请修复的日期和最长到哪一天。
3. **缴清罚款、改正标签**后，企业等到最短公示期满，在“信用中国”提交材料。
4. **处罚机关**审查后决定修复，本站当天停止公示；已出具的信用报告核验时显示“内容已有变化”。

如果企业不申请，公示也会在期满的次日自动停止。
""",
)
_PIECES = (("policy", _REPAIR), ("notice", _SCOPE), ("case", _CASE), ("notice", _HOURS))


def demo_articles(*, at: datetime) -> list[str]:
    """Writes, submits and approves the four, each by two people, shown from the day of `at`. Once: again changes nothing.

    Returns the numbers there are.
    """
    if not Article.objects.exists():
        for kind, text in _PIECES:
            number = write(kind=kind, text=text, at=at, actor=WRITER)
            submit(number=number, at=at, actor=WRITER)
            approve(number=number, show_from=evidence.legal_day(at), at=at, actor=APPROVER)
    return list(Article.objects.order_by("number").values_list("number", flat=True))
