"""What becomes of a task by the exit code of its job: docs/reference/exit-codes.md, as Airflow's states."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

_SIGNALS = 128
# What the JVM ends with after -XX:+ExitOnOutOfMemoryError.
_OUT_OF_MEMORY = 3


class Exit(IntEnum):
    """The exit codes of every job."""

    DONE = 0
    BUG = 1
    USAGE = 2
    NOTHING_STALE = 10
    BROKEN = 20
    TEMPORARY = 75
    COMMIT_UNKNOWN = 76


@dataclass(frozen=True, slots=True)
class JobEnd:
    """How a job ended: its exit code, the line of JSON that it printed, and what it said last about a failure."""

    code: Exit
    report: dict[str, Any] = field(default_factory=dict)
    sentence: str = ""


class StageFailedError(AirflowFailException):
    """Trying again would change nothing: the task fails at once."""

    def __init__(self, message: str, code: Exit) -> None:
        super().__init__(message)
        self.code = code


class StageInterruptedError(AirflowException):
    """What was in the way may pass: the task is tried again after a while."""

    def __init__(self, message: str, code: Exit) -> None:
        super().__init__(message)
        self.code = code


class NotStartedError(AirflowFailException):
    """An earlier stage failed, and was told of."""


def end_of(job: str, returned: int, report: dict[str, Any], sentence: str) -> JobEnd:
    """The end of a process, which may not have ended by itself."""
    if returned in list(Exit):
        return JobEnd(Exit(returned), report, sentence)
    if returned == _OUT_OF_MEMORY:
        own = f"MILLRACE_{job.upper()}_JAVA_OPTIONS=-Xmx4g"
        more = f"give it more, by {job}Memory in the contract or {own}, say, and run the same again"
        return JobEnd(Exit.USAGE, report, f"The {job} job ran out of memory: {more}.")
    if returned < 0 or returned > _SIGNALS:
        signal = -returned if returned < 0 else returned - _SIGNALS
        return JobEnd(Exit.TEMPORARY, report, f"The {job} job was killed by signal {signal}.")
    return JobEnd(Exit.BUG, report, sentence or f"The {job} job ended with {returned}.")


def judge(stage: str, end: JobEnd) -> JobEnd:
    """Gives a good end back; any other becomes the exception that puts the task into its state."""
    told = f": {end.sentence}" if end.sentence else ""
    match end.code:
        case Exit.DONE:
            return end
        case Exit.NOTHING_STALE:
            raise AirflowSkipException(f"{stage}: nothing is stale")
        case Exit.BUG | Exit.USAGE | Exit.BROKEN:
            raise StageFailedError(f"{stage} ended with {end.code.value}{told}", end.code)
        case Exit.TEMPORARY | Exit.COMMIT_UNKNOWN:
            raise StageInterruptedError(f"{stage} ended with {end.code.value}{told}", end.code)


def stages_may_follow(plan: int | None, commit: int | None) -> bool:
    """Whether transform may start after what plan and commit ended with, ``None`` where they did not come to an end.

    A held hour fails its task, and the other hours go on, as in ``millrace run``.
    """
    if plan == Exit.DONE:
        return commit in (Exit.DONE, Exit.NOTHING_STALE, Exit.BROKEN)
    return plan in (Exit.NOTHING_STALE, Exit.BROKEN)
