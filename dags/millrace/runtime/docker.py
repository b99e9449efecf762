"""Each job as a container of Docker, or of whatever speaks its language, such as podman."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from airflow.providers.docker.operators.docker import DockerOperator
from airflow.sdk.exceptions import AirflowException
from docker.errors import APIError, DockerException, NotFound
from docker.types import Mount
from requests.exceptions import RequestException

from millrace.installation import Installation
from millrace.outcome import Exit, JobEnd, StageFailedError, StageInterruptedError, end_of
from millrace.runtime import JobCall, environment, image
from millrace.runtime.told import Log, Told

_LABEL = "dev.millrace.call"
# Airflow gives a task five seconds between asking it to end and killing it.
_PATIENCE_SECONDS = 3
# Whoever waits for a container reads its end at once: nobody does any more.
_FORGOTTEN = timedelta(hours=1)
_STATE = "/state"
_OUT_OF_MEMORY = 3
_TOLD_TO_END = 128 + 15
# What a registry says that has no such image, or none for us. Whatever else keeps an image away may pass.
_REFUSED = re.compile(r"manifest unknown|name unknown|not found|unauthorized|denied", re.IGNORECASE)


class DockerRuntime:
    """Runs a job in a container, which is removed at its end.

    A task that is told to end takes its container with it. One that dies without a word leaves it running: the next try
    of the task finds the container and waits for it, rather than to begin anew.
    """

    def __init__(self, installation: Installation, variables: Mapping[str, str]) -> None:
        self._installation = installation
        self._variables = variables
        self._container: JobContainer | None = None

    @property
    def project(self) -> str:
        """Where it is mounted."""
        return image.PROJECT

    def run(self, call: JobCall, log: Log) -> JobEnd:
        """Runs a job in a container, or waits for the one that already runs it."""
        container = self.container(call)
        self._container = container
        try:
            return container.run_job(log)
        except (StageFailedError, StageInterruptedError):
            raise
        except NotFound as e:
            # Docker says it of the image when it fetches it, or in place of a container.
            if not container.container:
                raise StageFailedError(f"There is no image {container.image}: {e.explanation}", Exit.USAGE) from e
            raise StageInterruptedError(f"The container was taken away: {e.explanation}", Exit.TEMPORARY) from e
        except (AirflowException, DockerException, RequestException, OSError) as e:
            raise StageInterruptedError(f"Docker cannot be used: {e}", Exit.TEMPORARY) from e
        finally:
            self._container = None

    def kill(self) -> None:
        """Asks the job to end, and ends it where it does not."""
        if self._container is not None:
            self._container.end()

    def container(self, call: JobCall) -> JobContainer:
        """The container of a job, as it is going to be made."""
        variables = self._variables
        program, arguments = image.entrypoint(call, variables)
        local = environment(self._installation, variables).get("services") == "local"
        state = {"MILLRACE_STATE": _STATE} if local else {}
        return JobContainer(
            call=call,
            task_id="job",
            image=self._image(call),
            entrypoint=program,
            command=arguments,
            private_environment={**image.given(self._installation, variables), **state},
            mounts=[*self._project(), *(self._local_state() if local else [])],
            mount_tmp_dir=False,
            mem_limit=image.memory(call),
            # The local services listen on this machine alone, and say who may ask in a file that is its owner's alone.
            network_mode=variables.get("MILLRACE_DOCKER_NETWORK") or ("host" if local else "bridge"),
            user=f"{os.getuid()}:{os.getgid()}" if local else None,
            docker_conn_id=variables.get("MILLRACE_DOCKER_CONNECTION") or None,
            labels={_LABEL: _digest(call), "dev.millrace.job": call.job},
        )

    def _image(self, call: JobCall) -> str:
        """By its digest, or by the id that this Docker has given to an image that was never published."""
        named = self._variables.get(f"MILLRACE_{call.job.upper()}_IMAGE", "")
        return named if image.is_id(named) else image.image(call.job, self._installation, self._variables)

    def _project(self) -> Iterator[Mount]:
        """The project, as it is on Docker's machine; ``none`` leaves the job with the one in its image."""
        named = self._variables.get("MILLRACE_DOCKER_PROJECT")
        if named == "none":
            return
        project = Path(named or self._installation.project)
        for part in ("millrace.yaml", "dags/pipelines"):
            yield Mount(f"{image.PROJECT}/{part}", str(project / part), "bind", read_only=True)

    def _local_state(self) -> Iterator[Mount]:
        state = self._installation.project / (self._variables.get("MILLRACE_STATE") or ".millrace")
        yield Mount(f"{_STATE}/services.json", str(state / "services.json"), "bind", read_only=True)


