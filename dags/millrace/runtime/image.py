"""What the runtimes with containers have in common: which image a job is, what it is given, and how it is started."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from millrace.installation import Installation
from millrace.outcome import Exit, StageFailedError
from millrace.runtime import JobCall, environment, jvm

# Where things lie in the images: docker/README.md.
PROJECT = "/project"
JOB = "/opt/millrace"
USER = 10001
_BY_DIGEST = re.compile(r"[^@\s]+@sha256:[0-9a-f]{64}")
_ID = re.compile(r"sha256:[0-9a-f]{64}")
# Beyond the heap that each job has by itself, as its JVM's options say.
_MEMORY = {"ingest": 1536 << 20, "transform": 3 << 30, "load": 1536 << 20}
_SECRET = re.compile(r"(PASSWORD|SECRET|TOKEN|PRIVATE|CREDENTIAL)|_KEY$")
_GIVEN = ("MILLRACE_", "AWS_")
# These are of the machine that tasks run on, and mean nothing inside.
_OF_THE_HOST = re.compile(
    r"MILLRACE_(HOME|PROJECT|PIPELINES|STATE|JAVA|RUNTIME|IMAGES|ALERT_URL|AIRFLOW\w*|RETR\w+|\w+_IMAGE|\w+_JAVA_OPTIONS"
    r"|DOCKER_\w+|KUBERNETES_\w+|ECS_\w+)|AWS_\w*(FILE|BUNDLE|PROFILE)"
)


def image(job: str, installation: Installation, variables: Mapping[str, str]) -> str:
    """The image of a job, by its digest: a tag may be another image tomorrow.

    ``MILLRACE_<JOB>_IMAGE`` names it, else the file that ``millrace images --push`` wrote.
    """
    variable = f"MILLRACE_{job.upper()}_IMAGE"
    named = variables.get(variable) or _published(job, installation, variables)
    if not _BY_DIGEST.fullmatch(named):
        raise StageFailedError(f"'{named}' names no image by its digest: write {variable}=name@sha256:…", Exit.USAGE)
    return named


def is_id(named: str) -> bool:
    """Whether this is what Docker itself calls an image, which is of its content as a digest is."""
    return _ID.fullmatch(named) is not None


def _published(job: str, installation: Installation, variables: Mapping[str, str]) -> str:
    file = Path(variables.get("MILLRACE_IMAGES") or installation.home / ".millrace" / "images" / "images.json")
    try:
        return str(json.loads(file.read_text(encoding="utf-8"))["images"][job]["image"])
    except (OSError, json.JSONDecodeError, KeyError, TypeError):
        raise StageFailedError(
            f"{file} names no published image of the {job} job: run ./millrace images --push REGISTRY, or set"
            f" MILLRACE_{job.upper()}_IMAGE.",
            Exit.USAGE,
        ) from None


def entrypoint(call: JobCall, variables: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """The program with the job's JVM options, and the arguments of the job."""
    command = jvm.command("java", JOB, call, variables)
    end = len(command) - len(call.arguments)
    return command[:end], command[end:]


def memory(call: JobCall) -> int:
    """The most that the container may take, in bytes."""
    return call.resources.memory or _MEMORY[call.job]


def given(installation: Installation, variables: Mapping[str, str]) -> dict[str, str]:
    """The variables that a job is given: Millrace's own, those of AWS, and what ``millrace.yaml`` refers to."""
    named = set(_references(environment(installation, variables)))
    mine = {
        name: value
        for name, value in variables.items()
        if name in named or (name.startswith(_GIVEN) and not _OF_THE_HOST.fullmatch(name))
    }
    return {**mine, "MILLRACE_LOG": "json"}


def secret_names(installation: Installation, variables: Mapping[str, str]) -> set[str]:
    """Those of the given variables that nobody may read in the description of a container."""
    named = set(_references(environment(installation, variables)))
    return {name for name in given(installation, variables) if name in named or _SECRET.search(name)}


def _references(written: Any) -> list[str]:
    """Every NAME of ``{env: NAME}``."""
    if not isinstance(written, dict):
        return []
    if set(written) == {"env"}:
        return [str(written["env"])]
    return [name for value in written.values() for name in _references(value)]
