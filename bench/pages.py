"""`python -m bench.pages HOME…`: server time of the public pages in homes of different size, in one run.

Request to response inside the server, templates and gate included, without the network. What must hold: at most 100 ms
at the 99th percentile, and no page slower in a large home than in a small one beyond noise.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from pathlib import Path
from typing import Any

import click

from bench.measure import run

ROUNDS = 30


@click.command()
@click.argument("homes", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def main(homes: tuple[Path, ...]) -> None:
    """Prints median / 99th percentile in milliseconds for every page and home."""
    answers: dict[str, dict[str, Any]] = {}
    for home in homes:
        env = {"XINHENG_HOME": str(home), "DJANGO_SETTINGS_MODULE": "xinheng.settings"}
        answers[str(home)] = run("bench.pages", "measure", env=env).answer
    sizes = [f"{answer['statements']:,}" for answer in answers.values()]
    click.echo(f"{'ms: median/p99, statements':34}" + "".join(f"{size:>18}" for size in sizes))
    for page in next(iter(answers.values()))["pages"]:
        cells = ["{:.0f}/{:.0f}".format(*answer["pages"][page]) for answer in answers.values()]
        click.echo(f"{page:34}" + "".join(f"{cell:>18}" for cell in cells))


def measure() -> dict[str, Any]:
    """Every page asked for thirty times with different subjects, after two to warm up."""
    import django

    django.setup()
    from django.test import Client

    from xinheng.evidence import service as evidence
    from xinheng.faces.clock import today
    from xinheng.faces.listing import listed
    from xinheng.faces.site import limits

    on = evidence.last_day() or today()
    os.environ["XINHENG_TODAY"] = on.isoformat()
    chance = random.Random(1)
    entries = []
    after = None
    for _ in range(6):
        page = listed(items=["admin-penalty"], on=on, after=after, limit=100)
        entries += page.entries
        after = page.next
        if after is None:
            break
    picked = chance.sample(entries, min(ROUNDS, len(entries)))
    pages = {
        "/": ["/"],
        "/search/?q=": [f"/search/?q={text}" for text in ("建筑", "食品", "有限公司", "商店", "农业")],
        "/org/…/": [f"/org/{entry.uscc}/" for entry in picked],
        "/org/…/penalties/": [f"/org/{entry.uscc}/penalties/" for entry in picked],
        "/org/…/?known_on=": [f"/org/{entry.uscc}/?known_on={on}&valid_on={on}" for entry in picked],
        "/statement/…/": [f"/statement/{entry.id}/" for entry in picked],
        "/double-publicity/": ["/double-publicity/"],
        "/double-publicity/?department=": [
            f"/double-publicity/?kind=penalties&department={entry.authority}" for entry in picked
        ],
        "/lists/": ["/lists/"],
        "/statistics/": ["/statistics/"],
        "/sources/": ["/sources/"],
        "/catalogue/": ["/catalogue/"],
    }
    client, told = Client(), {}
    for name, addresses in pages.items():
        spent = []
        for number in range(ROUNDS + 2):
            limits.buckets.clear()
            started = time.perf_counter()
            response = client.get(addresses[number % len(addresses)])
            if number > 1:
                spent.append(1_000 * (time.perf_counter() - started))
            if response.status_code != 200:
                raise RuntimeError(f"{addresses[number % len(addresses)]}: {response.status_code}")
        spent.sort()
        told[name] = [spent[len(spent) // 2], spent[-1]]
    return {"seconds": 0.0, "statements": evidence.size(), "pages": told}


if __name__ == "__main__":
    if sys.argv[1:] == ["measure"]:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinheng.settings")
        print(json.dumps(measure()))
    else:
        main()
