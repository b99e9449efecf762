"""DuckDB's side of the work: a process of its own for each run, as Millrace's jobs are."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from importlib import resources
from pathlib import Path

import duckdb

EVENTS = 'id, "at", domain, type, user_id, country, has_consent, datehour'
METRICS = (
    "datehour, domain, country, pageviews, pageviews_with_consent, consents_asked, consents_asked_with_consent,"
    " consents_given, consents_given_with_consent, avg_pageviews_per_user"
)
LOADED = {
    "consent_events": f"{EVENTS}, _object, _etag, _record, _period",
    "consent_metrics": f"{METRICS}, _period",
}


def main(arguments: list[str]) -> None:
    """Does one piece of work: the first argument says which."""
    parser = argparse.ArgumentParser(prog="bench.duckdb_job")
    parser.add_argument("work", choices=["ingest", "load", "copy", "chain", "facts", "extension"])
    parser.add_argument("--input", type=Path, help="a folder of landed objects, or of Parquet files")
    parser.add_argument("--output", type=Path, help="a folder")
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args(arguments)
    connection = duckdb.connect(config={"threads": given.threads})
    connection.execute("set timezone = 'UTC'")
    match given.work:
        case "ingest":
            _ingest(connection, given.input, given.output)
        case "load":
            _load(connection, given.input)
        case "copy":
            _copy(connection, given.input, given.output)
        case "chain":
            _chain(connection, given.input, given.output)
        case "facts":
            _facts(connection, given.input)
        case "extension":
            _load_postgres(connection)


def sql(name: str) -> str:
    """The text of a file of the folder sql."""
    return resources.files("bench").joinpath("sql", name).read_text(encoding="utf-8")


def _events(landed: Path) -> str:
    return sql("events.sql").replace("$files", _text(f"{landed}/events/*/*.json.gz"))


def _text(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _ingest(connection: duckdb.DuckDBPyConnection, landed: Path, output: Path) -> None:
    connection.execute(
        f"copy ({_events(landed)}) to {_text(output)}"
        " (format parquet, compression zstd, partition_by (datehour), write_partition_columns true)"
    )


def _load_postgres(connection: duckdb.DuckDBPyConnection) -> None:
    """From the package of this DuckDB's version, where it is installed; DuckDB checks its signature."""
    package = resources.files("duckdb_extension_postgres_scanner")
    file = package.joinpath("extensions", f"v{duckdb.__version__}", "postgres_scanner.duckdb_extension")
    connection.execute(f"load {_text(file)}")


def _load(connection: duckdb.DuckDBPyConnection, rows: Path) -> None:
    """Where the warehouse is stands in libpq's own variables."""
    _load_postgres(connection)
    connection.execute("attach '' as warehouse (type postgres)")
    for table, columns in LOADED.items():
        connection.execute(f"insert into warehouse.millrace.{table} by name {_rows(rows, table, columns)}")


def _rows(folder: Path, table: str, columns: str) -> str:
    return f"select {columns} from read_parquet({_text(folder / table / '*.parquet')}, hive_partitioning = false)"


def _copy(connection: duckdb.DuckDBPyConnection, rows: Path, output: Path) -> None:
    for table, columns in LOADED.items():
        file = output / f"{table}.csv"
        connection.execute(f"copy ({_rows(rows, table, columns)}) to {_text(file)} (header false)")
        _psql(table, columns, file)


def _chain(connection: duckdb.DuckDBPyConnection, landed: Path, output: Path) -> None:
    connection.execute(f"create temp table landed as {_events(landed)}")
    # The copy that landed first; within an object they are the same to the letter.
    connection.execute(
        f"create temp table events as select {EVENTS} from landed"
        " qualify row_number() over (partition by id order by datehour, _object) = 1"
    )
    events, metrics = output / "events.csv", output / "metrics.csv"
    connection.execute(f"copy events to {_text(events)} (header false)")
    connection.execute(f"copy ({sql('metrics.sql')}) to {_text(metrics)} (header false)")
    connection.close()
    _psql("consent_events", EVENTS, events)
    _psql("consent_metrics", METRICS, metrics)


def _psql(table: str, columns: str, file: Path) -> None:
    copy = f"\\copy millrace.{table} ({columns}) from '{file}' (format csv)"
    subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-c", copy], env=os.environ, check=True)


def _facts(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    files = _text(folder / "**" / "*.parquet")
    connection.execute(f"create view events as select * from read_parquet({files}, hive_partitioning = false)")
    found = connection.execute(sql("lake_facts.sql"))
    names = [column[0] for column in found.description]
    row = found.fetchone()
    assert row is not None
    print(json.dumps({name: str(value) for name, value in zip(names, row, strict=True)}))


if __name__ == "__main__":
    main(sys.argv[1:])
