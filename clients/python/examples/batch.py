"""Many organisations for one matter, from a file with a code a line: python batch.py MATTER FILE > answers.csv"""

import csv
import sys
from pathlib import Path

from _account import platform

matter, file = sys.argv[1:]
codes = [line.strip() for line in Path(file).read_text(encoding="utf-8").splitlines() if line.strip()]
out = csv.writer(sys.stdout)
out.writerow(["代码", "名称", "登记状态", "记录数", "应当", "有效至", "核查编号", "没有核查的原因"])
with platform() as client:
    # The file's name as key: run again after a broken connection, it goes on instead of checking twice
    for batch in client.check_many(codes, matter, key=Path(file).stem):
        client.verify(batch)
        for one in batch.answers:
            must = sum(hint.must for hint in one.hints)
            out.writerow(
                [
                    one.uscc,
                    one.name,
                    one.status,
                    len(one.entries),
                    must,
                    one.valid_until,
                    one.number,
                    one.unchecked,
                ]
            )
