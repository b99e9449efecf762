"""Several tools on the same work: laps in alternating order, one result, and what each lap cost."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from harness.measure import Measured

Facts = dict[str, str]


class BenchError(Exception):
    """A tool failed, or came to another result than the others."""


@dataclass(frozen=True, slots=True)
class Lap:
    """What one run cost. ``parts`` are wall seconds of its steps, ``servers`` the CPU of Postgres and S3 meanwhile."""

    wall: float
    cpu: float
    peak: int
    servers: float
    parts: dict[str, float] = field(default_factory=dict)


class Contestant(Protocol):
    """A tool. Only ``run`` counts."""

    @property
    def name(self) -> str:
        """What the report calls it."""

    def prepare(self) -> None:
        """Makes everything as it is before the work."""

    def run(self) -> Lap:
        """Does the work."""

    def facts(self) -> Facts | None:
        """What came out, in numbers that must be the same for all; none where nothing does."""

    def close(self) -> None:
        """Removes what it made."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One tool's laps."""

    name: str
    laps: list[Lap]

    @property
    def best(self) -> Lap:
        """The quickest lap."""
        return min(self.laps, key=lambda lap: lap.wall)

    @property
    def median(self) -> float:
        """Wall seconds of the lap in the middle."""
        return statistics.median(lap.wall for lap in self.laps)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a benchmark found. The first standing is Millrace's."""

    name: str
    work: str
    standings: list[Standing]
    facts: Facts
    absent: list[str]

    def ratio(self, standing: Standing) -> float:
        """How many times as long Millrace's best lap took as this tool's."""
        return self.standings[0].best.wall / standing.best.wall

    def median_ratio(self, standing: Standing) -> float:
        """The same of the laps in the middle."""
        return self.standings[0].median / standing.median

    def members(self) -> dict[str, Any]:
        """For programs."""
        return {
            "benchmark": self.name,
            "work": self.work,
            "equal": self.facts,
            "absent": self.absent,
            "tools": [
                {
                    "tool": standing.name,
                    "best": round(standing.best.wall, 3),
                    "median": round(standing.median, 3),
                    "ratio": round(self.ratio(standing), 3),
                    "medianRatio": round(self.median_ratio(standing), 3),
                    "laps": [
                        {
                            "wall": round(lap.wall, 3),
                            "cpu": round(lap.cpu, 3),
                            "peakBytes": lap.peak,
                            "serversCpu": round(lap.servers, 3),
                            "parts": {name: round(seconds, 3) for name, seconds in lap.parts.items()},
                        }
                        for lap in standing.laps
                    ],
                }
                for standing in self.standings
            ],
        }


def contest(
    name: str, work: str, contestants: Sequence[Contestant], repeat: int, tell: Callable[[str], None]
) -> Outcome:
    """Lets every tool run so many times, each lap in the opposite order of the one before."""
    laps: dict[str, list[Lap]] = {contestant.name: [] for contestant in contestants}
    found: dict[str, Facts] = {}
    for number in range(repeat):
        for contestant in contestants if number % 2 == 0 else reversed(contestants):
            contestant.prepare()
            lap = contestant.run()
            laps[contestant.name].append(lap)
            tell(f"{name}: lap {number + 1} of {repeat}: {contestant.name}: {lap.wall:.2f} s")
            facts = contestant.facts()
            if facts is not None:
                found[contestant.name] = facts
                _agree(name, found)
    # After a failure there is no need for this: all of it goes with the services, which may already have gone.
    for contestant in contestants:
        contestant.close()
    standings = [Standing(contestant.name, laps[contestant.name]) for contestant in contestants]
    return Outcome(name, work, standings, next(iter(found.values())), [])


def checked(tool: str, measured: Measured) -> Measured:
    """The same, unless the process failed."""
    if measured.code != 0:
        last = "\n".join((measured.out + measured.err).splitlines()[-15:])
        raise BenchError(f"{tool} ended with {measured.code} after {measured.wall_seconds:.0f} s:\n{last}")
    return measured


def _agree(name: str, found: dict[str, Facts]) -> None:
    (first, expected), *others = found.items()
    for other, facts in others:
        different = [key for key in expected | facts if expected.get(key) != facts.get(key)]
        if different:
            lines = [f"{key}: {first} {expected.get(key)}, {other} {facts.get(key)}" for key in different]
            raise BenchError(f"{name}: the results differ, so there is nothing to compare: " + "; ".join(lines))
