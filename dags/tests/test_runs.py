"""Whole runs, with jobs that end as they are told: exit codes become states, and states decide what follows."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from conftest import RunDag, StandInJobs

STARTED = ["plan", "run", "run", "commit", "transform", "load"]


def started(jobs: StandInJobs) -> list[str]:
    return [call.split(" ", 1)[0] for call in jobs.calls()]


def test_a_run_maps_ingest_over_shards_and_tells_counts(jobs: StandInJobs, run_dag: RunDag) -> None:
    ran = run_dag("consents")
    assert ran.state == "success"
    assert ran.tasks == {
        "plan": ["success"],
        "ingest": ["success", "success"],
        "commit": ["success"],
        "transform": ["success"],
        "load": ["success"],
        "done": ["success"],
    }
    assert started(jobs) == STARTED
    run = ran.events["clean.consent_events"]["run"]
    assert ran.events == {
        "clean.consent_events": {"run": run, "hours": 2, "rows": 6, "duplicate": 2},
        "quarantine.consent_events": {"run": run, "hours": 2, "rows": 2},
        "base.consent_events": {"run": run, "periods": 2, "rows": 6},
        "warehouse.consent_events": {"run": run, "rows": 6, "deleted": 0, "updated": 1, "inserted": 5},
    }
    assert all(f"--run-id {run}" in call and "--pipeline consents" in call for call in jobs.calls())
    assert "--from 2026-01-05T00 --to 2026-01-07T00" in jobs.calls("plan")[0]
    assert "--look-back" not in jobs.calls("plan")[0]
    assert sorted(call.split("--plan p1 --shard ")[1][0] for call in jobs.calls("run")) == ["0", "1"]


def test_a_queue_lands_before_anything_is_planned(jobs: StandInJobs, run_dag: RunDag) -> None:
    ran = run_dag("arrivals")
    assert ran.state == "success"
    assert started(jobs) == ["land", *STARTED]
    assert ran.tasks["land"] == ["success"]
    (land,) = jobs.calls("land")
    assert " land sqs --table arrivals --until-empty --for 30m --pipeline arrivals " in land
    # Hours that somebody asked for stay what they are.
    assert "--from 2026-01-05T00 --to 2026-01-07T00" in jobs.calls("plan")[0]


def test_an_empty_queue_skips_its_landing_and_nothing_else(jobs: StandInJobs, run_dag: RunDag) -> None:
    jobs.ends("land", 10, {"landed": [], "messages": 0, "repeated": 0})
    ran = run_dag("arrivals")
    assert (ran.state, ran.tasks["land"], ran.tasks["plan"]) == ("success", ["skipped"], ["success"])
    assert started(jobs) == ["land", *STARTED]


@pytest.mark.parametrize("code", [1, 2, 75])
def test_a_landing_that_fails_fails_the_run_before_it_plans(jobs: StandInJobs, run_dag: RunDag, code: int) -> None:
    jobs.ends("land", code)
    ran = run_dag("arrivals")
    assert (ran.state, ran.tasks["plan"], ran.tasks["transform"]) == ("failed", ["upstream_failed"], ["failed"])
    assert started(jobs) == ["land"]


def test_what_somebody_accepts_is_passed_on(jobs: StandInJobs, run_dag: RunDag) -> None:
    accepted = {"accept_held": ["2026-01-05T03"], "accept_removals": ["2026-01-05T04", "events/a b.json"]}
    run_dag("consents", {"from": "2026-01-05", "to": "2026-01-06T12", **accepted})
    (plan,) = jobs.calls("plan")
    assert "--to 2026-01-06T12 --accept-held 2026-01-05T03 --accept-removals 2026-01-05T04 " in plan


def test_nothing_stale_skips_ingest_and_starves_no_later_stage(jobs: StandInJobs, run_dag: RunDag) -> None:
    jobs.ends("plan", 10, {"plan": "", "shards": 0, "stale": [], "held": []})
    jobs.ends("transform", 10, {"periods": []})
    ran = run_dag("consents")
    assert ran.state == "success"
    assert ran.tasks == {
        "plan": ["skipped"],
        "ingest": ["skipped"],
        "commit": ["skipped"],
        "transform": ["skipped"],
        "load": ["success"],
        "done": ["success"],
    }
    assert started(jobs) == ["plan", "transform", "load"]
    assert list(ran.events) == ["warehouse.consent_events"]


def test_hours_without_anything_to_read_are_committed(jobs: StandInJobs, run_dag: RunDag) -> None:
    jobs.ends("plan", 0, {"plan": "p1", "shards": 0, "stale": [{}], "held": []})
    ran = run_dag("consents")
    assert (ran.tasks["ingest"], ran.tasks["commit"]) == (["skipped"], ["success"])
    assert started(jobs) == ["plan", "commit", "transform", "load"]


@pytest.mark.parametrize("code", [1, 20, 75])
def test_a_failing_transform_stops_load_and_fails_the_run(jobs: StandInJobs, run_dag: RunDag, code: int) -> None:
    jobs.ends("transform", code)
    ran = run_dag("consents")
    assert ran.state == "failed"
    assert [ran.tasks[task] for task in ("transform", "load", "done")] == [
        ["failed"],
        ["upstream_failed"],
        ["upstream_failed"],
    ]
    assert started(jobs) == STARTED[:-1]


@pytest.mark.parametrize(("stage", "before"), [("plan", 1), ("run", 3), ("commit", 4)])
def test_after_a_failing_ingest_nothing_is_transformed(
    jobs: StandInJobs, run_dag: RunDag, stage: str, before: int
) -> None:
    jobs.ends(stage, 2)
    ran = run_dag("consents")
    assert (ran.state, ran.tasks["transform"], ran.tasks["load"]) == ("failed", ["failed"], ["upstream_failed"])
    assert started(jobs) == STARTED[:before]


@pytest.mark.parametrize("stage", ["plan", "commit"])
def test_a_held_hour_fails_its_task_and_the_run_but_no_other_hour(
    jobs: StandInJobs, run_dag: RunDag, stage: str
) -> None:
    jobs.ends(stage, 20, {"plan": "", "shards": 0, "stale": [], "held": ["consent_events 2026-01-05T03"], "moved": []})
    ran = run_dag("consents")
    assert ran.state == "failed"
    assert ran.tasks[stage] == ["failed"]
    assert (ran.tasks["transform"], ran.tasks["load"]) == (["success"], ["success"])
    assert ran.tasks["done"] == ["upstream_failed"]
    assert "warehouse.consent_events" in ran.events


def test_an_hour_that_stays_held_beside_stale_ones_fails_commit(jobs: StandInJobs, run_dag: RunDag) -> None:
    held = ["consent_events 2026-01-05T03"]
    jobs.ends("plan", 0, {"plan": "p1", "shards": 1, "bytes": 1, "objects": 1, "stale": [{}], "held": held})
    ran = run_dag("consents")
    assert (ran.state, ran.tasks["commit"], ran.tasks["load"]) == ("failed", ["failed"], ["success"])


def test_hours_that_moved_are_planned_and_read_again(jobs: StandInJobs, run_dag: RunDag) -> None:
    moved = {"held": [], "moved": ["consent_events 2026-01-05T03"], "totals": {"hours": 1}, "tables": {}}
    jobs.ends("commit", 75, moved, try_=1)
    jobs.ends("plan", 0, {"plan": "p1.2", "shards": 1, "bytes": 1, "stale": [{}], "held": []}, try_=2)
    ran = run_dag("consents")
    assert ran.state == "success"
    assert started(jobs) == ["plan", "run", "run", "commit", "plan", "run", "commit", "transform", "load"]
    assert "--plan p1.2 --shard 0" in jobs.calls("run")[2]
    assert "--plan p1.2 " in jobs.calls("commit")[1]


def test_a_plan_that_moves_again_and_again_is_left_to_the_next_try(jobs: StandInJobs, run_dag: RunDag) -> None:
    jobs.ends("commit", 75, {"held": [], "moved": ["consent_events 2026-01-05T03"], "totals": {}, "tables": {}})
    ran = run_dag("consents")
    assert (ran.tasks["commit"], started(jobs).count("commit"), started(jobs).count("plan")) == (["failed"], 4, 4)


def test_of_very_many_shards_each_instance_takes_several(jobs: StandInJobs) -> None:
    from millrace.stages import MOST_INSTANCES, _work

    work = _work({"plan": "p", "shards": 1000, "bytes": 5})
    assert len(work) <= MOST_INSTANCES
    assert [shard for part in work for shard in part["shards"]] == list(range(1000))
    assert [part["shards"] for part in _work({"plan": "p", "shards": 3, "bytes": 5})] == [[0], [1], [2]]


def test_a_failure_is_told_once_with_its_sentence(
    jobs: StandInJobs, run_dag: RunDag, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[dict[str, object]] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("MILLRACE_ALERT_URL", f"http://127.0.0.1:{server.server_port}/")
    jobs.ends("commit", 2, log="The bucket example does not exist.")
    run_dag("consents")
    server.shutdown()
    server.server_close()
    assert [(alert["task"], alert["exit_code"], alert["pipeline"]) for alert in told] == [("commit", 2, "consents")]
    assert "The bucket example does not exist." in str(told[0]["text"])
