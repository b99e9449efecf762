"""Which landing hours a run takes, and what may be asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException, ParamValidationError

from millrace.interval import landing_hours, params
from millrace.run import run_id
from millrace.stages import Plan, plan_arguments

DAY = datetime(2026, 1, 5, tzinfo=UTC)


def run(run_type: str = "manual", start: datetime | None = DAY, end: datetime | None = DAY + timedelta(days=1)) -> Any:
    return SimpleNamespace(run_type=run_type, data_interval_start=start, data_interval_end=end)


def context(run: Any, **given: Any) -> Any:
    return {"dag_run": run, "params": {"from": None, "to": None, **given}}


@pytest.mark.parametrize("run_type", ["scheduled", "backfill", "manual"])
def test_a_run_takes_its_own_interval(run_type: str) -> None:
    assert landing_hours(run(run_type), {}).arguments() == ("--from", "2026-01-05T00", "--to", "2026-01-06T00")


def test_only_scheduled_runs_look_back() -> None:
    looking = {
        kind: "--look-back" in plan_arguments(context(run(kind))) for kind in ("scheduled", "backfill", "manual")
    }
    assert looking == {"scheduled": True, "backfill": False, "manual": False}


def test_intervals_are_told_in_utc_and_whole_hours() -> None:
    paris = timezone(timedelta(hours=1))
    start = datetime(2026, 1, 5, 0, 15, tzinfo=paris)
    assert landing_hours(run(start=start, end=start + timedelta(days=1)), {}).arguments() == (
        *("--from", "2026-01-04T23"),
        *("--to", "2026-01-05T23"),
    )
    quarter = landing_hours(run(start=DAY + timedelta(minutes=15), end=DAY + timedelta(minutes=30)), {})
    assert quarter.arguments() == ("--from", "2026-01-05T00", "--to", "2026-01-05T01")


def test_a_run_reads_what_it_has_landed_itself() -> None:
    landed = plan_arguments(context(run("scheduled")), "2026-01-06T00")
    assert landed == ("plan", "--from", "2026-01-05T00", "--to", "2026-01-06T01", "--look-back")
    within = plan_arguments(context(run()), "2026-01-05T07")
    assert within == ("plan", "--from", "2026-01-05T00", "--to", "2026-01-06T00")
    asked = {"from": "2026-02-01", "to": "2026-02-01T03"}
    assert plan_arguments(context(run(), **asked), "2026-02-02T00")[-1] == "2026-02-01T03"


def test_somebody_may_ask_for_another_interval() -> None:
    asked = {"from": "2026-02-01", "to": "2026-02-01T03"}
    assert landing_hours(run(), asked).arguments() == ("--from", "2026-02-01T00", "--to", "2026-02-01T03")
    assert landing_hours(run(start=None, end=None), asked).arguments()[1] == "2026-02-01T00"


@pytest.mark.parametrize(
    ("of", "given", "sentence"),
    [
        (run(), {"from": "2026-01-05"}, "both From and To"),
        (run(), {"to": "2026-01-05"}, "both From and To"),
        (run(), {"from": "2026-01-05", "to": "2026-01-05"}, "is not before"),
        (run(), {"from": "2026-01-05T01", "to": "2026-01-05"}, "is not before"),
        (run(), {"from": "2026-02-30", "to": "2026-03-01"}, "no such day"),
        (run("backfill"), {"from": "2026-01-05", "to": "2026-01-06"}, "takes its own interval"),
        (run("scheduled"), {"from": "2026-01-05", "to": "2026-01-06"}, "takes its own interval"),
        (run(start=None, end=None), {}, "no interval of its own"),
    ],
)
def test_what_makes_no_interval_fails_at_once_with_a_sentence(of: Any, given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(AirflowFailException, match=sentence):
        landing_hours(of, given)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("from", "2026-01-05"),
        ("to", "2026-01-05T23"),
        ("from", None),
        ("accept_held", ["2026-01-05T03"]),
        ("accept_removals", ["events/datehour=2026-01-05-03/part 1.json", "2026-01-05T03"]),
    ],
)
def test_parameters_take_what_fits(name: str, value: Any) -> None:
    assert params()[name].resolve(value) == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("from", "yesterday"),
        ("from", ""),
        ("from", "2026-13-05"),
        ("from", "2026-01-05T24"),
        ("from", "2026-01-05 03:00"),
        ("from", 20260105),
        ("to", "2026-1-5"),
        ("to", "2026-01-05T03\n--dry-run"),
        ("accept_held", "2026-01-05T03"),
        ("accept_held", ["2026-01-05"]),
        ("accept_removals", ["a,b"]),
        ("accept_removals", [""]),
    ],
)
def test_parameters_refuse_what_does_not(name: str, value: Any) -> None:
    with pytest.raises(ParamValidationError):
        params()[name].resolve(value)


def test_a_scheduled_run_waits_until_objects_have_settled() -> None:
    plan = Plan(task_id="plan", pipeline="consents", settle=timedelta(minutes=30))
    assert plan.settled_at(context(run("scheduled"))) == DAY + timedelta(days=1, minutes=30)
    assert plan.settled_at(context(run("backfill"))) is None
    assert plan.settled_at(context(run("manual"))) is None


def test_a_run_that_has_not_settled_waits_without_a_slot() -> None:
    from airflow.sdk.exceptions import TaskDeferred

    end = datetime.now(UTC) - timedelta(minutes=10)
    plan = Plan(task_id="plan", pipeline="consents", settle=timedelta(minutes=30))
    with pytest.raises(TaskDeferred) as deferred:
        plan.execute(context(run("scheduled", end - timedelta(days=1), end)))
    assert deferred.value.trigger.moment == end + timedelta(minutes=30)
    assert deferred.value.method_name == "execute_settled"


def test_runs_of_two_pipelines_have_names_of_their_own_that_are_safe_in_keys() -> None:
    scheduled = "scheduled__2026-01-05T00:00:00+00:00"
    names = {run_id(pipeline, scheduled) for pipeline in ("consents", "checkins")}
    names.add(run_id("consents", "scheduled__2026-01-05T00:00:00-00:00"))
    assert len(names) == 3
    assert all(name.replace("-", "").replace(".", "").replace("_", "").isalnum() for name in names)
    assert run_id("consents", "mine_1") == "consents.mine_1"
    assert run_id("consents", scheduled) == run_id("consents", scheduled)
