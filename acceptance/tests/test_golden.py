"""Cases written and read over by hand: landed objects, and the rows that must come of them."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.product import Product
from harness.text import text_of
from oracle.contracts import model_sql

CASES = Path(__file__).resolve().parents[1] / "cases"
NAMES = sorted(case.name for case in CASES.iterdir() if not (case / "contract.yaml").exists())
MUTATIONS = [
    ("consents-metrics", "count_if(type = 'pageview') as", "count_if(type = 'consent.asked') as"),
    ("consents-metrics", "type = 'consent.given' and has_consent", "type = 'consent.given'"),
    ("consents-metrics", "count(distinct case when", "count(case when"),
    ("consents-metrics", "case when type = 'pageview' then user_id end", "user_id"),
    ("symbols-followups", "initials.turn = 1 then", "true then"),
    ("symbols-followups", "order by at, symbol", "order by at desc, symbol"),
    ("symbols-followups", "where event = 'followup'", "where event = 'followup' and at < :period_end"),
    ("mobility-shared", "left join observed", "join observed"),
    ("mobility-shared", "count(distinct anonymous_id)", "count(anonymous_id)"),
    ("mobility-shared", "'_', ' '", "'_', '_'"),
    ("checkins-times", "count(*)", "count(user_name)"),
    ("checkins-times", "sum(hours)", "max(hours)"),
    ("checkins-times", "from checkins", "from checkins where user_name is not null"),
]


@pytest.mark.parametrize("name", NAMES)
def test_golden_case(product: Callable[[str], Product], name: str) -> None:
    found = _found(product, name)
    for table in ("base", "model", "quarantine"):
        assert found[table] == _expected(name, table), table


@pytest.mark.parametrize(("name", "text", "other"), MUTATIONS)
def test_a_changed_model_fails_its_golden_case(
    product: Callable[[str], Product], name: str, text: str, other: str
) -> None:
    sql = model_sql(_case(name)["dataset"], "v1")
    assert text in sql
    found = _found(product, name, sql.replace(text, other))
    assert found["base"] == _expected(name, "base")
    assert found["model"] != _expected(name, "model")


def _case(name: str) -> dict[str, Any]:
    members: dict[str, Any] = json.loads((CASES / name / "case.json").read_text(encoding="utf-8"))
    return members


def _found(product: Callable[[str], Product], name: str, sql: str | None = None) -> dict[str, list[list[str]]]:
    case = _case(name)
    one = product(case["dataset"])
    if sql is not None:
        one.write_model(sql)
    landed = CASES / name / "landed"
    for path in sorted(landed.rglob("*")):
        if path.is_file():
            one.land(str(path.relative_to(landed)), path.read_bytes())
    for from_hour, to_hour in case["runs"]:
        one.run(from_hour, to_hour)
    found = one.found()
    rows = {"base": found.base, "model": found.model, "quarantine": found.quarantine}
    return {table: sorted([text_of(value) for value in row] for row in rows[table]) for table in rows}


def _expected(name: str, table: str) -> list[list[str]]:
    with (CASES / name / f"{table}.csv").open(newline="", encoding="utf-8") as file:
        return sorted(csv.reader(file))
