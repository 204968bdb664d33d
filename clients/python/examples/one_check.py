"""One organisation before one decision: python one_check.py CODE MATTER [CASE NUMBER]"""

import sys

from _account import platform

code, matter, *case = sys.argv[1:]
with platform() as client:
    answer = client.check(code, matter, case_number=case[0] if case else "")
    client.verify(answer)
if answer.unchecked:
    sys.exit(f"没有核查（{answer.unchecked}）：{answer.raw['why_valid']}")
print(f"{answer.name or answer.uscc} {answer.status} 核查编号 {answer.number} 有效至 {answer.valid_until}")
for said in answer.forbids:
    print(f"法律禁止：{said.text}")
for entry in answer.entries:
    print(f"- {entry.title} {entry.authority} {entry.decided_on} {' '.join(entry.marks)}")
for hint in answer.hints:
    print(
        f"提示（{'应当' if hint.must else '可以'}）：{hint.name} {hint.citation}{'（待核实）' if hint.pending else ''}"
    )
if not answer.entries:
    print("没有与本事项有关的记录。")
