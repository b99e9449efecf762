"""The images as their users have them: published, pulled by digest, and run with next to no rights."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pytest import TempPathFactory

from harness.archives import INSIST, assert_all_archived
from harness.attempts import Twins, consent_event
from harness.containers import JOBS, PUBLISHED, QUICK_TO_START, ContainerJobs, Containers, built
from harness.jobs import KeptProcesses, environment_of
from harness.patience import until
from harness.ports import free_port, listens
from harness.product import NOTHING_STALE, Product
from harness.services import ROOT, Services, class_path
from harness.worker import Ended
from oracle.operations import Put
from oracle.tables import CONSENTS

_PATIENCE_SECONDS = 120
_BEGUN_WITH = re.compile("(java|sun|jdk|picocli|dev/millrace)/")
_DAY = ("2026-01-05T10", "2026-01-05T11")
_BOM = "application/vnd.cyclonedx+json"
# Every row that is copied into a staging table waits for as long as anybody holds the lock.
_COPIES_WAIT = """
create function public.wait_in_copy() returns trigger language plpgsql as
  'begin perform pg_advisory_xact_lock_shared(1); return new; end';
create function public.on_staging() returns event_trigger language plpgsql as $$
declare made record;
begin
  for made in select * from pg_event_trigger_ddl_commands() loop
    if made.object_type = 'table' and made.object_identity like 'millrace_internal.staging_%' then
      execute format('create trigger wait_in_copy before insert on %s', made.object_identity)
        || ' for each row execute function public.wait_in_copy()';
    end if;
  end loop;
