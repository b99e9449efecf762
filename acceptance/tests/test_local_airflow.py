"""Airflow as ``up`` keeps it running: it survives the death of its parts, and ``down`` leaves nothing behind."""

from __future__ import annotations

import json
import re
import signal
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.command import Airflow, Command
from harness.patience import until

PROGRAMS = ("api-server", "scheduler", "dag-processor", "triggerer")
_SOON_SECONDS = 120

CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: orders
name: Orders of the shop
version: 1.0.0
status: active
schema:
  - name: orders
    logicalType: object
    physicalType: table
    customProperties:
      - {property: layout, value: firehose}
      - {property: format, value: json}
      - {property: eventTime, value: placed_at}
      - {property: period, value: day}
    properties:
      - {name: order_id, physicalType: text, required: true, primaryKey: true, primaryKeyPosition: 1}
      - {name: placed_at, physicalType: timestamptz, required: true}
"""


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """A project with one small pipeline, and a state folder of its own."""
    folder = tmp_path_factory.mktemp("airflow")
    project = folder / "project"
    pipeline = project / "dags" / "pipelines" / "orders"
    pipeline.mkdir(parents=True)
    (pipeline / "contract.yaml").write_text(CONTRACT, encoding="utf-8")
    (project / "millrace.yaml").write_text("environments: {local: {services: local}}\n", encoding="utf-8")
    one = Command(folder / "state", project)
    yield one
    one.run("down")
    assert one.processes() == {}


@pytest.fixture
def airflow(command: Command) -> Airflow:
    """Each test finds it up, and leaves it as it likes."""
    up = command.run("up")
    assert up.code == 0, up.err
    airflow = Airflow(command.state)
    assert f"{airflow.address}, user {airflow.user}, password {airflow.password}" in up.out
    return airflow


def test_up_starts_four_programs_and_prints_a_login_that_works(command: Command, airflow: Airflow) -> None:
    assert all(command.program(name) for name in PROGRAMS)
    assert airflow.token(airflow.password)[0] == 201
    assert airflow.token("wrong")[0] == 401
    assert [dag["dag_id"] for dag in airflow.get("/api/v2/dags")["dags"]] == ["orders"]
    assert {part["status"] for part in airflow.get("/api/v2/monitor/health").values()} == {"healthy"}
    for private in ("airflow.json", "airflow/airflow.cfg", "airflow/passwords.json", "airflow/identity.json"):
        assert stat.S_IMODE((command.state / private).stat().st_mode) == 0o600
    for log in command.state.joinpath("logs").iterdir():
        assert airflow.password not in log.read_text(encoding="utf-8", errors="replace")


def test_a_program_that_is_killed_is_started_again(command: Command, airflow: Airflow) -> None:
    before = command.program("scheduler")
    command.kill(before[0])

    _soon(lambda: bool(command.program("scheduler")) and not set(before) & set(command.program("scheduler")))
    _soon(lambda: airflow.get("/api/v2/monitor/health")["scheduler"]["status"] == "healthy")


def test_down_stops_everything_after_the_watching_process_was_killed(command: Command, airflow: Airflow) -> None:
    command.kill(command.holder("airflow.lock"))
    assert all(command.program(name) for name in PROGRAMS), "they outlive it"
    assert "Airflow is broken" in command.run("status", "--quick").out

    assert command.run("down").code == 0

    assert command.processes() == {}
    assert "Airflow is down" in command.run("status", "--quick").out


def test_airflow_ends_with_the_services_and_comes_up_again_with_the_same_login(
    command: Command, airflow: Airflow
) -> None:
    command.kill(command.holder("services.lock"))
    _soon(lambda: not any(command.program(name) for name in PROGRAMS))

    assert command.run("up").code == 0

    again = Airflow(command.state)
    assert (again.address, again.user, again.password) == (airflow.address, airflow.user, airflow.password)
    assert again.token(again.password)[0] == 201


def test_a_backfill_of_a_pipeline_that_is_switched_off_says_so(command: Command, airflow: Airflow) -> None:
    airflow.patch("/api/v2/dags/orders?update_mask=is_paused", {"is_paused": True})

    refused = command.run("backfill", "orders", "--from", "2026-01-05", "--to", "2026-01-06")

    assert refused.code == 2
    assert "--unpause" in refused.err


def test_a_backfill_over_a_held_hour_fails_and_tells_its_log_and_a_second_one_redoes_only_that_day(
    command: Command, airflow: Airflow, tmp_path: Path
) -> None:
    def land(hour: str, *lines: str) -> None:
        file = tmp_path / f"{len(list(tmp_path.iterdir()))}.json"
        file.write_text("\n".join(lines), encoding="utf-8")
        landed = command.run("land", "orders", str(file), "--hour", hour)
        assert landed.code == 0, landed.err

    def orders(day: str, count: int) -> list[str]:
        return [json.dumps({"order_id": f"{day}-{number}", "placed_at": f"{day} 03:00:00"}) for number in range(count)]

    land("2026-02-01T03", *orders("2026-02-01", 3))
    land("2026-02-02T03", '{"order_id": "without a time"}')
    interval = ("--from", "2026-02-01", "--to", "2026-02-03")

    failed = command.run("backfill", "orders", *interval, "--unpause")

    assert failed.code == 20, failed.out + failed.err
    assert "1 of 2 failed" in failed.out
    logs = [Path(path).read_text(encoding="utf-8") for path in re.findall(r"its log: (\S+)", failed.out)]
    assert any("2026-02-02T03" in log and "held" in log for log in logs), failed.out
    # So many good records that the bad one is below the limit.
    land("2026-02-02T03", *orders("2026-02-02", 200))

    again = command.run("backfill", "orders", *interval, "--json")

    assert again.code == 0, again.out + again.err
    told = json.loads(again.out)
    assert [run["logicalDate"] for run in told["runs"]] == ["2026-02-02T00:00:00Z"]
    assert told["left"] == 1
    counted = command.run(
        "sql", "--format", "csv", "select placed_at::date, count(*) from orders group by 1 order by 1"
    )
    assert counted.out.splitlines()[1:] == ["2026-02-01,3", "2026-02-02,200"]


def test_a_backfill_that_is_interrupted_leaves_nothing_under_way(command: Command, airflow: Airflow) -> None:
    interval = ("--from", "2026-01-05", "--to", "2026-01-09")
    process = command.start("backfill", "orders", *interval, "--unpause")
    _soon(lambda: any(run["state"] == "running" for run in airflow.runs("orders", "backfill")))
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=_SOON_SECONDS)

    assert process.returncode == 128 + signal.SIGINT
    assert "Cancelled" in err
    assert {run["state"] for run in airflow.runs("orders", "backfill")} <= {"success", "failed"}
    _soon(lambda: not [pid for pid, said in command.processes().items() if "@" in said and "job.args" in said])

    finished = command.run("backfill", "orders", *interval, "--json")

    assert finished.code == 0, finished.err
    runs = [run for run in airflow.runs("orders", "backfill") if run["logical_date"] < "2026-02"]
    assert [run["state"] for run in runs] == ["success"] * 4


def _soon(so: Callable[[], bool]) -> None:
    def holds() -> bool:
        try:
            return so()
        except (OSError, AssertionError):
            return False

    until(holds, "what one waits for holds", rest=0.5)
