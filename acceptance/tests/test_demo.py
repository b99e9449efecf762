"""The demo, run once: what it reports is there, and a single missing row makes the report fail."""

from __future__ import annotations

import json
from collections.abc import Iterator

import psycopg
import pytest

from harness.command import Command, Said


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Command, Said]]:
    """One demo, left up."""
    state = tmp_path_factory.mktemp("demo") / "state"
    said = Command(state).run("demo", "--keep")
    # The demo's own folder is below the one that up would use.
    command = Command(state / "demo")
    yield command, said
    command.run("down")
    assert command.processes() == {}


def test_the_demo_accounts_for_every_record(demo: tuple[Command, Said]) -> None:
    command, said = demo
    assert said.code == 0, said.err[-4000:] + said.out
    story = json.loads((command.state / "demo.json").read_text(encoding="utf-8"))
    assert story["injected"]["consents"]["landed"] >= 100_000
    assert story["injected"]["checkins"]["landed"] >= 20_500
    assert all(sum(sample["quarantined"].values()) > 0 for sample in story["injected"].values())
    assert "Everything that was injected was found, and lake and warehouse balance." in said.out
    assert "late object" in said.out
    assert "25 records went by Kinesis and Firehose" in said.out
    assert len(story["late"]["objects"]) == 2
    assert said.out.count("nothing stale") == len(story["injected"]) == 5
    with _warehouse(command) as warehouse:
        (events,) = _one(warehouse, "select count(*) from millrace.consent_events")
        (days,) = _one(warehouse, "select count(distinct _period) from millrace.consent_events")
    sample = story["injected"]["consents"]
    assert events == sample["clean"] - sample["duplicates"] + story["late"]["records"]
    assert days == 3


def test_the_demo_keeps_its_state_apart(demo: tuple[Command, Said]) -> None:
    command, _ = demo
    assert [entry.name for entry in command.state.parent.iterdir()] == ["demo"]
    beside = Command(command.state.parent).run("status", "--quick")
    assert "The local services are down" in beside.out


def test_one_missing_warehouse_row_makes_the_report_fail(demo: tuple[Command, Said]) -> None:
    command, _ = demo
    plain = Command(command.state.parent)
    assert plain.run("demo", "--report").code == 0
    with _warehouse(command) as warehouse:
        warehouse.execute(
            "delete from millrace.consent_metrics where ctid = (select min(ctid) from millrace.consent_metrics)"
        )

    failed = plain.run("demo", "--report")

    assert failed.code == 20, failed.out
    assert "warehouse rows of consent_metrics" in failed.out
    assert "audit of consents: consent_metrics/" in failed.out


def _warehouse(command: Command) -> psycopg.Connection[tuple[int, ...]]:
    access = json.loads((command.state / "services.json").read_text(encoding="utf-8"))["postgres"]
    return psycopg.connect(
        host=access["host"],
        port=access["port"],
        user=access["user"],
        password=access["password"],
        dbname=access["warehouse"],
    )


def _one(connection: psycopg.Connection[tuple[int, ...]], query: str) -> tuple[int, ...]:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row
