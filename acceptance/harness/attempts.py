"""Runs that are killed, stopped or overtaken, and what lands for them."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Callable
from dataclasses import replace

from harness.compare import differences
from harness.jobs import OwnProcesses, ended, environment_of
from harness.lake import LakeView
from harness.product import NOTHING_STALE, TABLES, Jobs, Product
from harness.services import Services
from harness.worker import Ended
from oracle.checkin_objects import CheckinObjects
from oracle.consent_objects import ConsentObjects
from oracle.hours import dashed_hour, hour_text, parse_hour
from oracle.operations import ChangeSettings, Operation, Put, Run
from oracle.tables import CONSENTS, Settings
from oracle.world import World

TEMPORARY, UNKNOWN = 75, 76
KILLED = (137, -9)
_FIRST_HOUR = parse_hour("2026-01-05T03")
_HOURS = 60
_TRIES = 20


class Landings:
    """Batch after batch of objects, each of them such that every kind of change comes of it."""

    def __init__(self, dataset: str, seed: int) -> None:
        self._dataset = dataset
        self._rng = random.Random(f"{dataset} faults {seed}")
        self._objects = ConsentObjects(self._rng, 0.1) if dataset == CONSENTS else CheckinObjects(self._rng, 0.1)
        self._bytes: dict[str, bytes] = {}
        self._number = 0
        # Check-ins lie in several years, each a period of its own.
        self._count = 12 if dataset == CONSENTS else 4

    @property
    def interval(self) -> tuple[str, str]:
        """All hours into which anything lands."""
        return hour_text(_FIRST_HOUR), hour_text(_FIRST_HOUR + _HOURS)

    def first(self) -> list[Operation]:
        """Objects in three hours, with records that repeat earlier ones and bad ones."""
        return [self._new(_FIRST_HOUR + hour, "first") for hour in (0, 1, 1, 25)]

    def next(self) -> list[Operation]:
        """A late object, one of which an hour is made anew, a new hour, and an object that landed before."""
        self._number += 1
        first = sorted(key for key in self._bytes if "first" in key)
        rewritten = first[-1]
        self._bytes[rewritten] = self._records(_FIRST_HOUR + 25)
        new_hour = _FIRST_HOUR + 27 + self._number
        repeated = self._bytes[first[0]]
        return [
            self._new(_FIRST_HOUR, "late"),
            Put(rewritten, self._bytes[rewritten]),
            self._new(new_hour, "new"),
            Put(self._key(_FIRST_HOUR + 2, "repeated"), repeated),
        ]

    def _new(self, hour: int, name: str) -> Operation:
        key = self._key(hour, name)
        self._bytes[key] = self._records(hour)
        return Put(key, self._bytes[key])

    def _records(self, hour: int) -> bytes:
        """Clean records, and a bad one at the end."""
        bad = b'{"id": 7}\n' if self._dataset == CONSENTS else b"ned,yesterday,1.0,p\n"
        return self._objects.records(hour, self._count, 24).rstrip(b"\r\n") + b"\n" + bad

    def _key(self, hour: int, name: str) -> str:
        dashed = dashed_hour(hour)
        folder = f"events/datehour={dashed}/" if self._dataset == CONSENTS else f"checkins/{dashed.replace('-', '/')}/"
        return f"{folder}{name}-{self._number:02d}-{len(self._bytes):03d}"


def consent_event(event: str, user: str, **changes: object) -> bytes:
    """A clean consent event, changed as told, without a line end."""
    token = json.dumps({"purposes": {"enabled": ["analytics"], "disabled": []}})
    members: dict[str, object] = {
        "id": event,
        "datetime": "2026-01-05 10:00:00",
        "domain": "www.domain-A.eu",
        "type": "pageview",
        "user": {"id": user, "country": "FR", "token": token},
    }
    return json.dumps(members | changes, separators=(",", ":")).encode()


class Attempts:
    """Job processes of their own for one product, which may be killed, stopped and overtaken."""

    def __init__(self, services: Services, product: Product, dataset: str) -> None:
        self._environment = environment_of(services)
        self._product = product
        self._dataset = dataset

    def start(self, job: str, *arguments: str, run_id: str, **environment: str) -> subprocess.Popen[str]:
        """Starts a job, and does not wait for it."""
        processes = OwnProcesses(self._environment | environment)
        common = ("--pipeline", self._dataset, "--project", str(self._product.folder), "--env", "test")
        return processes.start(job, *arguments, *common, "--run-id", run_id)

    def run(self, job: str, *arguments: str, run_id: str, **environment: str) -> Ended:
        """Runs a job to its end."""
        return ended(self.start(job, *arguments, run_id=run_id, **environment))

    def killed_at(self, milestone: str, job: str, *arguments: str, run_id: str) -> None:
        """Runs a job that dies at the milestone, as abruptly as by SIGKILL."""
        code = self.run(job, *arguments, run_id=run_id, MILLRACE_HALT_AFTER=milestone).code
        assert code in KILLED, f"{milestone} was not reached: the job ended with {code}"

    def killed_after(self, seconds: float, job: str, *arguments: str, run_id: str) -> int:
        """Runs a job that is killed after so long, if it has not ended before."""
        process = self.start(job, *arguments, run_id=run_id)
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
        return ended(process).code


class Chain:
    """All stages over an interval as a scheduler runs them: what is only temporary is tried again."""

    def __init__(self, jobs: Jobs, product: Product, dataset: str, name: str) -> None:
        self._jobs = jobs
        self._common = ("--pipeline", dataset, "--project", str(product.folder), "--env", "test")
        self._name = name
        self._plans = 0
        self.again = 0

    def run(self, from_hour: str, to_hour: str) -> None:
        """Runs until every stage is done."""
        self._until_done(lambda: self._ingest(from_hour, to_hour))
        self._until_done(lambda: self._job("transform"))
        self._until_done(lambda: self._job("load"))

    def _ingest(self, from_hour: str, to_hour: str) -> Ended:
        self._plans += 1
        plan = f"{self._name}-{self._plans}"
        planned = self._job("ingest", "plan", "--from", from_hour, "--to", to_hour, run_id=plan)
        if planned.code != 0:
            return planned
        for shard in range(json.loads(planned.lines[-1])["shards"]):
            ran = self._job("ingest", "run", "--plan", plan, "--shard", str(shard), run_id=plan)
            if ran.code != 0:
                return ran
        return self._job("ingest", "commit", "--plan", plan, run_id=plan)

    def _job(self, job: str, *arguments: str, run_id: str | None = None) -> Ended:
        return self._jobs.run(job, *arguments, *self._common, "--run-id", run_id or f"{self._name}-{self._plans}")

    def _until_done(self, stage: Callable[[], Ended]) -> None:
        for _ in range(_TRIES):
            last = stage()
            if last.code not in (TEMPORARY, UNKNOWN):
                assert last.code in (0, NOTHING_STALE), f"{self._name}: {last}"
                return
            self.again += 1
        raise AssertionError(f"{self._name} is still told to try again after {_TRIES} times")


class Twins:
    """The product and the oracle, to which the same happens."""

    def __init__(self, product: Product, dataset: str, seed: int) -> None:
        self.product = product
        self.landings = Landings(dataset, seed)
        self._dataset = dataset
        self._world = World(dataset)
        self.apply(ChangeSettings(replace(self._world.settings, quarantine_limit=100)))

    def apply(self, *operations: Operation) -> None:
        """Does this to both."""
        for operation in operations:
            self._world.apply(operation)
            self.product.apply(operation)

    @property
    def settings(self) -> Settings:
        """The settings now in force."""
        return self._world.settings

    def run(self) -> None:
        """Runs everything, by the kept processes."""
        self.apply(Run(*self.landings.interval))

    def oracle_runs(self) -> None:
        """Only the oracle runs: the product is run by other means."""
        self._world.apply(Run(*self.landings.interval))

    def agree(self) -> None:
        """Whatever differs is an assertion."""
        wrong = differences(self._world.expected(), self.product.found())
        assert not wrong, "\n".join(wrong)

    def agree_on_ingest(self, lake: LakeView) -> None:
        """The same where the stages after ingest have not run yet: the clean rows in the lake are compared instead."""
        expected, found = self._world.expected(), self.product.found()
        clean = "clean." + TABLES[self._dataset][0]
        wrong = differences(
            replace(expected, base=self._world.clean_places(), model=[], periods={}),
            replace(found, base=lake.places(clean), model=[], periods={}),
        )
        assert not wrong, "\n".join(wrong)
