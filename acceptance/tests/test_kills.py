"""Every stage dies anywhere; whoever runs it again gets what an undisturbed run would have left."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from dataclasses import replace

from harness.attempts import TEMPORARY, Attempts, Twins
from harness.lake import LakeView
from harness.product import NOTHING_STALE, Product
from harness.queues import LAND
from harness.services import ROOT, Services
from oracle.operations import ChangeSettings
from oracle.tables import CHECKINS, CONSENTS

INGEST = (
    "ingest.locked", "ingest.manifest", "ingest.announced", "ingest.quarantine", "ingest.clean", "ingest.books",
)  # fmt: skip
LAYERS, STEPS = ("base", "model"), ("written", "published", "books")
TRANSFORM = tuple(f"transform.{layer}.{step}" for layer in LAYERS for step in STEPS)
EXPORT = ("transform.export.reserved", "transform.export.written")
LOAD = ("load.staged", "load.converged", "load.committed")

Make = Callable[[str], Product]


class _Ingest:
    """The steps of ingest one by one."""

    def __init__(self, services: Services, twins: Twins, dataset: str) -> None:
        self.attempts = Attempts(services, twins.product, dataset)
        self._twins = twins

    def plan(self, plan: str) -> int:
        """Freezes a plan; all landings are one shard."""
        start, end = self._twins.landings.interval
        planned = self._twins.product.job("ingest", "plan", "--from", start, "--to", end, run_id=plan)
        if planned.code == 0:
            assert json.loads(planned.lines[-1])["shards"] == 1
        return planned.code

    def shard(self, plan: str) -> int:
        """Reads what was planned."""
        return self._twins.product.job("ingest", "run", "--plan", plan, "--shard", "0", run_id=plan).code

    def commit(self, plan: str) -> int:
        """Commits a plan, perhaps once more."""
        return self._twins.product.job("ingest", "commit", "--plan", plan, run_id=plan).code

    def anew(self, plan: str) -> None:
        """All steps for whatever is stale now; the oracle runs too."""
        assert (self.plan(plan), self.shard(plan), self.commit(plan)) == (0, 0, 0)
        self._twins.oracle_runs()

    def killed_at(self, milestone: str, plan: str) -> None:
        """A plan whose run or commit dies."""
        assert self.plan(plan) == 0
        if milestone == "ingest.read":
            self.attempts.killed_at(milestone, "ingest", "run", "--plan", plan, "--shard", "0", run_id=plan)
        else:
            assert self.shard(plan) == 0
            self.attempts.killed_at(milestone, "ingest", "commit", "--plan", plan, run_id=plan)


def _begun(product: Make, dataset: str, seed: int) -> Twins:
    """Hours that were built before anything dies."""
    twins = Twins(product(dataset), dataset, seed)
    twins.apply(*twins.landings.first())
    twins.run()
    twins.agree()
    return twins


def test_jobs_die_at_every_milestone_there_is() -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("modules/*/src/main/**/*.java")))
    named = set(re.findall(r'Milestone\.passed\("([a-z.]+)"\)', sources))
    named |= {f"transform.{layer}.{step}" for layer in LAYERS for step in re.findall(r'passed\("(\w+)"\)', sources)}
    # Exports die in test_exports.
    assert named == {"ingest.read", *INGEST, *TRANSFORM, *EXPORT, *LOAD, *LAND, "land.linked"}


def test_a_new_plan_makes_good_an_ingest_that_was_killed(services: Services, product: Make) -> None:
    twins = _begun(product, CONSENTS, 1)
    ingest = _Ingest(services, twins, CONSENTS)
    for milestone in ("ingest.read", *INGEST):
        twins.apply(*twins.landings.next())
        ingest.killed_at(milestone, plan=milestone)
        twins.run()
        twins.agree()
        # The old plan comes back, as from a scheduler that tries again late.
        assert ingest.commit(milestone) == (0 if milestone == "ingest.books" else TEMPORARY)
        assert ingest.plan(f"{milestone} again") == NOTHING_STALE
        twins.agree()


def test_the_same_plan_makes_good_a_commit_that_was_killed(services: Services, product: Make) -> None:
    twins = _begun(product, CHECKINS, 2)
    ingest = _Ingest(services, twins, CHECKINS)
    lake = LakeView(services, twins.product)
    for milestone in INGEST:
        twins.apply(*twins.landings.next())
        ingest.killed_at(milestone, plan=milestone)
        assert ingest.commit(milestone) == 0
        assert ingest.commit(milestone) == 0
        assert ingest.plan(f"{milestone} again") == NOTHING_STALE
        twins.oracle_runs()
        twins.agree_on_ingest(lake)
    twins.run()
    twins.agree()


def test_what_changes_after_the_kill_is_taken_in_with_what_it_left(services: Services, product: Make) -> None:
    twins = _begun(product, CHECKINS, 3)
    ingest = _Ingest(services, twins, CHECKINS)
    lake = LakeView(services, twins.product)
    before = twins.settings
    for milestone in ("ingest.quarantine", "ingest.clean"):
        twins.apply(*twins.landings.next())
        ingest.killed_at(milestone, plan=milestone)
        twins.apply(*twins.landings.next())
        ingest.anew(f"{milestone} then more landed")
        twins.agree_on_ingest(lake)
        # A contract that is taken back after the kill leaves nothing behind.
        twins.apply(ChangeSettings(replace(before, time_formats=("iso",))))
        ingest.killed_at(milestone, plan=f"{milestone} of another contract")
        twins.apply(ChangeSettings(before))
        ingest.anew(f"{milestone} then taken back")
        twins.agree_on_ingest(lake)
    twins.run()
    twins.agree()


def test_a_transform_that_was_killed_is_made_good(services: Services, product: Make) -> None:
    twins = _begun(product, CONSENTS, 4)
    attempts = Attempts(services, twins.product, CONSENTS)
    ingest = _Ingest(services, twins, CONSENTS)
    for milestone in TRANSFORM:
        twins.apply(*twins.landings.next())
        assert (ingest.plan(milestone), ingest.shard(milestone), ingest.commit(milestone)) == (0, 0, 0)
        attempts.killed_at(milestone, "transform", run_id=milestone)
        # Nobody waits for the dead one: what it published may be loaded, what it did not may not.
        assert twins.product.job("load", run_id=milestone).code in (0, NOTHING_STALE)
        twins.run()
        twins.agree()


def test_a_load_that_was_killed_is_made_good(services: Services, product: Make) -> None:
    twins = _begun(product, CONSENTS, 5)
    attempts = Attempts(services, twins.product, CONSENTS)
    ingest = _Ingest(services, twins, CONSENTS)
    for milestone in LOAD:
        twins.apply(*twins.landings.next())
        assert (ingest.plan(milestone), ingest.shard(milestone), ingest.commit(milestone)) == (0, 0, 0)
        assert twins.product.job("transform", run_id=milestone).code == 0
        attempts.killed_at(milestone, "load", run_id=milestone)
        twins.run()
        twins.agree()
    left = "select relname from pg_class where starts_with(relname, 'staging_')"
    assert twins.product.rows(left) == []


def test_sigkill_at_any_moment_is_made_good(services: Services, product: Make) -> None:
    twins = _begun(product, CHECKINS, 6)
    attempts = Attempts(services, twins.product, CHECKINS)
    ingest = _Ingest(services, twins, CHECKINS)
    rng = random.Random("sigkill")
    for number in range(2):
        twins.apply(*twins.landings.next())
        plan = f"killed-{number}"
        assert ingest.plan(plan) == 0
        for arguments in (("run", "--plan", plan, "--shard", "0"), ("commit", "--plan", plan)):
            attempts.killed_after(rng.uniform(0.5, 2.5), "ingest", *arguments, run_id=plan)
            if "run" in arguments:
                assert ingest.shard(plan) == 0
        assert ingest.commit(plan) == 0
        attempts.killed_after(rng.uniform(3.0, 10.0), "transform", run_id=plan)
        assert twins.product.job("transform", run_id=plan).code in (0, NOTHING_STALE)
        attempts.killed_after(rng.uniform(0.5, 2.5), "load", run_id=plan)
        twins.run()
        twins.agree()
