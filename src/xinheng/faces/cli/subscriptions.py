"""Commands for subscriptions: how they stand, a round of deliveries by hand, a new signing key."""

from __future__ import annotations

from dataclasses import asdict

import click

from xinheng.faces.cli.data import _actor, _ready
from xinheng.faces.cli.output import answer, command, json_option


@click.group("subscriptions")
def subscriptions_command() -> None:
    """变化订阅:谁在订阅、投递到哪里、签名密钥。"""


@subscriptions_command.command("show")
@click.option("--client", default=None, help="只看一个接口账户")
@json_option
@command
def show(client: str | None, as_json: bool) -> None:
    """列出订阅和没有送达的消息。"""
    _ready()
    from xinheng.subscriptions import service as subscriptions

    found = subscriptions.subscriptions(client=client, limit=subscriptions.MAX_PAGE)
    rows = [
        {
            "id": one.id, "client": one.client, "body": one.body, "host": one.host, "kinds": list(one.kinds),
            "matter": one.matter, "scope": one.scope, "codes": one.codes, "state": one.state, "reason": one.reason,
            "waiting": one.waiting, "given_up": one.given_up,
            "next_at": one.next_at.isoformat() if one.next_at else None,
        }
        for one in found
    ]  # fmt: skip
    lines = [
        f"{one.id}  {one.client}  {one.host}  {subscriptions.STATES[one.state]}({one.reason})  "
        f"组织 {one.codes}  待投递 {one.waiting}  已放弃 {one.given_up}"
        for one in found
    ]
    answer({"subscriptions": rows}, as_json=as_json, text="\n".join(lines) or "还没有订阅。")


@subscriptions_command.command("deliver")
@click.option("--most", default=1_000, show_default=True, help="最多投递多少条")
@json_option
@command
def deliver(most: int, as_json: bool) -> None:
    """投递到期的消息;serve 运行时会自己投递。"""
    _ready()
    from xinheng.evidence import service as evidence
    from xinheng.faces.clock import now
    from xinheng.subscriptions import service as subscriptions

    evidence.drain(at=now())
    evidence.write_trust_bundle(at=now())
    subscriptions.decide(at=now(), actor=_actor())
    told = subscriptions.deliver(at=now(), most=most, seconds=600, actor=_actor())
    text = f"送达 {told.delivered},失败 {told.failed},放弃 {told.given_up},待投递 {told.waiting}"
    answer(asdict(told), as_json=as_json, text=text)


@subscriptions_command.command("rotate-key")
@json_option
@command
def rotate_key(as_json: bool) -> None:
    """更换投递的签名密钥;旧公钥留在信任包里,已发出的消息仍可核验。"""
    _ready()
    from xinheng.evidence import service as evidence
    from xinheng.faces.clock import now
    from xinheng.subscriptions import service as subscriptions

    at = now()
    kid = subscriptions.rotate_key(actor=_actor(), at=at)
    evidence.drain(at=at)
    trust = evidence.write_trust_bundle(at=at)
    answer({"kid": kid, "trust": str(trust)}, as_json=as_json, text=f"新的投递密钥:{kid};信任包:{trust}")
