"""The runner of all checks must not let a skipped database or browser pass for a green run."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import check

RECORD = """<testsuites><testsuite>
<testcase name="a"/><testcase name="b"><failure message="no"/></testcase>
<testcase name="c"><error message="broke in set-up"/></testcase>
<testcase name="d"><skipped message="no Chromium here"/></testcase>
</testsuite></testsuites>"""


def test_a_record_of_pytest_is_counted_case_by_case(tmp_path: Path) -> None:
    file = tmp_path / "record.xml"
    file.write_text(RECORD)
    result = check.read("tests", file)
    assert (result.passed, result.failed) == (1, 2)
    assert result.skipped == Counter({"no Chromium here": 1})


def test_a_missing_record_counts_as_nothing_ran(tmp_path: Path) -> None:
    assert check.read("tests", tmp_path / "absent.xml").ran_nothing


@pytest.mark.parametrize(
    ("skipped", "strict", "code"),
    [
        ({}, True, 0),
        ({"no Chromium here": 2}, False, 0),
        ({"no Chromium here": 2}, True, 1),
        ({"../shared/data is not here": 3}, True, 0),
    ],
)
def test_only_absent_shared_data_may_be_skipped_where_it_counts(
    skipped: dict[str, int], strict: bool, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    result = check.Result("tests, browser", passed=5, skipped=Counter(skipped), must_run=True)
    assert check.summary([result], strict=strict) == code
    printed = capsys.readouterr().out
    assert all(reason in printed for reason in skipped)
    assert printed.splitlines()[-1] == f"5 passed, {code} failed, {sum(skipped.values())} skipped"


def test_a_kind_of_tests_of_which_none_ran_fails_where_it_counts() -> None:
    nothing = check.Result("tests, PostgreSQL", must_run=True)
    assert check.summary([nothing], strict=False) == 0
    assert check.summary([nothing], strict=True) == 1
