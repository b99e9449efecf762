"""Runs that meet: none loses a row, none waits for ever, and one that was overtaken changes nothing."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from harness.attempts import TEMPORARY, Attempts, Chain, Twins, consent_event
from harness.jobs import KeptProcesses, ended, environment_of
from harness.lake import LakeView
from harness.patience import PATIENCE_SECONDS
from harness.product import Product
from harness.services import Services
from oracle.hours import hour_text, parse_hour
from oracle.operations import Put
from oracle.tables import CONSENTS

Make = Callable[[str], Product]


@pytest.fixture(scope="module")
def others(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeptProcesses]:
    """A second set of processes, as of another machine."""
    jobs = KeptProcesses(tmp_path_factory.mktemp("others"), environment_of(services))
    yield jobs
    jobs.close()


def test_overlapping_runs_at_once_lose_nothing(kept: KeptProcesses, others: KeptProcesses, product: Make) -> None:
    """From the first table on, which both of them create."""
    twins = Twins(product(CONSENTS), CONSENTS, 11)
    start, end = twins.landings.interval
    middle = hour_text(parse_hour(start) + 20)
    two = Chain(kept, twins.product, CONSENTS, "scheduled"), Chain(others, twins.product, CONSENTS, "backfill")
    # The second round leaves hours to each that the other does not touch.
    rounds = (
        (twins.landings.first, ((start, end), (start, end))),
        (twins.landings.next, ((start, hour_text(parse_hour(start) + 40)), (middle, end))),
    )
    for landed, intervals in rounds:
        twins.apply(*landed())
        with ThreadPoolExecutor(2) as pool:
            runs = [pool.submit(chain.run, *interval) for chain, interval in zip(two, intervals, strict=True)]
            for run in runs:
                run.result(timeout=PATIENCE_SECONDS)
        twins.oracle_runs()
        twins.agree()
    twins.run()
    twins.agree()


def test_a_backfill_that_listed_before_a_late_object_has_to_plan_again(kept: KeptProcesses, product: Make) -> None:
    twins = Twins(product(CONSENTS), CONSENTS, 13)
    twins.apply(*twins.landings.first())
    one = twins.product
    start, end = twins.landings.interval

    # It lists, and reads only after a scheduled run has committed what came late, was rewritten or is new.
    assert one.job("ingest", "plan", "--from", start, "--to", end, run_id="backfill").code == 0
    twins.apply(*twins.landings.next())
    twins.run()
    twins.agree()
    # An object that was rewritten since is told by its ETag, and then nothing was read.
    assert one.job("ingest", "run", "--plan", "backfill", "--shard", "0", run_id="backfill").code in (0, TEMPORARY)
    assert one.job("ingest", "commit", "--plan", "backfill", run_id="backfill").code == TEMPORARY
    twins.agree()

    # It lists and reads all, and only then the scheduled run commits a late object of an hour that both have.
    twins.apply(*twins.landings.next())
    assert one.job("ingest", "plan", "--from", start, "--to", end, run_id="again").code == 0
    assert one.job("ingest", "run", "--plan", "again", "--shard", "0", run_id="again").code == 0
    twins.apply(Put("events/datehour=2026-01-05-03/very-late", consent_event("very-late", "u")))
    twins.run()
    assert one.job("ingest", "commit", "--plan", "again", run_id="again").code == TEMPORARY
    twins.agree()

    chain = Chain(kept, one, CONSENTS, "planned anew")
    chain.run(start, end)
    twins.agree()
    assert chain.again == 0


class _Overtaken:
    """A process that stands still, with the table's lock in hand, and loses it to another."""

    def __init__(self, services: Services, control: str, process: subprocess.Popen[str]) -> None:
        self._services = services
        self._control = control
        self.process = process

    def stand_still(self, database: str, relation: str) -> None:
        """Stops the process where it waits for the relation, and ends the session that holds the table's lock."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        waiting = "select count(*) from pg_locks where relation = to_regclass(%s) and not granted"
        with self._services.database(database) as connection:
            while connection.execute(waiting, (relation,)).fetchone() == (0,):
                assert self.process.poll() is None, ended(self.process)
                assert time.monotonic() < deadline
                time.sleep(0.05)
        self.process.send_signal(signal.SIGSTOP)
        with self._services.database(self._control) as connection:
            killed = connection.execute(
                "select pg_terminate_backend(pid) from pg_locks"
                " where locktype = 'advisory' and granted and database ="
                " (select oid from pg_database where datname = current_database())"
            ).fetchall()
        assert killed == [(True,)]

    def go_on(self) -> int:
        """Lets it go on to its end."""
        self.process.send_signal(signal.SIGCONT)
        return ended(self.process).code


@contextmanager
def _held(services: Services, database: str, relation: str) -> Iterator[psycopg.Connection[Any]]:
    """Nobody reads the relation until the transaction ends."""
    with services.database(database, autocommit=False) as connection:
        connection.execute(f"lock table {relation} in access exclusive mode".encode())
        yield connection
        connection.rollback()


def test_a_commit_that_was_overtaken_changes_nothing(services: Services, product: Make) -> None:
    twins = Twins(product(CONSENTS), CONSENTS, 15)
    one = twins.product
    twins.apply(*twins.landings.first())
    twins.run()
    start, end = twins.landings.interval
    key = "events/datehour=2026-01-05-09/late"
    twins.apply(Put(key, consent_event("late", "u") + b'{"id": 7}'))
    assert one.job("ingest", "plan", "--from", start, "--to", end, run_id="orphan").code == 0
    assert one.job("ingest", "run", "--plan", "orphan", "--shard", "0", run_id="orphan").code == 0
    attempts = Attempts(services, one, CONSENTS)
    with _held(services, one.control, "millrace.edge"):
        orphan = _Overtaken(
            services, one.control, attempts.start("ingest", "commit", "--plan", "orphan", run_id="orphan")
        )
        orphan.stand_still(one.control, "millrace.edge")
    # The object is rewritten without its bad record, and another run commits it.
    twins.apply(Put(key, consent_event("late", "other")))
    twins.run()
    lake = LakeView(services, one)
    before = lake.state()
    assert orphan.go_on() == TEMPORARY
    assert lake.state() == before
    twins.agree()
    twins.run()
    twins.agree()


def test_a_load_that_was_overtaken_changes_nothing(services: Services, product: Make) -> None:
    twins = Twins(product(CONSENTS), CONSENTS, 16)
    one = twins.product
    twins.apply(*twins.landings.first())
    twins.run()
    chain = Attempts(services, one, CONSENTS)
    start, end = twins.landings.interval
    twins.apply(*twins.landings.next())
    plan, shard = ("--plan", "p"), ("--shard", "0")
    for arguments in (("plan", "--from", start, "--to", end), ("run", *plan, *shard), ("commit", *plan)):
        assert one.job("ingest", *arguments, run_id="p").code == 0
    assert one.job("transform", run_id="p").code == 0
    with _held(services, one.warehouse, "millrace.consent_events"):
        orphan = _Overtaken(services, one.control, chain.start("load", run_id="orphan"))
        orphan.stand_still(one.warehouse, "millrace.consent_events")
    twins.apply(*twins.landings.next())
    twins.run()
    versions = "select t.ctid, t.xmin, t::text from millrace.consent_events t order by 1"
    before = one.rows(versions)
    assert orphan.go_on() == TEMPORARY
    assert one.rows(versions) == before
    twins.agree()
