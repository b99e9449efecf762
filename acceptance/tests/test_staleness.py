"""What does not depend on a change stays as it is, to the file and the row version; what differs is named."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from harness.attempts import Twins, consent_event
from harness.jobs import KeptProcesses
from harness.lake import LakeView
from harness.product import NOTHING_STALE, TABLES, Product
from harness.services import Services
from oracle.operations import ChangeModel
from oracle.tables import CHECKINS, CONSENTS, DATASETS

Make = Callable[[str], Product]
Built = Callable[[str], Twins]
WEEK = ("2026-01-05T00", "2026-01-12T00")


def _answer(product: Product, job: str, *arguments: str) -> dict[str, Any]:
    """What a job says as JSON."""
    ended = product.job(job, *arguments)
    assert ended.code == 0, ended
    answer: dict[str, Any] = json.loads(ended.lines[-1])
    return answer


def _row_versions(product: Product, dataset: str) -> dict[str, dict[tuple[str, str], str]]:
    """Where each row of the warehouse is and who wrote it, and the row, by table."""
    return {
        table: {
            (str(place), str(writer)): str(row)
            for place, writer, row in product.rows(f"select t.ctid, t.xmin, t::text from millrace.{table} t")
        }
        for table in TABLES[dataset]
    }


def _of_period(versions: dict[tuple[str, str], str], period: str) -> set[tuple[str, str]]:
    return {version for version, row in versions.items() if row.endswith(f",{period})")}


def _land_week(product: Product) -> None:
    """One object a day; only the last day's first hour is within a day of the one before."""
    for hour in ("2026-01-05-10", "2026-01-06-10", "2026-01-07-20", "2026-01-08-23"):
        events = [consent_event(f"{hour}-{number}", f"u{number}") for number in range(3)]
        product.land(f"events/datehour={hour}/first.json", b"".join(events))


@contextmanager
def _taken_away(services: Services, lake: LakeView, *but: str) -> Iterator[None]:
    """The data files of all partitions but these are not there for a while: whoever reads one fails.

    Those of models are left, as an export is of a whole model.
    """
    s3 = services.s3()
    kept: dict[tuple[str, str], bytes] = {}
    for table in lake.tables():
        for partition, paths in lake.files(table).items():
            for path in paths if partition not in but and not table.startswith("model.") else ():
                bucket, key = path.removeprefix("s3://").split("/", 1)
                kept[bucket, key] = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    assert kept
    for bucket, key in kept:
        s3.delete_object(Bucket=bucket, Key=key)
    yield
    for (bucket, key), data in kept.items():
        s3.put_object(Bucket=bucket, Key=key, Body=data)


def test_a_late_object_changes_only_what_depends_on_it(services: Services, product: Make) -> None:
    one = product(CONSENTS)
    lake = LakeView(services, one)
    _land_week(one)
    one.run(*WEEK)
    files, rows, stored = lake.state(), _row_versions(one, CONSENTS), lake.keys()

    one.land("events/datehour=2026-01-06-10/late.json", consent_event("late", "u9"))
    plan = _answer(one, "ingest", "plan", "--from", WEEK[0], "--to", WEEK[1], "--dry-run")
    assert [(hour["hour"], hour["why"]) for hour in plan["stale"]] == [
        ("2026-01-06T10", "late object events/datehour=2026-01-06-10/late.json")
    ]
    assert lake.state() == files

    # The hour before is looked at for earlier copies, and nothing else is read.
    with _taken_away(services, lake, "2026-01-05T10", "2026-01-06T10", "2026-01-06"):
        _answer(one, "ingest", "plan", "--from", WEEK[0], "--to", WEEK[1])
        assert one.job("ingest", "run", "--plan", "run", "--shard", "0").code == 0
        assert one.job("ingest", "commit", "--plan", "run").code == 0
        periods = _answer(one, "transform", "--dry-run", "--json")["periods"]
        assert [(period["table"], period["period"], period["reasons"]) for period in periods] == [
            ("consent_events", "2026-01-06", ["hour changed 2026-01-06T10"]),
            ("consent_metrics", "2026-01-06", ["input stale consent_events:2026-01-06"]),
        ]
        assert one.job("transform").code == 0
        stale = _answer(one, "load", "--dry-run", "--json")["stale"]
        assert [(period["table"], period["period"], period["why"]) for period in stale] == [
            ("consent_events", "2026-01-06", "content changed"),
            ("consent_metrics", "2026-01-06", "content changed"),
        ]
        assert _row_versions(one, CONSENTS) == rows
        assert one.job("load").code == 0

    _changed_only(lake.state(), files, "2026-01-06")
    for table in TABLES[CONSENTS]:
        before, after = rows[table], _row_versions(one, CONSENTS)[table]
        for period in ("2026-01-05", "2026-01-07", "2026-01-08"):
            assert _of_period(after, period) == _of_period(before, period) != set()
    # The rows of that day that were there have not been written again either.
    assert rows["consent_events"].items() <= _row_versions(one, CONSENTS)["consent_events"].items()
    new = {key.split("/data/")[1].split("/")[0] for key in lake.keys() - stored if "/data/" in key}
    assert new == {"_hour=2026-01-06T10", "_period=2026-01-06"}


