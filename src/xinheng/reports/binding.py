"""Whether the entries of a report are what the public log holds.

The signature says who issued the report; this says the issuer could not have shown different text to different people:
every printed value equals the value in a part whose commitment is under the checkpoint.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence

from xinheng.kernel.errors import XinhengError
from xinheng.kernel.leaf import commit_part, leaf_from_commitments, leaf_hash_of
from xinheng.kernel.merkle import verify_inclusion
from xinheng.kernel.note import Checkpoint, Verifier, open_checkpoint
from xinheng.kernel.values import unpack_values
from xinheng.reports.envelope import Altered
from xinheng.reports.shape import Entry, PartSchema, Proof, ProvenStatement, Report

WITHHELD = "［不予公示］"
Schemas = dict[tuple[str, str], PartSchema]
_HEADERS = {"public": 4, "shared": 4}


def check(report: Report, proof: Proof, verifiers: Sequence[Verifier]) -> None:
    """Raises `Altered` with the first thing that does not hold; other exceptions mean a report out of shape."""
    if not verifiers:
        raise Altered("信任包中没有签发时有效的日志公钥，无法核对存证。")
    try:
        checkpoint = open_checkpoint(proof["checkpoint"], verifiers, origin=report["origin"])
    except XinhengError as found:
        raise Altered(f"账本检查点不可信：{found.message}") from None
    if proof["origin"] != checkpoint.origin or proof["size"] != checkpoint.size:
        raise Altered("存证与检查点不一致。")
    if not 0 <= report["position"] <= checkpoint.size:
        raise Altered("报告的账本位置超出检查点。")
    proven = {statement["id"]: statement for statement in proof["statements"]}
    schemas = {(one["item"], one["version"]): one for one in proof["schemas"]}
    for entry in entries(report):
        if entry["id"] not in proven:
            raise Altered(f"条目「{entry['title']}」没有存证。")
        statement = proven[entry["id"]]
        _check_leaf(entry, statement, checkpoint, report["position"])
        _check_values(entry, statement, report["organisation"]["code"], schemas)


def entries(report: Report) -> Iterator[Entry]:
    """Every entry of the report, the local supplement included."""
    for section in report["sections"]:
        yield from section["entries"]
    if supplement := report.get("supplement"):
        yield from supplement["entries"]


def _check_leaf(entry: Entry, statement: ProvenStatement, checkpoint: Checkpoint, position: int) -> None:
    commitments = [commit_part(0, _bytes(statement["salt0"]), _bytes(statement["public"]))]
    commitments += [_bytes(statement["c1"]), _bytes(statement["c2"])]
    if (
        "shared" in statement
        and commit_part(1, _bytes(statement["salt1"]), _bytes(statement["shared"])) != commitments[1]
    ):
        raise Altered(f"条目「{entry['title']}」的共享内容与存证不符。")
    index = statement["leaf_index"]
    # Known at the report's position means: in the log before it
    found = index < position and verify_inclusion(
        leaf=leaf_hash_of(leaf_from_commitments(commitments)),
        index=index,
        size=checkpoint.size,
        proof=[_bytes(node) for node in statement["path"]],
        root_hash=checkpoint.root,
    )
    if not found:
        raise Altered(f"条目「{entry['title']}」不在账本检查点之下。")


def _check_values(entry: Entry, statement: ProvenStatement, code: str, schemas: Schemas) -> None:
    public = unpack_values(_bytes(statement["public"]))
    if public[1] != entry["item"] or public[3] != code:
        raise Altered(f"条目「{entry['title']}」的事项或主体与存证不符。")
    schema = schemas[public[1], public[2]]
    values = dict(zip(schema["public"], public[_HEADERS["public"] :], strict=True))
    if "shared" in statement:
        shared = unpack_values(_bytes(statement["shared"]))
        values |= dict(zip(schema["shared"], shared[_HEADERS["shared"] :], strict=True))
    for field in entry["fields"]:
        if field.get("withheld") and field["value"] in ("", WITHHELD):
            continue
        if values.get(field["code"]) != field["value"]:
            raise Altered(f"条目「{entry['title']}」的“{field['label']}”与存证不符。")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
