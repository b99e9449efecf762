"""Exit codes as exceptions, which Airflow turns into states."""

from __future__ import annotations

import re
from itertools import product

import pytest
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException
from conftest import ROOT

from millrace.outcome import Exit, StageFailedError, StageInterruptedError, end_of, judge, stages_may_follow


def test_exit_codes_are_those_of_the_reference_page() -> None:
    page = (ROOT / "docs" / "reference" / "exit-codes.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \|", page, re.MULTILINE)
    assert {name: int(code) for code, name in rows} == {code.name: code.value for code in Exit}


@pytest.mark.parametrize(
    ("returned", "state"),
    [
        (0, "success"),
        (1, "failed"),
        (2, "failed"),
        (3, "failed"),
        (10, "skipped"),
        (20, "failed"),
        (42, "failed"),
        (75, "up_for_retry"),
        (76, "up_for_retry"),
        (137, "up_for_retry"),
        (143, "up_for_retry"),
        (-9, "up_for_retry"),
    ],
)
def test_every_code_has_its_state(returned: int, state: str) -> None:
    assert _state(returned) == state


def _state(returned: int) -> str:
    try:
        judge("load", end_of("load", returned, {}, ""))
    except AirflowSkipException:
        return "skipped"
    except AirflowFailException:
        return "failed"
    except AirflowException:
        return "up_for_retry"
    return "success"


def test_a_failure_tells_stage_code_and_sentence() -> None:
    with pytest.raises(StageFailedError, match=r"^load ended with 20: Table a differs\.$") as failed:
        judge("load", end_of("load", 20, {}, "Table a differs."))
    assert failed.value.code == Exit.BROKEN
    with pytest.raises(StageInterruptedError, match="killed by signal 9"):
        judge("load", end_of("load", -9, {}, ""))
    with pytest.raises(StageFailedError, match="MILLRACE_LOAD_JAVA_OPTIONS"):
        judge("load", end_of("load", 3, {}, ""))


def test_transform_follows_whatever_leaves_other_hours_to_go_on() -> None:
    ends = [None, *Exit]
    may = {(plan, commit) for plan, commit in product(ends, ends) if stages_may_follow(plan, commit)}
    committed = {(Exit.DONE, commit) for commit in (Exit.DONE, Exit.NOTHING_STALE, Exit.BROKEN)}
    barren = set(product((Exit.NOTHING_STALE, Exit.BROKEN), ends))
    assert may == committed | barren
