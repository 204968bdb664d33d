"""The peer on the validating side: Frictionless with a schema of types, lengths and required fields."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

LENGTHS = {"CF_XDR_MC": 200, "CF_XDR_SHXYM": 18, "CF_WSH": 64, "CF_WFXW": 2000, "CF_SY": 5000, "CF_YJ": 2000}


def main(file: str, rows: str) -> None:
    """Validates the first `rows` rows and prints the seconds."""
    from frictionless import Checklist, Resource, Schema, fields, validate

    limit = int(rows)
    source = Path(file)
    part = source.with_name("frictionless-part.csv")
    with source.open(encoding="utf-8-sig") as inside, part.open("w", encoding="utf-8") as out:
        header = inside.readline()
        out.write(header)
        for number, line in enumerate(inside):
            if number >= limit:
                break
            out.write(line)
    names = header.strip().split(",")
    described = [
        fields.StringField(
            name=name, constraints={"required": name in LENGTHS, "maxLength": LENGTHS.get(name, 4000)}
        )
        for name in names
    ]
    resource = Resource(path=part.name, basepath=str(part.parent), schema=Schema(fields=described))
    started = time.perf_counter()
    report = validate(resource, checklist=Checklist(), limit_errors=1_000_000)
    seconds = time.perf_counter() - started
    part.unlink()
    print(json.dumps({"seconds": seconds, "rows": limit, "valid": report.valid}))


if __name__ == "__main__":
    main(*sys.argv[1:])