class JobContainer(DockerOperator):
    """A container of which the log, the report and the exit code are wanted, and which nothing outlives."""

    def __init__(self, *, call: JobCall, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._call = call
        self._stopped = False

    def run_job(self, log: Log) -> JobEnd:
        """Fetches the image if need be, and runs the job to its end."""
        told = Told(log)
        self._fetch(told)
        self._forget()
        running = self._running()
        self.container = running or self._created()
        name = self.container["Id"]
        told.logged(f"container {name} of {self.image}{' is still running: waiting for it' if running else ''}")
        returned, state = self._followed(name, told, start=not running)
        self._remove(name)
        returned = _OUT_OF_MEMORY if state.get("OOMKilled") else returned
        return end_of(self._call.job, returned, told.report, told.sentence)

    def end(self) -> None:
        """Stops and removes the container."""
        self._stopped = True
        if self.container:
            with suppress(APIError):
                self.cli.stop(self.container["Id"], timeout=_PATIENCE_SECONDS)
            self._remove(self.container["Id"])

    def _fetch(self, told: Told) -> None:
        """Fetches the image, if it is not here. Docker may begin its answer before it knows that something is wrong."""
        # What has no name but its id is here, or nowhere.
        if image.is_id(self.image) or self.cli.images(name=self.image):
            return
        told.logged(f"fetching {self.image}")
        for said in self.cli.pull(self.image, stream=True, decode=True):
            if wrong := said.get("error"):
                if _REFUSED.search(wrong):
                    raise StageFailedError(f"There is no image {self.image}: {wrong}", Exit.USAGE)
                raise StageInterruptedError(f"The image {self.image} could not be fetched: {wrong}", Exit.TEMPORARY)

    def _followed(self, name: str, told: Told, *, start: bool) -> tuple[int, dict[str, Any]]:
        """Tells what a container says until it ends; gives back its exit code and what Docker knows of its end."""
        try:
            stream = self.cli.attach(name, stdout=True, stderr=True, stream=True, logs=True, demux=True)
            if start:
                self.cli.start(name)
            _follow(stream, told)
            returned = int(self.cli.wait(name)["StatusCode"])
            return returned, self.cli.inspect_container(name)["State"]
        except BaseException as e:
            # A timeout or any other exception of the task comes through here while the job still runs.
            stopped = self._stopped
            self.end()
            if not stopped or not isinstance(e, (DockerException, RequestException, OSError)):
                raise
            # The container was taken away while it was listened to.
            return _TOLD_TO_END, {}

    def _created(self) -> dict[str, Any]:
        """A container that may write to its /tmp alone, and may nothing that a job has no use for."""
        cores = self._call.resources.cores
        created: dict[str, Any] = self.cli.create_container(
            image=self.image,
            entrypoint=self.entrypoint,
            command=self.command,
            environment=self._private_environment,
            user=self.user,
            labels=self.labels,
            host_config=self.cli.create_host_config(
                mounts=[*self.mounts, Mount("/tmp", None, "volume")],
                network_mode=self.network_mode,
                mem_limit=self.mem_limit,
                memswap_limit=self.mem_limit,
                nano_cpus=int(cores * 1e9) if cores else None,
                read_only=True,
                cap_drop=["ALL"],
                security_opt=["no-new-privileges"],
            ),
        )
        return created

    def _running(self) -> dict[str, Any] | None:
        """The container of an earlier try that still runs. What has ended is run again: done once, it costs little."""
        assert isinstance(self.labels, dict)
        for found in self._labelled(f"{_LABEL}={self.labels[_LABEL]}"):
            if found["State"] == "running":
                return found
            self._remove(found["Id"])
        return None

    def _forget(self) -> None:
        """Removes what tasks left behind that nobody tried again."""
        for found in self._labelled(_LABEL, status="exited"):
            with suppress(APIError, ValueError):
                if _forgotten(self.cli.inspect_container(found["Id"])["State"]["FinishedAt"]):
                    self._remove(found["Id"])

    def _labelled(self, label: str, **filters: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.cli.containers(all=True, filters={"label": label, **filters})
        return found

    def _remove(self, name: str) -> None:
        with suppress(APIError):
            self.cli.remove_container(name, v=True, force=True)


def _forgotten(finished: str) -> bool:
    """Whether a container has ended so long ago that no task waits for it. One without an end is from the year one."""
    at = datetime.fromisoformat(finished)
    return at.year > 1 and datetime.now(UTC) - at > _FORGOTTEN


def _follow(stream: Iterator[tuple[bytes | None, bytes | None]], told: Told) -> None:
    """Tells every line of both streams, which come in pieces."""
    out, err = _Lines(), _Lines()
    for printed, logged in stream:
        for line in out.of(printed):
            told.printed(line)
        for line in err.of(logged):
            told.logged(line)
    for line in out.rest():
        told.printed(line)
    for line in err.rest():
        told.logged(line)


class _Lines:
    """Lines out of pieces."""

    def __init__(self) -> None:
        self._piece = b""

    def of(self, piece: bytes | None) -> list[str]:
        """The lines that are complete now."""
        *lines, self._piece = (self._piece + (piece or b"")).split(b"\n")
        return [line.decode(errors="replace") for line in lines]

    def rest(self) -> list[str]:
        """A last line without an end."""
        return [self._piece.decode(errors="replace")] if self._piece else []


def _digest(call: JobCall) -> str:
    """The same for every try of a task, and for no other task: arguments name the run, the plan and the shard."""
    return hashlib.sha256(json.dumps([call.job, *call.arguments]).encode()).hexdigest()
