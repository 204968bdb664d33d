"""One invented paper of every kind, as full as they get: long names, rare characters, every part."""

from __future__ import annotations

from typing import Any

NAME = "淮北龘𠮷㙍新材料科技（集团）股份有限公司濉溪经济开发区第二分公司"
CODE = "91340600MA2N0ABCX1"
OFFICE, AUTHORITY = "淮北市公共信用信息中心", "淮北市市场监督管理局"
LAW_36 = {"citation": "《信用修复管理办法》（国家发展改革委令第36号）", "confidence": "verified"}
LAW_OPEN = {"citation": "《信用修复管理办法》第二十条（延长的期限）", "confidence": "unverified"}
REVIEW = {"citation": "《中华人民共和国行政复议法》第二十条", "confidence": "likely"}
ENTRY = [
    {"label": "信息类别", "value": "行政处罚"},
    {"label": "决定书文号", "value": "淮市监处罚〔2026〕117号"},
    {"label": "违法行为类型", "value": "违反《中华人民共和国广告法》第九条，在互联网广告中使用绝对化用语，经责令改正后逾期仍未删除"},
    {"label": "作出决定的机关", "value": AUTHORITY},
    {"label": "决定日期", "value": "2026-08-14"},
    {"label": "公示起止", "value": "2026-08-20 至 2027-08-13"},
]  # fmt: skip
WORKING = [
    {"date": "2026-11-21", "counted": False, "why": "周六"},
    {"date": "2026-11-22", "counted": False, "why": "周日"},
    {"date": "2026-11-23", "counted": True, "why": "工作日"},
    {"date": "2026-11-24", "counted": True, "why": "工作日"},
    {"date": "2026-11-25", "counted": True, "why": "工作日"},
]
REMEDIES = [
    {
        "text": "可以依法申请行政复议。", "to": "淮北市人民政府（行政复议机构）", "last_on": "2027-01-19", "law": REVIEW,
        "note": "自知道或者应当知道之日起六十日，按送达日期 2026年11月20日 计算。", "provisional": True,
    },
    {
        "text": "可以依法提起行政诉讼。", "to": "有管辖权的人民法院", "last_on": "2027-05-20",
        "law": {"citation": "《中华人民共和国行政诉讼法》第四十六条", "confidence": "likely"},
    },
]  # fmt: skip
COMMON = {
    "format": 1, "office": AUTHORITY, "made_on": "2026-11-20", "sandbox": True, "to": NAME, "to_code": CODE,
    "case_number": "淮北信修〔2026〕0031号", "outside": "XYZG-340600-2026-000817", "received_on": "2026-11-18", "channel": "exchange",
}  # fmt: skip

