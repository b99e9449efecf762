"""What the images cost: how large they are, and each job as a container, on nothing, on little and on much."""

from __future__ import annotations

import subprocess
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.contest import BenchError
from bench.millrace import SLIGHT, SMALL_BYTES
from bench.report import aligned
from bench.sample import FROM, TO, Sample, made
from harness.containers import JOBS, ContainerJobs, built, containers, missing_tools
from harness.jobs import environment_of
from harness.measure import SAMPLE_SECONDS, high_water, own_cpu_seconds
from harness.product import NOTHING_STALE, Product
from harness.services import Services
from harness.worker import Ended

LITTLE = 1_000
_HEADINGS = ("on", "step", "first line s", "wall s", "CPU s", "peak MB")
_DONE = 0


@dataclass(frozen=True, slots=True)
class Cost:
    """What one container cost. The first line is the first of its log, counted from the command that started it."""

    first_line: float
    wall: float
    cpu: float
    peak: int


@dataclass(frozen=True, slots=True)
class Step:
    """What a step of the chain cost on some work."""

    work: str
    step: str
    cost: Cost


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes of an image as it is published."""

    job: str
    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class Report:
    """What was found."""

    sizes: list[Sizes]
    steps: list[Step]

    def text(self) -> str:
        """For people."""
        lines = [f"millrace-{one.job}: {one.size / 1e6:.0f} MB compressed, {one.digest}" for one in self.sizes]
        return "\n".join(lines + aligned([_HEADINGS, *(_row(step) for step in self.steps)], names=2))

    def members(self) -> dict[str, Any]:
        """For programs."""
        return {"images": [asdict(one) for one in self.sizes], "steps": [asdict(step) for step in self.steps]}


def images(services: Services, folder: Path, events: int, seed: int, tell: Callable[[str], None]) -> Report:
    """Runs every job on nothing stale, on a thousand events and on as many as are asked for."""
    if missing := missing_tools():
        raise BenchError(f"containers need {', '.join(missing)}")
    index = built()
    if index is None:
        raise BenchError("there are no images: run ./millrace images")
    little, much = (made(folder / f"landed-{count}", count, seed) for count in (LITTLE, events))
    with containers() as podman:
        pushed = {job: podman.pushed(job) for job in JOBS}
        for image in pushed.values():
            podman.podman("pull", "--quiet", image)
        jobs = MeasuredContainers(ContainerJobs(podman, pushed, environment_of(services)))
        steps: list[Step] = []
        for sample in (little, much):
            steps += _of(services, jobs, sample, folder, tell)
    sizes = [Sizes(job, index["images"][job]["digest"], index["images"][job]["bytes"]) for job in JOBS]
    return Report(sizes, steps)


def _of(
    services: Services, jobs: MeasuredContainers, sample: Sample, folder: Path, tell: Callable[[str], None]
) -> list[Step]:
    name = f"images-{uuid.uuid4().hex[:8]}"
    jobs.small = sample.size < SMALL_BYTES
    product = Product(services, jobs, "consents", name, folder / name)
    try:
        for file in sample.files():
            product.land(sample.key(file), file.read_bytes())
        steps = _steps(product, jobs, f"{sample.events:,} events", _DONE, tell)
        if sample.events == LITTLE:
            steps = _steps(product, jobs, "nothing stale", NOTHING_STALE, tell) + steps
        return steps
    finally:
        product.close()


def _steps(
    product: Product, jobs: MeasuredContainers, work: str, expected: int, tell: Callable[[str], None]
) -> list[Step]:
    steps: list[Step] = []

    def run(step: str, job: str, *arguments: str) -> None:
        ended = product.job(job, *arguments, run_id=f"run-{work}")
        if ended.code != expected:
            raise BenchError(f"{step} on {work} ended with {ended.code}, not {expected}:\n{ended.log[-2000:]}")
        assert jobs.last is not None
        steps.append(Step(work, step, jobs.last))
        tell(f"{step} on {work}: {jobs.last.wall:.1f} s")

    run("ingest plan", "ingest", "plan", "--from", FROM, "--to", TO)
    if expected == _DONE:
        run("ingest run", "ingest", "run", "--plan", f"run-{work}", "--shard", "0")
        run("ingest commit", "ingest", "commit", "--plan", f"run-{work}")
    run("transform", "transform")
    run("load", "load")
    return steps


class MeasuredContainers:
    """Runs jobs as containers, and remembers what the last one cost."""

    def __init__(self, jobs: ContainerJobs) -> None:
        self._quick = jobs
        self._thorough = jobs.with_options(())
        self.small = False
        self.last: Cost | None = None

    def run(self, job: str, *arguments: str) -> Ended:
        """Runs the job once."""
        jobs = self._quick if self.small or arguments[0] in SLIGHT else self._thorough
        with tempfile.TemporaryDirectory() as folder:
            pid = Path(folder) / "pid"
            command = jobs.command(job, *arguments, podman=[f"--pidfile={pid}"])
            began = time.monotonic()
            process = jobs.containers.start(*command)
            watched = _Watched(pid, process)
            watched.start()
            log = _Log(process, began)
            log.start()
            assert process.stdout is not None
            out = process.stdout.read()
            code = process.wait()
            wall = time.monotonic() - began
            log.join()
            watched.join()
        self.last = Cost(log.first or wall, wall, watched.cpu, watched.peak)
        return Ended(code, out.splitlines(), log.text)


class _Log(threading.Thread):
    """Reads the log while it is written."""

    def __init__(self, process: subprocess.Popen[str], began: float) -> None:
        super().__init__(daemon=True)
        self._process = process
        self._began = began
        self.first: float | None = None
        self.text = ""

    def run(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.first = self.first or time.monotonic() - self._began
            self.text += line


class _Watched(threading.Thread):
    """Follows CPU and memory of a container's only process, but for its last hundredth of a second."""

    def __init__(self, pid: Path, process: subprocess.Popen[str]) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._process = process
        self.cpu = 0.0
        self.peak = 0

    def run(self) -> None:
        while not (self._pid.exists() and self._pid.read_text()):
            if self._process.poll() is not None:
                return
            time.sleep(SAMPLE_SECONDS)
        folder = Path("/proc") / self._pid.read_text().strip()
        with suppress(OSError):
            while True:
                self.cpu = own_cpu_seconds(folder)
                self.peak = max(self.peak, high_water(folder))
                time.sleep(SAMPLE_SECONDS)


def _row(step: Step) -> tuple[str, ...]:
    cost = step.cost
    figures = (cost.first_line, cost.wall, cost.cpu)
    return (step.work, step.step, *(f"{figure:.2f}" for figure in figures), f"{cost.peak / 1e6:.0f}")
