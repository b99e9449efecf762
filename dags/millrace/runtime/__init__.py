"""Where jobs run. This is the one place that decides; everything else asks for a job and is told how it ended."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import yaml

from millrace.contract import NO_MORE, Resources
from millrace.installation import Installation
from millrace.outcome import Exit, JobEnd, StageFailedError
from millrace.runtime.told import Log


@dataclass(frozen=True, slots=True)
class JobCall:
    """A job to be run: its arguments, and about how many bytes it is going to read."""

    job: str
    arguments: tuple[str, ...]
    bytes: int = 0
    resources: Resources = NO_MORE


class Runtime(Protocol):
    """Runs jobs to their end, one at a time."""

    @property
    def project(self) -> str:
        """Where jobs find the project: a folder, as they see it."""

    def run(self, call: JobCall, log: Log) -> JobEnd:
        """Runs a job; however this is left, nothing of the job goes on running."""

    def kill(self) -> None:
        """Ends the job that is running, if there is one. May be called from a signal handler."""


def runtime(variables: Mapping[str, str] = os.environ) -> Runtime:
    """The one in force: ``MILLRACE_RUNTIME``, else what ``millrace.yaml`` says of the environment, else ``process``."""
    installation = Installation.here(variables)
    match chosen := _chosen(installation, variables):
        case "process":
            from millrace.runtime.process import ProcessRuntime

            return ProcessRuntime(installation, variables)
        case "docker":
            from millrace.runtime.docker import DockerRuntime

            return DockerRuntime(installation, variables)
        case "kubernetes":
            from millrace.runtime.kubernetes import KubernetesRuntime

            return KubernetesRuntime(installation, variables)
        case "ecs":
            from millrace.runtime.ecs import EcsRuntime

            return EcsRuntime(installation, variables)
        case _:
            allowed = "process, docker, kubernetes, ecs"
            raise StageFailedError(f"There is no runtime '{chosen}'; allowed: {allowed}", Exit.USAGE)


def environment(installation: Installation, variables: Mapping[str, str]) -> dict[str, Any]:
    """What ``millrace.yaml`` says of the environment in force; nothing where it cannot be read.

    The job says what is wrong with the file, and where.
    """
    try:
        project = yaml.safe_load((installation.project / "millrace.yaml").read_text(encoding="utf-8"))
        return dict(project["environments"][variables.get("MILLRACE_ENV") or "local"])
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError):
        return {}


def _chosen(installation: Installation, variables: Mapping[str, str]) -> str:
    if named := variables.get("MILLRACE_RUNTIME"):
        return named
    return str(environment(installation, variables).get("runtime", "process"))
