"""Services and job processes that all tests of a run share."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.containers import Containers, built, containers, missing_tools
from harness.jobs import KeptProcesses, environment_of
from harness.product import Product
from harness.services import Services, running

_LONGEST_FIRST = (
    "test_random_landings",
    "test_demo",
    "test_images",
    "test_scheduler",
    "test_compose",
    "test_local_airflow",
    "test_docker_runtime",
    "test_bench_smoke",
    "test_kills",
)


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """A real Postgres and a real S3 server."""
    with running(tmp_path_factory.mktemp("services")) as started:
        yield started


@pytest.fixture(scope="session")
def kept(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeptProcesses]:
    """Job processes that run many times."""
    jobs = KeptProcesses(tmp_path_factory.mktemp("kept"), environment_of(services))
    yield jobs
    jobs.close()


@pytest.fixture
def product(services: Services, kept: KeptProcesses, tmp_path: Path) -> Iterator[Callable[[str], Product]]:
    """Makes products, each with databases and buckets of its own, and drops them after the test."""
    made: list[Product] = []

    def make(dataset: str) -> Product:
        name = f"{dataset}-{uuid.uuid4().hex[:8]}"
        one = Product(services, kept, dataset, name, tmp_path / name)
        made.append(one)
        return one

    yield make
    for one in made:
        one.close()


@pytest.fixture(scope="session")
def podman() -> Iterator[Containers]:
    """podman and a registry, for images that ``millrace images`` built before."""
    if missing := missing_tools():
        pytest.skip(f"containers need {', '.join(missing)}")
    if built() is None:
        pytest.skip("there are no images: run ./millrace images")
    with containers() as started:
        yield started


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest last, so that a plain mistake is told first; with workers first, so that these end together."""
    beside = hasattr(config, "workerinput")
    rank = {file: number for number, file in enumerate(_LONGEST_FIRST)}
    items.sort(key=lambda item: (1 if beside else -1) * rank.get(item.path.stem, len(rank)))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A skipped test proves nothing: with CI=true it fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") == "true" and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