end $$;
create event trigger on_staging on ddl_command_end when tag in ('CREATE TABLE') execute function public.on_staging();
"""
_HOLD_COPIES = "select pg_advisory_xact_lock(1)"
_HOLD_TABLES = "lock table millrace.consent_metrics, millrace.consent_events in exclusive mode"


@pytest.fixture(scope="module")
def images(podman: Containers) -> dict[str, str]:
    """The images of this checkout, pulled by digest."""
    pushed = {job: podman.pushed(job) for job in JOBS}
    for image in pushed.values():
        podman.podman("pull", "--quiet", image)
    return pushed


@pytest.fixture(scope="module")
def jobs(podman: Containers, images: dict[str, str], services: Services) -> ContainerJobs:
    """Jobs as containers."""
    return ContainerJobs(podman, images, environment_of(services))


@pytest.fixture
def contained(services: Services, jobs: ContainerJobs, tmp_path: Path) -> Iterator[Product]:
    """The consents, in the hands of containers."""
    name = f"contained-{uuid.uuid4().hex[:8]}"
    one = Product(services, jobs, CONSENTS, name, tmp_path / name)
    yield one
    one.close()


@pytest.fixture
def cluster(podman: Containers, images: dict[str, str], tmp_path: Path) -> Iterator[Cluster]:
    """Spark's own master and two workers, out of the transform's image."""
    before = podman.left()
    one = Cluster(podman, images["transform"], tmp_path)
    try:
        until(lambda: len(one.alive()) == 2, "both workers are there")
        yield one
    finally:
        one.close()
    assert podman.left() == before


@pytest.fixture(scope="module")
def loads(
    podman: Containers, services: Services, kept: KeptProcesses, jobs: ContainerJobs, tmp_path_factory: TempPathFactory
) -> Iterator[Loads]:
    """Loads in containers of what other processes made ready for them."""
    name = f"loads-{uuid.uuid4().hex[:8]}"
    product = Product(services, kept, CONSENTS, name, tmp_path_factory.mktemp("loads") / name)
    yield Loads(podman, services, product, jobs)
    product.close()


def test_another_checkout_gives_the_same_digests_and_publishes_them(podman: Containers, tmp_path: Path) -> None:
    checkout = _checkout(tmp_path / "checkout")
    here = built()
    assert here is not None
    archives = [f"--class-archives={ROOT / '.millrace' / 'class-lists'}"] if here["class-archives"] else []
    done = _images(checkout, "--push", f"{podman.registry}/team", "--json", *archives)
    for job in PUBLISHED:
        image = done["images"][job]
        assert image["digest"] == here["images"][job]["digest"], f"{job}: ./millrace images was not run lately"
        for tag in (image["version"], done["commit"][:12] + ("-modified" if "modified" in done["commit"] else "")):
            assert _digest(podman, f"{podman.registry}/team/millrace-{job}:{tag}") == image["digest"]
        assert image["image"] == f"{podman.registry}/team/millrace-{job}@{image['digest']}"
        assert _published_bom(podman, image["image"]) == json.loads(
            (checkout / ".millrace" / "images" / f"millrace-{job}.cdx.json").read_text(encoding="utf-8")
        )


def _checkout(folder: Path) -> Path:
    """A clone, with whatever of this checkout is not committed yet."""
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    listed = ["git", "-C", str(ROOT), "ls-files", "-z", "--modified", "--others", "--exclude-standard"]
    changed = subprocess.run(listed, check=True, capture_output=True, text=True).stdout.split("\0")
    for file in filter(None, changed):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / file).exists():
            shutil.copy2(ROOT / file, folder / file)
        else:
            (folder / file).unlink(missing_ok=True)
    return folder


def _images(checkout: Path, *arguments: str) -> dict[str, Any]:
    """``millrace images`` of another checkout, whose command does not have to be built for that."""
    java = ["java", f"-Dmillrace.home={checkout}", "-cp", class_path("cli"), "dev.millrace.cli.MillraceMain"]
    command = [*java, "images", *arguments]
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return dict(json.loads(ended.stdout))


def _digest(podman: Containers, name: str) -> str:
    return podman.skopeo("inspect", "--format", "{{.Digest}}", f"docker://{name}")


def _published_bom(podman: Containers, image: str) -> object:
    """What an image consists of, found as any client finds it: by the list of what refers to the image."""
    name, digest = image.split("@")
    listed = json.loads(podman.skopeo("inspect", "--raw", f"docker://{name}:{digest.replace(':', '-')}"))
    (found,) = listed["manifests"]
    manifest = json.loads(podman.skopeo("inspect", "--raw", f"docker://{name}@{found['digest']}"))
    assert manifest["artifactType"] == _BOM
    assert manifest["subject"]["digest"] == digest
    (layer,) = manifest["layers"]
    assert layer["mediaType"] == _BOM
    with podman.blob(name, layer["digest"]) as blob:
        return json.load(blob)


def test_an_image_says_what_it_is_and_holds_no_shell(podman: Containers, images: dict[str, str]) -> None:
    here = built()
    assert here is not None
    for job, image in images.items():
        config = json.loads(podman.podman("image", "inspect", image))[0]["Config"]
        labels = config["Labels"]
        assert labels["org.opencontainers.image.title"] == f"millrace-{job}"
        assert labels["org.opencontainers.image.revision"] == here["commit"]
        assert labels["org.opencontainers.image.version"] == here["images"][job]["version"]
        assert config["User"] == "10001:10001"
        shell = podman.run(["run", "--rm", "--network=none", "--entrypoint=/bin/sh", image, "-c", "true"])
        assert shell.returncode == 127, shell
        bill = json.loads((ROOT / ".millrace" / "images" / f"millrace-{job}.cdx.json").read_text(encoding="utf-8"))
        named = {component["name"] for component in bill["components"]}
        assert {"libc6", "openjdk", "postgresql", f"millrace-{'control' if job == 'transform' else 'lake'}"} <= named
        if here["class-archives"]:
            java = ["@/opt/millrace/job.args", *INSIST, "@/opt/millrace/main.args", "--version"]
            run = ["run", "--rm", "--read-only", "--network=none", "--entrypoint=java", image]
            assert_all_archived(job, podman.run([*run, *java]))


def test_an_archive_of_classes_fits_its_image(podman: Containers, images: dict[str, str], tmp_path: Path) -> None:
    whole = ROOT / ".millrace" / "class-lists" / "load.list"
    if not whole.exists():
        pytest.skip("./millrace warm-up was not run here")
    listed = tmp_path / "load.list"
    # Drivers and libraries would take minutes.
    names = [name for name in whole.read_text(encoding="utf-8").splitlines() if _BEGUN_WITH.match(name)]
    listed.write_text("\n".join(names) + "\n", encoding="utf-8")
    built_job = ROOT / "modules" / "load" / "target"
    target = tmp_path / "load"
    (target / "image").mkdir(parents=True)
    shutil.copy2(built_job / "image" / "job.args", target / "image")
    shutil.copytree(built_job / "lib", target / "lib")
    for jar in built_job.glob("*.jar"):
        shutil.copy2(jar, target)
    command = [ROOT / "docker" / "base" / "classes", ROOT / ".millrace" / "images" / "base.tar", target, listed]
    written = subprocess.run(command, capture_output=True, text=True, check=False)
    assert written.returncode == 0, written.stderr
    where = "/opt/millrace/of-the-test.jsa"
    java = ["@/opt/millrace/job.args", *INSIST, f"-XX:SharedArchiveFile={where}", "@/opt/millrace/main.args"]
    archive = target / "image" / "job.jsa"
    started = ["run", "--rm", "--read-only", "--network=none", f"--volume={archive}:{where}:ro"]
    assert_all_archived("load", podman.run([*started, "--entrypoint=java", images["load"], *java, "--version"]))


def test_the_whole_pipeline_in_containers_agrees_with_the_oracle(podman: Containers, contained: Product) -> None:
    before = podman.left()
    _first_landing_agrees(contained, seed=11)
    assert podman.left() == before


def test_the_transform_image_drives_a_cluster_of_its_own_kind(
    podman: Containers, services: Services, kept: KeptProcesses, jobs: ContainerJobs, cluster: Cluster, tmp_path: Path
) -> None:
    name = f"clustered-{uuid.uuid4().hex[:8]}"
    product = Product(services, OnCluster(kept, jobs, cluster), CONSENTS, name, tmp_path / name)
    _first_landing_agrees(product, seed=12)
    assert cluster.busy == cluster.alive(), "a worker had nothing to do"
    product.close()


def _first_landing_agrees(product: Product, seed: int) -> None:
    twins = Twins(product, CONSENTS, seed)
    twins.apply(*twins.landings.first())
    twins.run()
    twins.agree()


def test_a_container_that_is_told_to_stop_does_so_in_time(podman: Containers, loads: Loads) -> None:
    loads.make_stale(3)
    with loads.blocked(_HOLD_TABLES):
        process, name = loads.start()
        until(loads.is_waiting, "the load waits for a lock")
        begun = time.monotonic()
        podman.podman("stop", "--time=30", name)
        assert time.monotonic() - begun < 20
        # Java was ended by the signal; of the second signal it would have been 137.
        assert process.wait(timeout=_PATIENCE_SECONDS) == 143
    loads.finish()


def test_a_container_killed_within_its_transaction_is_finished_by_the_next(podman: Containers, loads: Loads) -> None:
    loads.make_stale(50)
    with loads.blocked(_HOLD_TABLES):
        process, name = loads.start()
        until(loads.is_waiting, "the load waits for a lock")
        podman.kill(name)
        assert process.wait(timeout=_PATIENCE_SECONDS) == 137
    loads.finish()


def test_a_container_killed_while_it_copies_is_finished_by_the_next(podman: Containers, loads: Loads) -> None:
    loads.make_stale(50)
    loads.product.execute(_COPIES_WAIT)
    with loads.blocked(_HOLD_COPIES):
        process, name = loads.start()
        until(loads.is_copying, "the load copies")
        podman.kill(name)
        assert process.wait(timeout=_PATIENCE_SECONDS) == 137
    loads.product.execute("drop event trigger on_staging")
    loads.finish()


class Cluster:
    """A master and two workers, each a container."""

    def __init__(self, podman: Containers, image: str, folder: Path) -> None:
        self._podman = podman
        port, self._page = free_port(), free_port()
        self.address = f"spark://127.0.0.1:{port}"
        self.busy: set[str] = set()
        # What executors run is in the image; Spark only insists on a folder for it.
        (folder / "spark" / "jars").mkdir(parents=True)
        self._common = (
            *("run", "--detach", "--rm", "--read-only", "--cap-drop=all", "--network=host"),
            *(f"--volume={folder / 'spark'}:/spark:ro", "--env=SPARK_HOME=/spark", "--env=SPARK_SCALA_VERSION=2.13"),
            "--env=SPARK_LOCAL_IP=127.0.0.1",
        )
        master = ("--host", "127.0.0.1", "--port", str(port), "--webui-port", str(self._page))
        worker = ("--host", "127.0.0.1", "--webui-port", "0", "--cores", "1", "--memory", "1g")
        self._containers = [self._start(image, "master.Master", *master)]
        until(lambda: listens(port) and listens(self._page), "the master listens")
        for _ in range(2):
            self._containers.append(
                self._start(image, "worker.Worker", *worker, "--work-dir", "/tmp/work", self.address)
            )

    def alive(self) -> set[str]:
        """The workers that the master knows."""
        return {str(worker["id"]) for worker in self._told()["workers"] if worker["state"] == "ALIVE"}

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Remembers which workers have something to do meanwhile."""
        ended = threading.Event()

        def look() -> None:
            while not ended.wait(0.2):
                self.busy |= {str(worker["id"]) for worker in self._told()["workers"] if worker["coresused"]}

        looking = threading.Thread(target=look, daemon=True)
        looking.start()
        yield
        ended.set()
        looking.join()

    def close(self) -> None:
        """Ends all of them."""
        for container in reversed(self._containers):
            self._podman.podman("stop", "--time=10", container, code=None)

    def _told(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self._page}/json/", timeout=30) as answer:
            return dict(json.load(answer))

    def _start(self, image: str, main: str, *arguments: str) -> str:
        java = ["java", "@/opt/millrace/job.args", "-Xmx256m", f"org.apache.spark.deploy.{main}"]
        command = [*self._common, f"--entrypoint={json.dumps(java, separators=(',', ':'))}", image, *arguments]
        return self._podman.podman(*command)


