"""Invented reports with real proofs, made without the code under test.

The Merkle tree, the signed note and the commitments are written here a second time, straight from RFC 6962, C2SP
and the description of the leaf, so that the verifier is checked against something else than itself.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
import zlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from xinheng.reports import render, signing
from xinheng.reports.shape import SECTIONS, Entry, FieldValue, Proof, Report, Section, TrustBundle

ORIGIN = "xinheng.example.gov.cn/log"
ISSUED = datetime(2026, 11, 20, 1, 30, 12, tzinfo=UTC)
USCC = "91340600MA2N0ABCX1"

LICENCE = [
    ("XK_XDR_MC", "行政相对人名称", "text"), ("XK_XDR_LB", "行政相对人类别", "enum"),
    ("XK_XDR_SHXYM", "统一社会信用代码", "code"), ("XK_XDR_GSZC", "工商注册号", "text"),
    ("XK_XDR_ZZJG", "组织机构代码", "text"), ("XK_XDR_SWDJ", "税务登记号", "text"),
    ("XK_XDR_SYDW", "事业单位证书号", "text"), ("XK_XDR_SHZZ", "社会组织登记证号", "text"),
    ("XK_XKWS", "行政许可决定文书名称", "text"), ("XK_WSH", "行政许可决定文书号", "text"),
    ("XK_XKLB", "许可类别", "enum"), ("XK_XKZS", "许可证书名称", "text"),
    ("XK_XKBH", "许可编号", "text"), ("XK_NR", "许可内容", "text"),
    ("XK_JDRQ", "许可决定日期", "date"), ("XK_YXQZ", "有效期自", "date"),
    ("XK_YXQZI", "有效期至", "date"), ("XK_XKJG", "许可机关", "text"),
    ("XK_XKJGDM", "许可机关统一社会信用代码", "code"), ("XK_ZT", "当前状态", "enum"),
    ("XK_LYDW", "数据来源单位", "text"), ("XK_LYDWDM", "数据来源单位统一社会信用代码", "code"), ("BZ", "备注", "text"),
]  # fmt: skip
PENALTY = [
    ("CF_XDR_MC", "行政相对人名称", "text"), ("CF_XDR_LB", "行政相对人类别", "enum"),
    ("CF_XDR_SHXYM", "统一社会信用代码", "code"), ("CF_XDR_GSZC", "工商注册号", "text"),
    ("CF_WSH", "行政处罚决定书文号", "text"), ("CF_WFXW", "违法行为类型", "text"),
    ("CF_SY", "违法事实", "text"), ("CF_YJ", "处罚依据", "text"), ("CF_CFLB", "处罚类别", "enum"),
    ("CF_NR", "处罚内容", "text"), ("CF_NR_FK", "罚款金额（万元）", "money"),
    ("CF_NR_WFFF", "没收违法所得、没收非法财物的金额（万元）", "money"),
    ("CF_NR_ZKDX", "暂扣或吊销证照名称及编号", "text"), ("CF_JDRQ", "处罚决定日期", "date"),
    ("CF_YXQ", "处罚有效期", "date"), ("CF_CFJG", "处罚机关", "text"),
    ("CF_CFJGDM", "处罚机关统一社会信用代码", "code"), ("CF_SJLY", "数据来源单位", "text"),
    ("CF_SJLYDM", "数据来源单位统一社会信用代码", "code"), ("BZ", "备注", "text"),
]  # fmt: skip
SCHEMAS = {"admin-licence": LICENCE, "admin-penalty": PENALTY}


@dataclass
class Case:
    """A report, its proof, and the secrets behind them, so that tests can bend one thing and prove it noticed."""

    report: Report
    proof: Proof
    log_key: Ed25519PrivateKey
    leaves: list[bytes] = field(default_factory=list)
    shared: list[tuple[bytes, bytes]] = field(default_factory=list)

    def bundle(self, *keys: signing.DocumentKey, status: list[int] | None = None) -> TrustBundle:
        """The trust bundle a reader of this case would hold."""
        public = self.log_key.public_key().public_bytes_raw()
        trust: TrustBundle = {
            "version": 1,
            "origin": ORIGIN,
            "log_keys": [
                {
                    "name": ORIGIN, "key_id": key_id(ORIGIN, public).hex(), "public": b64(public),
                    "valid_from": "2026-01-01T00:00:00+00:00", "retired_at": None,
                }
            ],
            "certificates": [
                {"pem": key.pem, "valid_from": "2026-01-01T00:00:00+00:00", "retired_at": None} for key in keys
            ],
        }  # fmt: skip
        if status is not None:
            trust["status"] = status_list(self.log_key, status)
        return trust


@cache
def document_key() -> signing.DocumentKey:
    """One signing key for the whole run: making RSA keys is slow."""
    return signing.make_key(name="淮北市公共信用信息中心", at=datetime(2026, 1, 1, tzinfo=UTC))


def case(
    *, licences: int = 1, penalties: int = 2, name: str = "", seed: int = 7, audience: Any = "public"
) -> Case:
    """An invented organisation with so many licences and penalties, in a log of a few hundred leaves."""
    dice = random.Random(seed)
    name = name or "淮北龘𠮷㙍新材料科技有限公司"
    shown = [_licence(dice, name, i) for i in range(licences)] + [
        _penalty(dice, name, i) for i in range(penalties)
    ]
    leaves = [dice.randbytes(32) for _ in range(300 + len(shown))]
    places = sorted(dice.sample(range(len(leaves)), len(shown)))
    statements: list[Any] = []
    shared: list[tuple[bytes, bytes]] = []
    for entry, place in zip(shown, places, strict=True):
        opened, leaves[place], secret = _commit(dice, entry)
        shared.append(secret)
        statements.append({"id": entry["id"], "leaf_index": place, **opened})
    hashes = [hashlib.sha256(b"\x00\x01" + leaf).digest() for leaf in leaves]
    for statement in statements:
        statement["path"] = [b64(node) for node in inclusion(hashes, statement["leaf_index"])]
    log_key = Ed25519PrivateKey.from_private_bytes(dice.randbytes(32))
    proof: Proof = {
        "origin": ORIGIN,
        "checkpoint": checkpoint(log_key, len(hashes), root(hashes)),
        "size": len(hashes),
        "schemas": [
            {"item": item, "version": "2018.2", "public": [code for code, _, _ in fields]}
            for item, fields in SCHEMAS.items()
        ],
        "statements": statements,
    }
    return Case(_report(shown, name, len(hashes), audience), proof, log_key, leaves, shared)


def file_of(sample: Case) -> bytes:
    """The case as issued: set and signed."""
    return signing.sign(render.render(sample.report, sample.proof), *document_key(), ISSUED)


def _report(shown: list[Entry], name: str, size: int, audience: Any) -> Report:
    sections: list[Section] = []
    for code, title in SECTIONS.items():
        entries = shown if code == "administration" else []
        collected = code in ("administration", "honours")
        sections.append({"code": code, "title": title, "collected": collected, "entries": entries})
    sections[0]["items"] = [
        {"code": "admin-licence", "name": "行政许可", "collected": True},
        {"code": "admin-penalty", "name": "行政处罚", "collected": True},
        {"code": "admin-compulsion", "name": "行政强制", "collected": False},
        {"code": "inspection", "name": "监督检查", "collected": False},
    ]
    return {
        "format": 1, "layout": "V2.0", "number": "202611200930127F3K9QWX", "audience": audience,
        "issued_at": "2026-11-20T09:30:12+08:00", "valid_on": "2026-11-20", "known_on": "2026-11-20",
        "position": size, "origin": ORIGIN,
        "pack": {"code": "huaibei", "name": "淮北市规则包", "digest": hashlib.sha256(b"pack").hexdigest()},
        "issuer": "淮北市公共信用信息中心",
        "organisation": {
            "code": USCC, "name": name, "former_names": ["淮北市新材料厂", "淮北新材料有限责任公司"],
            "kind": "有限责任公司（自然人投资或控股）", "region": "安徽省淮北市濉溪县（340621）",
            "industry": "C3034 隔热和隔音材料制造", "established_on": "2011-03-16", "status": "存续",
        },
        "sections": sections, "status_index": 5, "verify_url": "https://credit.example.gov.cn/verify",
    }  # fmt: skip


def _licence(dice: random.Random, name: str, index: int) -> Entry:
    decided = date(2024, 1, 1) + timedelta(days=dice.randrange(900))
    kind = dice.choice(
        ["排污许可证", "食品生产许可证", "建筑工程施工许可证", "道路运输经营许可证", "危险化学品经营许可证"]
    )
    number = f"淮（濉）许〔{decided.year}〕{index + 1}号"
    values = {
        "XK_XDR_MC": name, "XK_XDR_LB": "法人及非法人组织", "XK_XDR_SHXYM": USCC, "XK_XDR_ZZJG": USCC[8:17],
        "XK_XKWS": f"准予{kind}核发决定书", "XK_WSH": number, "XK_XKLB": "核准", "XK_XKZS": kind,
        "XK_XKBH": f"{USCC}{index:03d}V",
        "XK_NR": "准予从事隔热和隔音材料制造项目的相关经营活动；有效期内应当按照许可载明的种类、范围、方式开展。",
        "XK_JDRQ": decided.isoformat(), "XK_YXQZ": decided.isoformat(),
        "XK_YXQZI": "2099-12-31" if index % 3 == 0 else (decided + timedelta(days=1825)).isoformat(),
        "XK_XKJG": "淮北市濉溪县生态环境分局", "XK_XKJGDM": "11340621003110018K", "XK_ZT": "1",
        "XK_LYDW": "淮北市濉溪县数据资源管理局", "XK_LYDWDM": "11340621MB1A12345T",
    }  # fmt: skip
    fields = _fields(LICENCE, values)
    return {
        "id": (index + 3) << 15 | index, "item": "admin-licence", "item_name": "行政许可", "title": number,
        "fields": fields, "severity": "", "decided_on": decided.isoformat(), "shown_from": decided.isoformat(),
        "shown_until": None, "earliest_repair": None, "marks": [],
        "rule": {
            "id": "publication.licence", "confidence": "verified",
            "citation": "发改办财金〔2018〕790号；《政府信息公开条例》第二十条",
        },
    }  # fmt: skip


def _penalty(dice: random.Random, name: str, index: int) -> Entry:
    decided = date(2026, 4, 2) + timedelta(days=dice.randrange(200))
    severity = ("ordinary", "serious", "minor")[index % 3]
    number = f"淮濉市监罚字〔{decided.year}〕{dice.randrange(10, 99)}号"
    values = {
        "CF_XDR_MC": name, "CF_XDR_LB": "法人及非法人组织", "CF_XDR_SHXYM": USCC, "CF_WSH": number,
        "CF_WFXW": "违反《中华人民共和国大气污染防治法》第四十五条，未在密闭空间或者设备中进行产生挥发性有机物废气的生产活动",
        "CF_SY": "执法人员于检查时发现，当事人二号车间正在进行涂装作业，车间大门敞开，配套的活性炭吸附装置未运行，"
        "产生的有机废气未经处理直接排放。现场负责人［已遮盖］确认上述事实，并提供生产记录、设备台账为证。",
        "CF_YJ": "《中华人民共和国大气污染防治法》第一百零八条第（一）项",
        "CF_CFLB": "罚款", "CF_NR": "责令改正，处罚款人民币肆万捌仟元整。", "CF_NR_FK": "4.8",
        "CF_JDRQ": decided.isoformat(), "CF_YXQ": "2099-12-31", "CF_CFJG": "淮北市濉溪县生态环境分局",
        "CF_CFJGDM": "11340621003110018K", "CF_SJLY": "淮北市濉溪县数据资源管理局", "CF_SJLYDM": "11340621MB1A12345T",
    }  # fmt: skip
    months = {"minor": (0, 90), "ordinary": (91, 364), "serious": (364, 1094)}[severity]
    repair, end = (decided + timedelta(days=days) for days in months)
    return {
        "id": (index + 900) << 15 | index, "item": "admin-penalty", "item_name": "行政处罚", "title": number,
        "fields": _fields(PENALTY, values), "severity": severity, "decided_on": decided.isoformat(),
        "shown_from": (decided + timedelta(days=5)).isoformat(), "shown_until": end.isoformat(),
        "earliest_repair": repair.isoformat() if severity != "minor" else None,
        "marks": ["有异议"] if index == 1 else [],
        "rule": {
            "id": f"NDRC-36.{severity}", "confidence": "verified" if severity == "serious" else "likely",
            "citation": "《信用修复管理办法》（国家发展改革委令第36号）",
        },
    }  # fmt: skip


def _fields(schema: list[tuple[str, str, str]], values: dict[str, str]) -> list[FieldValue]:
    fields: list[Any] = [
        {"code": code, "label": label, "value": values.get(code, ""), "type": kind}
        for code, label, kind in schema
    ]
    return fields


def _commit(dice: random.Random, entry: Entry) -> tuple[dict[str, str], bytes, tuple[bytes, bytes]]:
    values = ["1", entry["item"], "2018.2", USCC] + [one["value"] for one in entry["fields"]]
    public = "\x1f".join(values).encode()
    parts = [public, "\x1f".join(["1", "3", "17", "2026-05-06"]).encode(), b"1"]
    salts = [dice.randbytes(32) for _ in parts]
    c = [
        hashlib.sha256(b"xinheng-part-v1" + bytes([i]) + salts[i] + part).digest()
        for i, part in enumerate(parts)
    ]
    opened = {"public": b64(public), "salt0": b64(salts[0]), "c1": b64(c[1]), "c2": b64(c[2])}
    return opened, hashlib.sha256(b"\x01" + c[0] + c[1] + c[2]).digest(), (parts[1], salts[1])


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _split(count: int) -> int:
    return 1 << (count - 1).bit_length() - 1


def root(hashes: list[bytes]) -> bytes:
    """MTH of RFC 6962, from leaf hashes."""
    if len(hashes) == 1:
        return hashes[0]
    k = _split(len(hashes))
    return hashlib.sha256(b"\x01" + root(hashes[:k]) + root(hashes[k:])).digest()


def inclusion(hashes: list[bytes], index: int) -> list[bytes]:
    """PATH of RFC 6962."""
    if len(hashes) == 1:
        return []
    k = _split(len(hashes))
    if index < k:
        return [*inclusion(hashes[:k], index), root(hashes[k:])]
    return [*inclusion(hashes[k:], index - k), root(hashes[:k])]


def key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]


def checkpoint(key: Ed25519PrivateKey, size: int, top: bytes, origin: str = ORIGIN) -> str:
    """A signed note over `origin`, size and root (C2SP signed-note and tlog-checkpoint)."""
    body = f"{origin}\n{size}\n{b64(top)}\n"
    mark = key_id(origin, key.public_key().public_bytes_raw()) + key.sign(body.encode())
    return f"{body}\n— {origin} {b64(mark)}\n"


def status_list(key: Ed25519PrivateKey, values: list[int]) -> Any:
    """Two bits a report, lowest bits first, signed by the log's key."""
    packed = bytearray((len(values) + 3) // 4)
    for index, value in enumerate(values):
        packed[index // 4] |= value << (index % 4 * 2)
    body = b64(zlib.compress(bytes(packed)))
    as_of = "2026-11-20T10:00:00+08:00"
    text = f"xinheng-status-v1\n{ORIGIN}\n{as_of}\n{hashlib.sha256(body.encode()).hexdigest()}\n"
    mark = key_id(ORIGIN, key.public_key().public_bytes_raw()) + key.sign(text.encode())
    return {"as_of": as_of, "origin": ORIGIN, "list": body, "signature": f"— {ORIGIN} {b64(mark)}\n"}


def status_list_jwt(key: Ed25519PrivateKey, told: dict[str, Any], header: dict[str, Any]) -> str:
    """A compact JWS (RFC 7515) over a list, made here without the library under test."""
    joined = {"alg": "EdDSA", "typ": "vc+jwt", **header}
    parts = [json.dumps(part).encode() for part in (joined, told)]
    text = ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
    return f"{text}.{base64.urlsafe_b64encode(key.sign(text.encode())).rstrip(b'=').decode()}"
