"""A registry and a podman of the tests' own: nothing of the machine's images and containers is touched."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.patience import until
from harness.ports import free_port, listens
from harness.services import ROOT
from harness.worker import Ended

JOBS = ("ingest", "transform", "load")
PUBLISHED = (*JOBS, "airflow")
TOOLS = ("mmdebstrap", "podman", "runc", "skopeo", "docker-registry")
_PATIENCE_SECONDS = 300
_REGISTRY = """
version: 0.1
log: {{level: error, accesslog: {{disabled: true}}}}
storage: {{filesystem: {{rootdirectory: {folder}}}}}
http: {{addr: "127.0.0.1:{port}"}}
"""
# Docker's interface wants soft and hard limits that are equal; crun does not work on every kernel that runc works on.
_CONTAINERS = """
[containers]
default_ulimits = ["nofile=20000:20000", "nproc=8192:8192"]
[engine]
runtime = "runc"
[network]
network_config_dir = "{folder}/networks"
"""
# As every runtime starts a job that has little to read.
QUICK_TO_START = ("-XX:TieredStopAtLevel=1",)
_REGISTRIES = """
[[registry]]
location = "127.0.0.1:{port}"
insecure = true
"""


def missing_tools() -> list[str]:
    """What this machine lacks for containers."""
    return [tool for tool in TOOLS if shutil.which(tool) is None]


def built() -> dict[str, Any] | None:
    """What ``millrace images`` wrote in this checkout, if it was run."""
    index = ROOT / ".millrace" / "images" / "images.json"
    return dict(json.loads(index.read_text(encoding="utf-8"))) if index.exists() else None


@dataclass(frozen=True, slots=True)
class Containers:
    """podman with a storage of its own, and a registry beside it."""

    registry: str
    socket: Path
    _options: tuple[str, ...]
    _environment: Mapping[str, str]

    def podman(self, *arguments: str, code: int | None = 0) -> str:
        """Runs podman; gives back what it printed."""
        ended = self.run(arguments)
        assert code is None or ended.returncode == code, f"podman {arguments}: {ended.returncode} {ended.stderr}"
        return ended.stdout.strip()

    def run(self, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Runs podman, however it ends."""
        return subprocess.run(
            ["podman", *self._options, *arguments],
            env={**os.environ, **self._environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE_SECONDS,
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Starts podman and does not wait for it."""
        return subprocess.Popen(
            ["podman", *self._options, *arguments],
            env={**os.environ, **self._environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def left(self) -> dict[str, list[str]]:
        """All containers, volumes and networks, by name."""
        return {
            "containers": self.podman("ps", "--all", "--quiet").split(),
            "volumes": self.podman("volume", "ls", "--quiet").split(),
            "networks": self.podman("network", "ls", "--quiet").split(),
        }

    def running(self, job: str) -> list[str]:
        """The containers of a job that run, as Airflow started them."""
        return self.podman("ps", "--quiet", "--no-trunc", "--filter", f"label=dev.millrace.job={job}").split()

    def inspected(self, container: str) -> dict[str, Any]:
        """Everything about a container."""
        return dict(json.loads(self.podman("inspect", container))[0])

    def kill(self, container: str) -> None:
        """Ends a container as abruptly as the kernel can."""
        os.kill(int(self.inspected(container)["State"]["Pid"]), signal.SIGKILL)

    def pushed(self, job: str) -> str:
        """Publishes a job's image as it lies in this checkout; gives back its name with the digest."""
        index = built()
        assert index is not None
        image = index["images"][job]
        name = f"{self.registry}/{image['name']}"
        self.skopeo(
            "copy", "--quiet", "--preserve-digests", f"oci-archive:{image['archive']}", f"docker://{name}:built"
        )
        return f"{name}@{image['digest']}"

    def skopeo(self, verb: str, *arguments: str) -> str:
        """Runs skopeo on a registry that has no certificate."""
        insecure = "--dest-tls-verify=false" if verb == "copy" else "--tls-verify=false"
        command = ["skopeo", verb, insecure, *arguments]
        ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, f"{command}: {ended.stderr}"
        return ended.stdout.strip()

    def blob(self, name: str, digest: str) -> Any:
        """Content of the registry that is no image."""
        repository = name.removeprefix(f"{self.registry}/")
        return urllib.request.urlopen(f"http://{self.registry}/v2/{repository}/blobs/{digest}", timeout=30)


class ContainerJobs:
    """Every job as a container of its own, as a user would run it by hand: read-only, with nothing but the project."""

    def __init__(
        self,
        containers: Containers,
        images: Mapping[str, str],
        environment: Mapping[str, str],
        options: Sequence[str] = QUICK_TO_START,
    ) -> None:
        self.containers = containers
        self._images = images
        self._environment = environment
        self._options = options

    def with_options(self, options: Sequence[str]) -> ContainerJobs:
        """The same jobs, with other options for their JVM."""
        return ContainerJobs(self.containers, self._images, self._environment, options)

    def run(self, job: str, *arguments: str) -> Ended:
        """Runs the job once."""
        ended = self.containers.run(self.command(job, *arguments))
        return Ended(ended.returncode, ended.stdout.splitlines(), ended.stderr)

    def command(self, job: str, *arguments: str, podman: Sequence[str] = ()) -> list[str]:
        """What podman is given to run a job, with further options for podman."""
        java = ["java", "@/opt/millrace/job.args", *self._options, "@/opt/millrace/main.args"]
        project = arguments[arguments.index("--project") + 1]
        return [
            "run",
            "--rm",
            "--read-only",
            "--cap-drop=all",
            "--security-opt=no-new-privileges",
            "--network=host",
            f"--volume={project}:{project}:ro",
            f"--entrypoint={json.dumps(java, separators=(',', ':'))}",
            *(f"--env={variable}={value}" for variable, value in self._environment.items()),
            *podman,
            self._images[job],
            *arguments,
        ]


@contextmanager
def containers() -> Iterator[Containers]:
    """A registry and podman's service, whose whole state goes at the end."""
    # podman takes no long path for what it needs while it runs, and sockets do not either.
    folder = Path(tempfile.mkdtemp(prefix="millrace-"))
    port = free_port()
    (folder / "registry.yml").write_text(_REGISTRY.format(folder=folder / "registry", port=port), encoding="utf-8")
    (folder / "containers.conf").write_text(_CONTAINERS.format(folder=folder), encoding="utf-8")
    (folder / "registries.conf").write_text(_REGISTRIES.format(port=port), encoding="utf-8")
    environment = {
        "CONTAINERS_CONF": str(folder / "containers.conf"),
        "CONTAINERS_REGISTRIES_CONF": str(folder / "registries.conf"),
        # Health checks are run by systemd's timers, which not every machine has: a test runs them itself.
        "DISABLE_HC_SYSTEMD": "true",
    }
    options = ("--root", str(folder / "root"), "--runroot", str(folder / "run"), "--log-level=error")
    address = folder / "podman.sock"
    started = [
        _started(["docker-registry", "serve", str(folder / "registry.yml")], folder / "registry.log", {}),
        _started(
            ["podman", *options, "system", "service", "--time=0", f"unix://{address}"],
            folder / "podman.log",
            environment,
        ),
    ]
    one = Containers(f"127.0.0.1:{port}", address, options, environment)
    try:
        until(lambda: listens(port) and address.exists(), "registry and podman answer")
        # As the socket is where podman is a service of the machine: its group may speak with it.
        address.chmod(0o660)
        yield one
    finally:
        with suppress(subprocess.TimeoutExpired):
            one.run(["rm", "--all", "--force", "--volumes"])
        for process in started:
            process.terminate()
            process.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def _started(command: list[str], log: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    with log.open("wb") as out:
        return subprocess.Popen(
            command,
            # podman says beside itself when a container ran out of memory.
            cwd=log.parent,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