def _changed_only(after: dict[str, Any], before: dict[str, Any], day: str) -> None:
    """Every table has other files for that day, and for no other."""
    assert after.keys() == before.keys()
    for table in after:
        if not table.startswith("quarantine."):
            new, old = after[table][1], before[table][1]
            different = {part for part in new.keys() | old.keys() if new.get(part) != old.get(part)}
            assert {part[: len(day)] for part in different} == {day}, table


def test_a_period_whose_keys_may_matter_is_looked_at_but_not_written(services: Services, product: Make) -> None:
    one = product(CONSENTS)
    lake = LakeView(services, one)
    _land_week(one)
    one.run(*WEEK)
    files, rows = lake.state(), _row_versions(one, CONSENTS)

    one.land("events/datehour=2026-01-07-23/late.json", consent_event("late", "u9"))
    ended = one.run(*WEEK)
    assert ended.transform == 0
    _changed_only(lake.state(), files, "2026-01-07")
    for table in TABLES[CONSENTS]:
        assert _of_period(_row_versions(one, CONSENTS)[table], "2026-01-08") == _of_period(rows[table], "2026-01-08")

    # The same event a day later is a copy, and so the day after loses a row.
    one.land("events/datehour=2026-01-07-23/later.json", consent_event("2026-01-08-23-0", "u0"))
    one.run(*WEEK)
    assert one.rows("select count(*) from millrace.consent_events where _period = '2026-01-08'") == [(2,)]


def test_a_period_that_lost_its_last_row_is_empty(services: Services, product: Make) -> None:
    one = product(CHECKINS)
    lake = LakeView(services, one)
    header = b"user,timestamp,hours,project\n"
    key = "checkins/2026/01/05/03/first.csv"
    one.land(key, header + b"ned,2018-09-27,8.0,wall\nbran,2020-01-02,1.5,tree\n")
    one.land("checkins/2026/01/05/04/other.csv", header + b"arya,2019-10-01,2.0,needle\n")
    one.run(*WEEK)
    per_period = "select _period, count(*) from millrace.{} group by 1 order by 1"
    for table in TABLES[CHECKINS]:
        assert one.rows(per_period.format(table)) == [("2018", 1), ("2019", 1), ("2020", 1)]

    one.land(key, header + b"bran,2020-01-02,1.5,tree\nned,2020-01-03,8.0,wall\n")
    one.run(*WEEK)
    for table in TABLES[CHECKINS]:
        assert one.rows(per_period.format(table)) == [("2019", 1), ("2020", 2)]
    assert lake.files("base.checkins").keys() == {"2019", "2020"}

    one.land(key, b"")
    one.run(*WEEK)
    for table in TABLES[CHECKINS]:
        assert one.rows(per_period.format(table)) == [("2019", 1)]
    assert lake.files("model.checkin_daily_hours").keys() == {"2019"}
    assert one.run(*WEEK).load == NOTHING_STALE


