"""The tables of a pipeline as Airflow's assets, and what a run did to them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from airflow.sdk import Asset, BaseOperator, Context

Counts = dict[str, dict[str, int]]


def asset(layer: str, table: str) -> Asset:
    """A table of the lake or of the warehouse. Each is an outlet of one task alone."""
    # The x- keeps Airflow from loading all of its providers to look for one that knows the scheme.
    return Asset(name=f"{layer}.{table}", uri=f"x-millrace://{layer}/{table}", group="millrace")


def emit(task: BaseOperator, context: Context, run: str, counts: Counts) -> None:
    """Lets the task's success be an event of those tables alone that changed, with their counts."""
    changed = [outlet for outlet in task.outlets if isinstance(outlet, Asset) and outlet.name in counts]
    for outlet in changed:
        context["outlet_events"][outlet].extra = {"run": run, **counts[outlet.name]}
    task.outlets = changed


def committed(reports: Iterable[dict[str, Any]]) -> Counts:
    """Records of the hours that were committed."""
    counts: Counts = {}
    for report in reports:
        for table, totals in report.get("tables", {}).items():
            facts = {"hours": totals["hours"], "rows": totals["clean"], "duplicate": totals["duplicate"]}
            if totals["hours"]:
                _add(counts, f"clean.{table}", facts)
            if totals["quarantined"]:
                _add(counts, f"quarantine.{table}", {"hours": totals["hours"], "rows": totals["quarantined"]})
    return counts


def transformed(report: dict[str, Any]) -> Counts:
    """Periods that were rewritten, and the rows that they hold."""
    rewritten = [period for period in report.get("periods", []) if period["state"] == "rewritten"]
    named = sorted((f"{period['layer']}.{period['table']}", period["rows"]) for period in rewritten)
    counts: Counts = {}
    for name, periods in groupby(named, key=lambda entry: entry[0]):
        rows = [rows for _, rows in periods]
        counts[name] = {"periods": len(rows), "rows": sum(rows)}
    return counts


def loaded(report: dict[str, Any]) -> Counts:
    """What changed in the tables of the warehouse."""
    changes = ("deleted", "updated", "inserted")
    return {
        f"warehouse.{table}": {"rows": done["read"], **{change: done[change] for change in changes}}
        for table, done in report.get("loaded", {}).items()
        if any(done[change] for change in changes)
    }


def _add(counts: Counts, name: str, facts: dict[str, int]) -> None:
    before = counts.get(name, {})
    counts[name] = {fact: before.get(fact, 0) + number for fact, number in facts.items()}
