"""A check of what bodies share, then what was done about each hint of kind 应当:
python feedback.py CODE MATTER PURPOSE DOCUMENT"""

import sys

from _account import platform

code, matter, purpose, document = sys.argv[1:]
with platform() as client:
    answer = client.check(code, matter, scope="shared", purpose=purpose)
    for hint in answer.hints:
        if not hint.must:
            continue
        # Before acting: does it still stand, and is it this unit's to take?
        now = client.may(code, hint.measure, matter)
        print(f"{hint.name}：{now.text}")
        done = client.feedback(
            answer.number, hint.ordinal, applied=now.allowed, document=document if now.allowed else "",
            reason="" if now.allowed else "办理时依据已不成立",
        )  # fmt: skip
        print(
            f"已反馈：{answer.number} 第 {done.hint} 条，{'已实施' if done.applied else '未实施'}（第 {done.version} 版）"
        )