class OnCluster:
    """Transforms in containers whose Spark is a cluster; other jobs as processes."""

    def __init__(self, kept: KeptProcesses, jobs: ContainerJobs, cluster: Cluster) -> None:
        self._kept = kept
        self._cluster = cluster
        self._jobs = jobs.with_options(
            (
                *QUICK_TO_START,
                f"-Dspark.master={cluster.address}",
                "-Dspark.driver.host=127.0.0.1",
                "-Dspark.executor.memory=512m",
                # Both workers are on one host, and neither sees the other's files.
                "-Dspark.shuffle.readHostLocalDisk=false",
                "-Dspark.executor.extraClassPath=/opt/millrace/classpath/*:/opt/millrace/libs/*",
            )
        )

    def run(self, job: str, *arguments: str) -> Ended:
        """Runs the job once."""
        if job != "transform":
            return self._kept.run(job, *arguments)
        with self._cluster.watched():
            return self._jobs.run(job, *arguments)


class Loads:
    """Loads in containers, and what they find."""

    def __init__(self, podman: Containers, services: Services, product: Product, jobs: ContainerJobs) -> None:
        self.product = product
        self._podman = podman
        self._services = services
        self._jobs = jobs
        self._events = 0
        self._common = ("--pipeline", CONSENTS, "--project", str(product.folder), "--env", "test")
        # The tables are there before anything goes wrong.
        self._land(1)
        product.run(*_DAY)

    def make_stale(self, events: int) -> None:
        """Everything but the load of so many more events."""
        self._land(events)
        plan = json.loads(self.product.job("ingest", "plan", "--from", _DAY[0], "--to", _DAY[1]).lines[-1])
        assert self.product.job("ingest", "run", "--plan", plan["plan"], "--shard", "0").code == 0
        assert self.product.job("ingest", "commit", "--plan", plan["plan"]).code == 0
        assert self.product.job("transform").code == 0

    def start(self) -> tuple[subprocess.Popen[str], str]:
        """Starts a load in a container, and does not wait for it."""
        name = f"load-{uuid.uuid4().hex[:8]}"
        command = self._jobs.command("load", *self._common, "--run-id", name, podman=[f"--name={name}"])
        return self._podman.start(*command), name

    def finish(self) -> None:
        """The next load does what is left, and all books balance."""
        ended = self._jobs.run("load", *self._common, "--run-id", "again")
        assert ended.code == 0, ended
        assert len(self.product.warehouse_rows("consent_events")) == self._events
        audited = self._jobs.run("load", "audit", *self._common)
        assert audited.code == 0, audited
        assert self.product.job("load").code == NOTHING_STALE

    @contextmanager
    def blocked(self, lock: str) -> Iterator[None]:
        """Somebody else has a lock in the warehouse for as long as the block lasts."""
        with self._services.database(self.product.warehouse, autocommit=False) as connection:
            connection.execute(lock.encode())
            yield
            connection.rollback()

    def is_waiting(self) -> bool:
        """Whether a transaction waits for a lock."""
        return self._activity("wait_event_type = 'Lock'")

    def is_copying(self) -> bool:
        """Whether rows are on their way into a staging table."""
        return self._activity("query ilike 'copy%' and wait_event = 'advisory'")

    def _land(self, events: int) -> None:
        lines = [consent_event(str(number), f"u{number}") for number in range(self._events, self._events + events)]
        self._events += events
        self.product.apply(Put(f"events/datehour=2026-01-05-10/{self._events}", b"\n".join(lines)))

    def _activity(self, condition: str) -> bool:
        with self._services.database("postgres") as connection:
            query = f"select 1 from pg_stat_activity where datname = '{self.product.warehouse}' and {condition}"
            return connection.execute(query.encode()).fetchone() is not None
