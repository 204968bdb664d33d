"""Commands for accounts: people who sign in, machines that send."""

from __future__ import annotations

from dataclasses import asdict

import click

from xinheng.faces.cli.data import _actor, _ready
from xinheng.faces.cli.output import answer, command, json_option


@click.group("accounts")
def accounts_command() -> None:
    """账户:登录工作台的人、接口报送的机器。"""


@accounts_command.command("add")
@click.argument("name")
@click.option(
    "--role", type=click.Choice(["office", "department", "reviewer", "authority", "auditor"]), required=True
)
@click.option("--body", default="", help="单位的统一社会信用代码(信用办、审计不填)")
@click.option("--title", default="", help="岗位,如 法规科报送岗;不写人名")
@json_option
@command
def add(name: str, role: str, body: str, title: str, as_json: bool) -> None:
    """新建账户;密码由系统给出,只显示这一次。"""
    _ready()
    from xinheng.accounts import service as accounts
    from xinheng.faces.clock import now

    made = accounts.add(name=name, role=role, body=body, title=title, at=now(), actor=_actor())
    answer(
        asdict(made),
        as_json=as_json,
        text=f"用户名 {made.name}  密码 {made.password}\n密码只显示这一次,请当面交给使用人。",
    )


@accounts_command.command("list")
@json_option
@command
def list_(as_json: bool) -> None:
    """列出账户和接口账户。"""
    _ready()
    from xinheng.accounts import service as accounts

    people, machines = accounts.accounts(), accounts.clients()
    lines = [
        f"{one.name:<16}{one.role:<12}{one.body or '-':<20}{one.title}{'' if one.active else '(已停用)'}"
        for one in people
    ]
    lines += [
        f"{one.id:<16}{'client':<12}{one.body:<20}{one.title}{'' if one.active else '(已停用)'}"
        for one in machines
    ]
    payload = {"accounts": [asdict(one) for one in people], "clients": [asdict(one) for one in machines]}
    answer(payload, as_json=as_json, text="\n".join(lines) or "还没有账户。")


@accounts_command.command("disable")
@click.argument("name")
@json_option
@command
def disable(name: str, as_json: bool) -> None:
    """停用账户;已登录的立即退出。"""
    _ready()
    from xinheng.accounts import service as accounts
    from xinheng.faces.clock import now

    accounts.disable(name=name, at=now(), actor=_actor())
    answer({"account": name, "active": False}, as_json=as_json, text=f"{name} 已停用。")


@accounts_command.command("enable")
@click.argument("name")
@json_option
@command
def enable(name: str, as_json: bool) -> None:
    """恢复停用的账户。"""
    _ready()
    from xinheng.accounts import service as accounts
    from xinheng.faces.clock import now

    accounts.enable(name=name, at=now(), actor=_actor())
    answer({"account": name, "active": True}, as_json=as_json, text=f"{name} 已恢复。")


@accounts_command.command("unlock")
@click.argument("name")
@json_option
@command
def unlock(name: str, as_json: bool) -> None:
    """解除因连续输错密码的锁定。"""
    _ready()
    from xinheng.accounts import service as accounts
    from xinheng.faces.clock import now

    accounts.unlock(name=name, at=now(), actor=_actor())
    answer({"account": name, "locked": False}, as_json=as_json, text=f"{name} 已解锁。")


@accounts_command.command("password")
@click.argument("name")
@click.option("--ask", is_flag=True, help="自己输入密码(默认由系统给出)")
@json_option
@command
def password(name: str, ask: bool, as_json: bool) -> None:
    """重设密码;已登录的立即退出。"""
    _ready()
    from xinheng.accounts import service as accounts
    from xinheng.faces.clock import now

    chosen = click.prompt("新密码", hide_input=True, confirmation_prompt=True) if ask else ""
    made = accounts.set_password(name=name, password=chosen, at=now(), actor=_actor())
    shown = {} if ask else {"password": made.password}
    text = f"{name} 的密码已重设。" if ask else f"{name} 的新密码 {made.password}\n密码只显示这一次。"
    answer({"account": name, **shown}, as_json=as_json, text=text)


@accounts_command.command("end-factor")
@click.argument("name")
@json_option
@command
def end_factor(name: str, as_json: bool) -> None:
    """取消一个账户的第二重验证(手机和恢复码都丢了);核实本人之后才用。"""
    _ready()
    from xinheng.accounts import service as accounts
    from xinheng.faces.clock import now

    accounts.end_factor(name=name, at=now(), actor=_actor())
    answer({"account": name, "factor": False}, as_json=as_json, text=f"{name} 的第二重验证已取消。")


