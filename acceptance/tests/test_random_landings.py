"""The oracle against the product, to the row, on random landings."""

from __future__ import annotations

import os
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from harness.compare import differences
from harness.jobs import KeptProcesses, environment_of
from harness.product import Product
from harness.services import Services
from oracle.generate import generate
from oracle.operations import Run, Scenario
from oracle.world import World

FIRST_SEED = int(os.environ.get("MILLRACE_SEED", "0"))
LANDINGS = int(os.environ.get("MILLRACE_LANDINGS", "40"))
# Where two processes run tests, each of them has one core.
THREADS = 1 if "PYTEST_XDIST_WORKER" in os.environ else 2


class _Replayer:
    """Replays scenarios, each thread with job processes of its own."""

    def __init__(self, services: Services, folder: Path) -> None:
        self._services = services
        self._folder = folder
        self._local = threading.local()
        self._kept: list[KeptProcesses] = []

    def replay(self, scenario: Scenario) -> str | None:
        """What went wrong first, if anything did."""
        name = f"{scenario.dataset}-{scenario.seed}"
        world = World(scenario.dataset)
        product = Product(self._services, self._jobs(), scenario.dataset, name, self._folder / name)
        try:
            for number, operation in enumerate(scenario.operations):
                world.apply(operation)
                product.apply(operation)
                if isinstance(operation, Run):
                    wrong = differences(world.expected(), product.found())
                    if wrong:
                        return "\n  ".join([f"{name} after operation {number} {operation}:", *wrong])
            return None
        except Exception:
            return f"{name}:\n{traceback.format_exc()}"
        finally:
            product.close()

    def close(self) -> None:
        for kept in self._kept:
            kept.close()

    def _jobs(self) -> KeptProcesses:
        if not hasattr(self._local, "jobs"):
            logs = self._folder / f"logs-{threading.get_ident()}"
            logs.mkdir(parents=True)
            self._local.jobs = KeptProcesses(logs, environment_of(self._services), many_runs=True)
            self._kept.append(self._local.jobs)
        jobs: KeptProcesses = self._local.jobs
        return jobs


def _scenarios(dataset: str) -> list[Scenario]:
    """So many that the product is compared after at least ``LANDINGS`` runs over what landed at random."""
    scenarios: list[Scenario] = []
    landings = 0
    while landings < LANDINGS:
        scenario = generate(dataset, FIRST_SEED + len(scenarios))
        landings += sum(isinstance(operation, Run) for operation in scenario.operations)
        scenarios.append(scenario)
    return scenarios


@pytest.mark.parametrize("dataset", ["consents", "checkins"])
def test_random_landings_agree_to_the_row(services: Services, tmp_path: Path, dataset: str) -> None:
    replayer = _Replayer(services, tmp_path)
    scenarios = _scenarios(dataset)
    try:
        with ThreadPoolExecutor(THREADS) as pool:
            wrong = [one for one in pool.map(replayer.replay, scenarios) if one is not None]
    finally:
        replayer.close()
    replay = "replay one with: MILLRACE_SEED=<seed> MILLRACE_LANDINGS=1 pytest -k random_landings"
    assert not wrong, "\n".join([f"{len(wrong)} of {len(scenarios)} scenarios differ; {replay}", *wrong[:5]])
