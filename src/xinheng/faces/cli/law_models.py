"""The command that shows evaluation models as the packs have them; it joins the group `law`."""

from __future__ import annotations

from datetime import datetime

import click

from xinheng.faces.cli.main import start_django
from xinheng.faces.cli.output import answer, command, json_option
from xinheng.home import home


@click.command("models")
@click.argument("code", required=False)
@click.option("--pack", "pack_code", help="规则包代码;不写的用本机的规则包")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="只列那一天有效的版本")
@json_option
@command
def models(code: str | None, pack_code: str | None, day: datetime | None, as_json: bool) -> None:
    """评价模型:指标、衰减、封顶、等级和依据;列出不等于启用,由信用办采用以后才有效。"""
    start_django()
    from xinheng.law import service as law

    pack = law.load(pack_code or "national") if pack_code or not home().exists else law.active()
    on = day.date() if day else None
    found = (
        {code: law.model(pack=pack, code=code, on=on)} if code is not None else law.models(pack=pack, on=on)
    )
    payload = {
        "pack": pack.code,
        "digest": pack.digest,
        "on": on.isoformat() if on else None,
        "models": [law.model_dict(pack=pack, model=one) for one in found.values()],
    }
    text = "\n\n".join(law.model_text(pack=pack, model=one) for one in found.values())
    answer(payload, as_json=as_json, text=text or "没有评价模型")