@pytest.fixture(scope="module")
def built(services: Services, kept: KeptProcesses, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """A data set that was run once, and that every test leaves as another run would."""
    made: dict[str, Twins] = {}

    def of(dataset: str) -> Twins:
        if dataset not in made:
            folder = tmp_path_factory.mktemp("built") / dataset
            twins = Twins(Product(services, kept, dataset, f"{dataset}-built", folder), dataset, 8)
            twins.apply(*twins.landings.first(), *twins.landings.next())
            twins.run()
            twins.agree()
            made[dataset] = twins
        return made[dataset]

    yield of
    for twins in made.values():
        twins.product.close()


@pytest.mark.parametrize("dataset", DATASETS)
def test_a_second_run_changes_nothing(services: Services, built: Built, dataset: str) -> None:
    twins = built(dataset)
    one = twins.product
    lake = LakeView(services, one)
    ledger = "select t::text from millrace_internal.ledger t order by 1"
    before = (lake.state(), lake.keys(), _row_versions(one, dataset), one.rows(ledger))
    ended = one.run(*twins.landings.interval)
    assert (ended.plan, ended.transform, ended.load) == (NOTHING_STALE, NOTHING_STALE, NOTHING_STALE)
    assert (lake.state(), lake.keys(), _row_versions(one, dataset), one.rows(ledger)) == before


_FIRST = "where ctid = (select min(ctid) from millrace.{0})"
_TAMPERING = {
    "a value changed": f"update millrace.{{0}} set {{1}} = '~' {_FIRST}",
    "a row deleted": f"delete from millrace.{{0}} {_FIRST}",
    "a row added": f"insert into millrace.{{0}} select * from millrace.{{0}} {_FIRST}",
}


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_audit_names_every_change_in_the_warehouse(kept: KeptProcesses, built: Built, dataset: str) -> None:
    twins = built(dataset)
    one = twins.product
    common = ("--pipeline", dataset, "--project", str(one.folder), "--env", "test")
    assert kept.run("load", "audit", *common).code == 0
    column = {"consents": "country", "checkins": "project"}[dataset]
    for table in TABLES[dataset]:
        for statement in _TAMPERING.values():
            period = one.rows(f"select _period from millrace.{{0}} {_FIRST}".format(table))[0][0]
            one.execute(statement.format(table, column))
            for checksum in ("fast", "md5"):
                audited = kept.run("load", "audit", *common, "--json", "--checksum", checksum)
                findings = json.loads(audited.lines[-1])["findings"]
                named = {(finding["table"], finding["period"]) for finding in findings}
                assert (audited.code, named) == (20, {(table, period)}), statement
            # A load of that period, asked for, puts it right.
            assert one.job("load", "--again", f"{table}/{period}").code == 0
            assert kept.run("load", "audit", *common).code == 0
    twins.agree()


@pytest.mark.parametrize("dataset", DATASETS)
def test_another_model_changes_its_rows_and_nothing_else(services: Services, built: Built, dataset: str) -> None:
    twins = built(dataset)
    lake = LakeView(services, twins.product)
    source, model = TABLES[dataset]
    before = lake.state()
    rows = _row_versions(twins.product, dataset)
    texts = sorted(rows[model].values())

    twins.apply(ChangeModel("v2"))
    stale = _answer(twins.product, "transform", "--dry-run", "--json")["periods"]
    assert {period["table"] for period in stale} == {model}
    assert all("model changed" in period["reasons"] for period in stale)
    twins.run()
    twins.agree()
    after = lake.state()
    assert {table for table in after if after[table] != before[table]} == {f"model.{model}"}
    now = _row_versions(twins.product, dataset)
    assert now[source] == rows[source]
    assert sorted(now[model].values()) != texts
    twins.apply(ChangeModel("v1"))
    twins.run()
    twins.agree()
