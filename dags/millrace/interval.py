"""Which landing hours a run is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import Param

from millrace.outcome import Exit, StageFailedError

_HOUR = timedelta(hours=1)
_DAY_LENGTH = len("2026-01-05")
_TIME = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(T([01]\d|2[0-3]))?"
_HELD = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3])"


@dataclass(frozen=True, slots=True)
class LandingHours:
    """Landing hours from one, inclusive, to another, exclusive, UTC."""

    start: datetime
    end: datetime

    def arguments(self) -> tuple[str, ...]:
        """As jobs are told."""
        return ("--from", f"{self.start:%Y-%m-%dT%H}", "--to", f"{self.end:%Y-%m-%dT%H}")

    def reaching(self, last: str | None, given: Mapping[str, Any]) -> LandingHours:
        """The same, and on to the hour in which the run has landed something; what was asked for stays as it is."""
        if last is None or given.get("from") is not None:
            return self
        return LandingHours(self.start, max(self.end, _time("The last landing hour", last) + _HOUR))


def params() -> dict[str, Param]:
    """What somebody may say who triggers a run by hand. Airflow refuses what does not fit, before there is a run."""
    return {
        "from": Param(
            None,
            type=["null", "string"],
            pattern=f"^{_TIME}$",
            title="From",
            description="First landing hour or day, UTC: 2026-01-05 or 2026-01-05T03. Empty: the run's own interval.",
        ),
        "to": Param(
            None,
            type=["null", "string"],
            pattern=f"^{_TIME}$",
            title="To",
            description="Landing hour or day before which it ends, UTC. Goes with From.",
        ),
        "accept_held": Param(
            [],
            type="array",
            items={"type": "string", "pattern": f"^{_HELD}$"},
            title="Accept held hours",
            description="Publish these held hours as they are, such as 2026-01-05T03: one a line.",
        ),
        "accept_removals": Param(
            [],
            type="array",
            items={"type": "string", "pattern": r"^[^\s,][^,]*$"},
            title="Accept removals",
            description="Let the rows of these expired objects, or of all in these hours, go: one a line.",
        ),
    }


def landing_hours(run: Any, given: Mapping[str, Any]) -> LandingHours:
    """The interval that was asked for, else the run's own. A backfill takes exactly its own."""
    start, end = given.get("from"), given.get("to")
    if start is None and end is None:
        return _own(run)
    if start is None or end is None:
        raise _usage("Give both From and To, or neither of them.")
    if run.run_type != "manual":
        raise _usage(f"A {run.run_type} run takes its own interval: give From and To to runs that you trigger by hand.")
    chosen = LandingHours(_time("From", start), _time("To", end))
    if chosen.start >= chosen.end:
        raise _usage(f"From {start} is not before To {end}: From is inclusive, To exclusive.")
    return chosen


def _own(run: Any) -> LandingHours:
    if run.data_interval_start is None or run.data_interval_end is None:
        raise _usage("This run has no interval of its own: trigger it with From and To.")
    start, end = _hour(run.data_interval_start), _hour(run.data_interval_end)
    # Of a schedule finer than hours, each run looks at the hour that it is in.
    return LandingHours(start, max(end, start + _HOUR))


def _hour(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _time(name: str, text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d" if len(text) == _DAY_LENGTH else "%Y-%m-%dT%H").replace(tzinfo=UTC)
    except ValueError as e:
        raise _usage(f"{name} is {text}, and there is no such day.") from e


def _usage(sentence: str) -> StageFailedError:
    return StageFailedError(sentence, Exit.USAGE)