SAMPLES: dict[str, Any] = {
    "acceptance-repair": COMMON | {
        "kind": "acceptance", "case_kind": "repair", "number": "淮市监信修受〔2026〕9号", "entry": ENTRY, "law": [LAW_36, LAW_OPEN],
        "dates": [
            {"label": "作出决定的最后日期", "date": "2026-12-01", "note": "受理之日起 7 个工作日", "law": LAW_36, "working": WORKING},
            {"label": "向你单位反馈的最后日期", "date": "2027-01-05", "provisional": True, "working": WORKING},
        ],
        "contact": "信用监管科，0561-0000000（工作时间）",
    },
    "acceptance-objection": COMMON | {
        "kind": "acceptance", "case_kind": "objection", "office": OFFICE, "number": "淮信异受〔2026〕3号", "case_number": "淮信异〔2026〕12号",
        "outside": "", "entry": ENTRY, "field": "罚款金额（万元）",
        "dates": [{"label": "核查的最后日期", "date": "2026-11-25", "working": WORKING, "note": "平台先核对自己的副本"}],
        "service": {"on": "2026-11-20", "manner": "工作台站内送达（已书面同意电子送达）"},
    },
    "supplement": COMMON | {
        "kind": "supplement", "case_kind": "repair", "number": "淮市监信修补〔2026〕2号", "entry": ENTRY,
        "items": [
            {"text": "罚款缴纳凭证", "how": "银行回单或者非税收入票据；平台未能从财政系统核实。", "state": "to-do", "law": LAW_36},
            {"text": "信用修复承诺书", "how": "请使用平台生成的格式，加盖单位印章。", "state": "to-do"},
            {"text": "违法行为已经改正的证明", "state": "by-authority"},
        ],
        "dates": [{"label": "请于此日前补齐", "date": "2026-12-11", "note": "补齐之日起重新计算受理期限（本地选择，待采纳）"}], "law": [LAW_36],
    },
    "decline": COMMON | {
        "kind": "decline", "case_kind": "repair", "number": "淮市监信修不受〔2026〕1号", "entry": ENTRY,
        "reason": "该处罚决定自 2026年8月14日 作出，最短公示期为三个月，至 2026年11月14日 届满；罚款尚未缴清，相关义务没有履行完毕。缴清后可以再次申请，次数不限。",
        "law": [LAW_36], "remedies": REMEDIES,
    },
    "transfer": COMMON | {
        "kind": "transfer", "case_kind": "objection", "office": OFFICE, "to": AUTHORITY, "to_code": "11340600003110018K", "applicant": NAME,
        "applicant_code": CODE, "number": "淮信异转〔2026〕5号", "entry": ENTRY, "field": "罚款金额（万元）",
        "reason": "决定书原件所载罚款为人民币贰仟元，公示的金额为 2000 万元，疑为单位填写错误（元、万元）。",
        "items": [{"text": "核对决定书原件所载的罚款金额；"}, {"text": "作出维持、更正或者撤销的答复，并说明理由。"}],
        "dates": [{"label": "答复的最后日期", "date": "2026-12-01", "working": WORKING, "note": "逾期未答复的，将发督办单并公布逾期单位"}],
        "successor_of": "淮北市工商行政管理局",
    },
    "extension": COMMON | {
        "kind": "extension", "case_kind": "repair", "number": "淮市监信修延〔2026〕1号", "entry": ENTRY, "law": [LAW_OPEN],
        "reason": "需要向上级机关核实整改情况。", "dates": [{"label": "延长后的最后日期", "date": "2027-01-08", "provisional": True}],
    },
    "decision-repaired": COMMON | {
        "kind": "decision", "case_kind": "repair", "outcome": "repaired", "number": "淮市监信修决〔2026〕8号", "entry": ENTRY, "law": [LAW_36],
        "service": {"on": "2026-11-20", "manner": "直接送达"},
    },
    "decision-refused": COMMON | {
        "kind": "decision", "case_kind": "repair", "outcome": "refused", "number": "淮市监信修决〔2026〕7号", "entry": ENTRY, "law": [LAW_36],
        "reason": "现场核查发现违法广告仍在第三方平台展示，违法行为没有改正。" * 4, "remedies": REMEDIES,
    },
    "decision-corrected": COMMON | {
        "kind": "decision", "case_kind": "objection", "outcome": "upheld-corrected", "office": OFFICE, "number": "淮信异决〔2026〕4号",
        "entry": ENTRY, "changes": [
            {"label": "罚款金额（万元）", "before": "2000", "after": "0.2"},
            {"label": "处罚内容", "before": "罚款人民币贰仟万元整", "after": "罚款人民币贰仟元整"}, {"label": "备注", "before": "", "after": "据决定书原件更正"},
        ], "remedies": REMEDIES[:1],
    },
    "repair-notice": COMMON | {
        "kind": "repair-notice", "case_kind": "repair", "number": "淮市监信修告〔2026〕55号", "case_number": "", "outside": "", "received_on": "", "entry": ENTRY,
        "items": [
            {"text": "达到最短公示期", "how": "最早 2026年11月14日 可以申请", "state": "proven", "law": LAW_36},
            {"text": "改正违法行为，履行完毕处罚决定确定的义务", "state": "by-authority"},
            {"text": "公开作出信用承诺", "state": "to-do"},
        ],
        "windows": ["“信用中国”网站：https://www.creditchina.gov.cn 信用修复栏目", "国家企业信用信息公示系统（市场监管部门作出的决定）", "淮北市政务服务大厅信用修复窗口"],
        "dates": [{"label": "最早可以申请", "date": "2026-11-14", "law": LAW_36}, {"label": "最迟终止公示", "date": "2027-08-13", "law": LAW_36, "note": "届满自动终止，不需要申请"}],
        "law": [LAW_36, {"citation": "《关于进一步完善信用修复制度的实施方案》（国办发〔2025〕22号）“两书同达”", "confidence": "verified"}],
    },
    "commitment": {
        "kind": "commitment", "case_kind": "repair", "office": OFFICE, "made_on": "2026-11-20", "sandbox": True, "to": NAME, "to_code": CODE, "entry": ENTRY,
    },
    "objection-sheet": {
        "kind": "objection-sheet", "case_kind": "objection", "office": OFFICE, "made_on": "2026-11-20", "sandbox": True, "applicant": NAME, "applicant_code": CODE,
        "entry": ENTRY[:4],
    },
}  # fmt: skip
