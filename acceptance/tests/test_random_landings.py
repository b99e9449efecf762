"""The oracle against the product, to the row, on random landings."""

from __future__ import annotations

import math
import os
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

import pytest

from harness.compare import differences
from harness.jobs import KeptProcesses, environment_of
from harness.product import Product
from harness.services import Services
from oracle.generate import generate
from oracle.operations import Run, Scenario
from oracle.tables import ALL_DATASETS, DATASETS
from oracle.world import World

FIRST_SEED = int(os.environ.get("MILLRACE_SEED", "0"))
LANDINGS = int(os.environ.get("MILLRACE_LANDINGS", "200"))
# The other worker of a run has work for a core, too.
LANES = 1 if "PYTEST_XDIST_WORKER" in os.environ else 2


class _Replayer:
    """Replays scenarios in lanes, each with job processes that are kept for all of them."""

    def __init__(self, services: Services, lanes: Sequence[KeptProcesses], folder: Path) -> None:
        self._services = services
        self._folder = folder
        self._lanes: Queue[KeptProcesses] = Queue()
        for lane in lanes:
            self._lanes.put(lane)

    def replay_all(self, scenarios: Sequence[Scenario]) -> list[str]:
        """What went wrong first in each scenario that did."""
        with ThreadPoolExecutor(LANES) as pool:
            return [wrong for wrong in pool.map(self._replay, scenarios) if wrong is not None]

    def _replay(self, scenario: Scenario) -> str | None:
        lane = self._lanes.get()
        try:
            return self._first_difference(scenario, lane)
        except Exception:
            return f"{scenario.dataset}-{scenario.seed}:\n{traceback.format_exc()}"
        finally:
            self._lanes.put(lane)

    def _first_difference(self, scenario: Scenario, lane: KeptProcesses) -> str | None:
        name = f"{scenario.dataset}-{scenario.seed}"
        world = World(scenario.dataset)
        product = Product(self._services, lane, scenario.dataset, name, self._folder / name)
        try:
            for number, operation in enumerate(scenario.operations):
                world.apply(operation)
                product.apply(operation)
                if isinstance(operation, Run):
                    wrong = differences(world.expected(), product.found())
                    if wrong:
                        return "\n  ".join([f"{name} after operation {number} {operation}:", *wrong])
            return None
        finally:
            product.close()


@pytest.fixture(scope="module")
def replayer(services: Services, kept: KeptProcesses, tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Replayer]:
    """Its processes are warm when the second data set comes."""
    more = [KeptProcesses(tmp_path_factory.mktemp("lane"), environment_of(services)) for _ in range(1, LANES)]
    yield _Replayer(services, [kept, *more], tmp_path_factory.mktemp("landings"))
    for lane in more:
        lane.close()


def _scenarios(dataset: str) -> list[Scenario]:
    # What the data sets have in common is tried by the first two.
    wanted = LANDINGS if dataset in DATASETS else math.ceil(LANDINGS / 8)
    return [generate(dataset, FIRST_SEED + number) for number in range(wanted)]


@pytest.mark.parametrize("dataset", ALL_DATASETS)
def test_random_landings_agree_to_the_row(replayer: _Replayer, dataset: str) -> None:
    scenarios = _scenarios(dataset)
    wrong = replayer.replay_all(scenarios)
    replay = "replay one with: MILLRACE_SEED=<seed> MILLRACE_LANDINGS=1 pytest -k random_landings"
    assert not wrong, "\n".join([f"{len(wrong)} of {len(scenarios)} scenarios differ; {replay}", *wrong[:5]])
