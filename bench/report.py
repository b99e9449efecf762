"""What people read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bench.contest import Outcome, Standing

_HEADINGS = ("tool", "best s", "median s", "CPU s", "servers' CPU s", "peak MB", "Millrace takes")


def heading(machine: Mapping[str, str]) -> str:
    """What was measured on."""
    return "\n".join(f"{name + ':':16}{value}" for name, value in machine.items())


def table(outcome: Outcome) -> str:
    """One benchmark: a line a tool, and Millrace's steps."""
    lines = [f"{outcome.name}: {outcome.work}; best of {len(outcome.standings[0].laps)}"]
    lines += aligned([_HEADINGS, *(_row(outcome, standing) for standing in outcome.standings)], names=1)
    parts = outcome.standings[0].best.parts
    lines.append("Millrace's best: " + ", ".join(f"{name} {seconds:.2f}" for name, seconds in parts.items()))
    lines.append("equal: " + ", ".join(f"{name} {value}" for name, value in outcome.facts.items()))
    return "\n".join([*lines, *outcome.absent])


def aligned(rows: Sequence[Sequence[str]], names: int) -> list[str]:
    """Columns side by side: first names, then figures."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if at < names else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _row(outcome: Outcome, standing: Standing) -> tuple[str, ...]:
    best = standing.best
    first = standing is outcome.standings[0]
    return (
        standing.name,
        f"{best.wall:.2f}",
        f"{standing.median:.2f}",
        f"{best.cpu:.2f}",
        f"{best.servers:.2f}" if best.servers else "-",
        f"{best.peak / 1e6:.0f}",
        "" if first else f"{outcome.ratio(standing):.2f} x",
    )