@accounts_command.group("claim")
def claim_group() -> None:
    """企业经办账户:由身份提供方证明而建立,这里只能查看、终止和恢复。"""


@claim_group.command("list")
@click.option("--body", default="", help="只看这一家(统一社会信用代码)")
@click.option("--after", default="", help="接着上一页的最后一个账户")
@click.option("--limit", type=click.IntRange(1, 500), default=50)
@json_option
@command
def claim_list(body: str, after: str, limit: int, as_json: bool) -> None:
    """列出企业经办账户。"""
    _ready()
    from xinheng.accounts import service as accounts

    found = accounts.claims(body=body, after=after, limit=limit)
    lines = [f"{one.account}  {one.uscc}{'' if one.active else '(已终止)'}" for one in found]
    answer(
        {"claims": [asdict(one) for one in found]},
        as_json=as_json,
        text="\n".join(lines) or "没有企业经办账户。",
    )


@claim_group.command("end")
@click.argument("name")
@click.option("--reason", required=True, help="理由,如 单位来函更换经办人")
@json_option
@command
def claim_end(name: str, reason: str, as_json: bool) -> None:
    """终止一个企业经办账户;已登录的立即退出。"""
    _ready()
    from xinheng.accounts import service as accounts
    from xinheng.faces.clock import now

    accounts.end_claim(name=name, reason=reason, at=now(), actor=_actor())
    answer({"account": name, "active": False}, as_json=as_json, text=f"{name} 已终止。")


@claim_group.command("reopen")
@click.argument("name")
@json_option
@command
def claim_reopen(name: str, as_json: bool) -> None:
    """恢复一个已终止的企业经办账户。"""
    _ready()
    from xinheng.accounts import service as accounts
    from xinheng.faces.clock import now

    accounts.reopen_claim(name=name, at=now(), actor=_actor())
    answer({"account": name, "active": True}, as_json=as_json, text=f"{name} 已恢复。")


@accounts_command.group("client")
def client_group() -> None:
    """接口账户。"""


@client_group.command("add")
@click.option("--body", required=True, help="报送单位的统一社会信用代码")
@click.option("--scopes", default="intake", help="权限范围,逗号分隔")
@click.option("--title", default="", help="系统名称")
@click.option(
    "--matter", "matters", multiple=True, help="只能核查这个事项(代码,可以写多次);不写是本单位的全部事项"
)
@click.option("--sector", default="", help="行业领域的代码;不写按单位判断")
@json_option
@command
def client_add(
    body: str, scopes: str, title: str, matters: tuple[str, ...], sector: str, as_json: bool
) -> None:
    """新建接口账户;密钥只显示这一次。"""
    _ready()
    from xinheng.accounts import service as accounts
    from xinheng.evidence import service as evidence
    from xinheng.faces.clock import now
    from xinheng.faces.machines import sector_for

    at = now()
    wanted = tuple(filter(None, (part.strip() for part in scopes.split(","))))
    made = accounts.add_client(
        body=body, scopes=wanted, title=title, at=at, actor=_actor(), matters=matters,
        sector=sector_for(body=body, matters=matters, sector=sector, on=evidence.legal_day(at)),
    )  # fmt: skip
    text = f"client_id {made.id}\nclient_secret {made.secret}\n密钥只显示这一次。取令牌:POST /api/v1/token"
    if made.sector:
        text += f"\n行业领域 {made.sector}"
    elif "check-shared" in wanted:
        text += "\n没有认出单位的行业领域:非公开信息只能为各部门通用的事项核查。用 --sector 写明行业领域,另建一个。"
    answer(asdict(made), as_json=as_json, text=text)


@client_group.command("list")
@json_option
@command
def client_list(as_json: bool) -> None:
    """列出接口账户。"""
    _ready()
    from xinheng.accounts import service as accounts

    found = accounts.clients()
    lines = [
        f"{one.id}  {one.body}  {' '.join(one.scopes)}  {one.title}{'' if one.active else '(已停用)'}"
        for one in found
    ]
    answer(
        {"clients": [asdict(one) for one in found]},
        as_json=as_json,
        text="\n".join(lines) or "还没有接口账户。",
    )


@client_group.command("disable")
@click.argument("id")
@json_option
@command
def client_disable(id: str, as_json: bool) -> None:
    """停用接口账户;它的令牌立即失效。"""
    _ready()
    from xinheng.accounts import service as accounts
    from xinheng.faces.clock import now

    accounts.disable_client(id=id, at=now(), actor=_actor())
    answer({"client": id, "active": False}, as_json=as_json, text=f"{id} 已停用。")
