"""A peer in its own environment: `nomenklatura`, algorithm logic-v2, on the candidates that our retrieval found.

It reads lines of JSON, {"row", "name", "code", "candidates": [[code, name], …]}, and counts only the comparing: the
question is made an entity, those of the register were made before.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any


def main(source: str, out: str) -> None:
    """Compares and writes the best candidate of each line; prints the time each question took."""
    from followthemoney import model
    from nomenklatura.matching import LogicV2
    from nomenklatura.matching.types import ScoringConfig

    settings = ScoringConfig.defaults()

    def entity(key: str, name: str, code: str) -> Any:
        told = {"name": [name], "country": ["cn"], **({"uscCode": [code]} if code else {})}
        return model.get_proxy({"id": key, "schema": "Company", "properties": told})

    spent: list[float] = []
    compared = 0
    with open(source, encoding="utf-8") as lines, open(out, "w", encoding="utf-8") as answers:
        for line in lines:
            asked = json.loads(line)
            register = [entity(f"r{code}", name, code) for code, name in asked["candidates"]]
            started = time.perf_counter()
            question = entity("asked", asked["name"], asked["code"])
            scores = [LogicV2.compare(question, one, settings).score for one in register]
            spent.append(time.perf_counter() - started)
            compared += len(scores)
            if scores and max(scores) > 0:
                best = scores.index(max(scores))
                told = {"row": asked["row"], "code": asked["candidates"][best][0], "score": scores[best]}
                answers.write(json.dumps(told) + "\n")
    total = sum(spent)
    ordered = sorted(1000 * one for one in spent)
    print(json.dumps({
        "seconds": total, "count": len(spent), "rate": len(spent) / total, "compared": compared,
        "p50": ordered[len(ordered) // 2], "p99": ordered[int(len(ordered) * 0.99) - 1], "worst": ordered[-1],
    }))  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
