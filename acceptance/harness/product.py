"""One data set in the hands of the real product: a project folder, buckets and databases of its own."""

from __future__ import annotations

import gzip
import json
import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from psycopg import sql

from harness.services import Services
from harness.worker import Ended
from oracle.contracts import MODELS, model_path, model_sql, patched_contract
from oracle.operations import ChangeModel, ChangeSettings, ModelVariant, Operation, Put, Remove, Run
from oracle.tables import Settings, default_settings, source_tables
from oracle.world import Expected, ObjectBook, PeriodBook

TABLES = {"consents": ("consent_events", "consent_metrics"), "checkins": ("checkins", "checkin_daily_hours")}
HASH_KEY = "MILLRACE_TEST_HASH_KEY"
PASSWORD = "MILLRACE_TEST_PASSWORD"
SECRET_KEY = "MILLRACE_TEST_SECRET_KEY"
NOTHING_STALE = 10
HELD = 20


class Jobs(Protocol):
    """Something that runs a job: a process kept for many runs, or a new one each time."""

    def run(self, job: str, *arguments: str) -> Ended:
        """Runs the job once."""


@dataclass(frozen=True, slots=True)
class RunEnd:
    """Exit codes of the stages of a run, in order."""

    plan: int
    commit: int | None
    transform: int
    load: int
    ingest_report: dict[str, Any]


class Product:
    """Carries out a scenario's operations, and tells what is there afterwards in the oracle's own terms."""

    def __init__(self, services: Services, jobs: Jobs, dataset: str, name: str, folder: Path) -> None:
        self._services = services
        self._jobs = jobs
        self._dataset = dataset
        # Names of buckets have no underscores.
        self._name = name.replace("_", "-")
        self._folder = folder
        self._s3 = services.s3()
        self._runs = 0
        self._sections: dict[str, Any] = {}
        self._settings = self._first_settings()
        self._variant: ModelVariant = "v1"
        self._prepare()

    @staticmethod
    def of_contract(services: Services, jobs: Jobs, contract: str, name: str, folder: Path) -> Product:
        """A product with a contract of its own, which has no settings to change and no model."""
        return _OfContract(services, jobs, contract, name, folder)

    @property
    def landing(self) -> str:
        """The landing bucket."""
        return f"{self._name}-landing"

    @property
    def control(self) -> str:
        """The control database."""
        return f"{self._name}-control"

    @property
    def warehouse(self) -> str:
        """The warehouse database."""
        return f"{self._name}-warehouse"

    @property
    def folder(self) -> Path:
        """The project's folder."""
        return self._folder

    def connect(self, **sections: Any) -> None:
        """Tells the environment of further services, such as ``sqs``."""
        self._sections |= sections
        self._write_environment()

    def apply(self, operation: Operation) -> RunEnd | None:
        """Carries out one operation; a run says how its stages ended."""
        match operation:
            case Put(key, data):
                self.land(key, data)
            case Remove(key):
                self._s3.delete_object(Bucket=self.landing, Key=key)
            case ChangeSettings(settings):
                self._settings = settings
                self._write_contract()
            case ChangeModel(variant):
                self._variant = variant
                self._write_contract()
            case Run(from_hour, to_hour):
                return self.run(from_hour, to_hour)
        return None

    def land(self, key: str, data: bytes) -> None:
        """Puts an object on the landing bucket."""
        self._s3.put_object(Bucket=self.landing, Key=key, Body=data)

    def write_model(self, text: str) -> None:
        """Gives the model this SQL."""
        path = self._folder / "dags" / "pipelines" / self._dataset / model_path(self._dataset)
        path.write_text(text, encoding="utf-8")

    def run(self, from_hour: str, to_hour: str) -> RunEnd:
        """All stages over an interval, as ``millrace run`` does it; anything unexpected is an assertion."""
        self._runs += 1
        run_id = f"{self._name}-{self._runs}"
        commit = None
        planned = self.job("ingest", "plan", "--from", from_hour, "--to", to_hour, run_id=run_id)
        assert planned.code in (0, NOTHING_STALE, HELD), planned
        report = json.loads(planned.lines[-1])
        if planned.code == 0:
            for shard in range(report["shards"]):
                ran = self.job("ingest", "run", "--plan", report["plan"], "--shard", str(shard), run_id=run_id)
                assert ran.code == 0, ran
            commit = self.job("ingest", "commit", "--plan", report["plan"], run_id=run_id).code
            assert commit in (0, HELD), commit
        transform = self.job("transform", run_id=run_id)
        assert transform.code in (0, NOTHING_STALE), transform
        load = self.job("load", run_id=run_id)
        assert load.code in (0, NOTHING_STALE), load
        return RunEnd(planned.code, commit, transform.code, load.code, report)

    def job(self, job: str, *arguments: str, run_id: str = "run") -> Ended:
        """One job with the options that every job takes."""
        common = ("--pipeline", self._dataset, "--project", str(self._folder), "--env", "test", "--run-id", run_id)
        return self._jobs.run(job, *arguments, *common)

    def found(self) -> Expected:
        """What is there now."""
        sources = [table.name for table in source_tables(self._dataset)]
        model = MODELS.get(self._dataset)
        held = self._control("select table_name, hour from hour where held order by hour")
        # As the oracle says it: where there are several source tables, everything begins with its table's name.
        several = len(sources) > 1
        return Expected(
            base=[(name, *row) if several else row for name in sources for row in self._rows(self.warehouse, name)],
            model=[] if model is None else self._rows(self.warehouse, model),
            quarantine=self._quarantine(),
            objects={
                (f"{name} {hour}" if several else hour, key): book
                for name in sources
                for (hour, key), book in self._objects(name).items()
            },
            periods={
                f"{name} {period}" if several else period: book
                for name in sources
                for period, book in self._periods(name).items()
            },
            held=[f"{name} {hour}" if several else hour for name in sources for table, hour in held if table == name],
        )

    def close(self) -> None:
        """Drops what was made for it."""
        for bucket in (self.landing, f"{self._name}-lake"):
            pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
            for page in pages:
                for content in page.get("Contents", []):
                    self._s3.delete_object(Bucket=bucket, Key=content["Key"])
            self._s3.delete_bucket(Bucket=bucket)
        with self._services.database("postgres") as connection:
            for database in (self.control, self.warehouse):
                connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(database)))
        shutil.rmtree(self._folder, ignore_errors=True)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Asks the warehouse."""
        with self._services.database(self.warehouse) as connection:
            return connection.execute(query.encode()).fetchall()

    def execute(self, statement: str) -> None:
        """Changes the warehouse behind the product's back."""
        with self._services.database(self.warehouse) as connection:
            connection.execute(statement.encode())

    def control_rows(self, query: str) -> list[tuple[Any, ...]]:
        """Asks the control database."""
        return self._control(query)

    def objects(self, prefix: str) -> list[dict[str, Any]]:
        """What lies on the landing bucket below a prefix."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self.landing, Prefix=prefix)
        return [content for page in pages for content in page.get("Contents", [])]

    def landed(self, key: str) -> bytes:
        """The bytes of a gzipped object, as they were before."""
        return gzip.decompress(self._s3.get_object(Bucket=self.landing, Key=key)["Body"].read())

    def metadata(self, key: str) -> dict[str, str]:
        """What an object says of itself."""
        said: dict[str, str] = self._s3.head_object(Bucket=self.landing, Key=key)["Metadata"]
        return said

    def warehouse_rows(self, table: str) -> list[tuple[Any, ...]]:
        """The rows of a table."""
        return self._rows(self.warehouse, table)

    def quarantine(self) -> list[tuple[Any, ...]]:
        """What is quarantined, of every table."""
        return self._quarantine()

    def _first_settings(self) -> Settings:
        return default_settings(self._dataset)

    def _prepare(self) -> None:
        for bucket in (self.landing, f"{self._name}-lake"):
            self._s3.create_bucket(Bucket=bucket)
        with self._services.database("postgres") as connection:
            for database in (self.control, self.warehouse):
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(database)))
        self._write_environment()
        self._write_contract()

    def _write_environment(self) -> None:
        services = self._services
        address = f"jdbc:postgresql://{services.host}:{services.port}"
        store = {
            "endpoint": services.endpoint,
            "region": "us-east-1",
            "accessKey": services.access_key,
            "secretKey": {"env": SECRET_KEY},
        }
        login = {"user": services.user, "password": {"env": PASSWORD}}
        test = {
            "landing": {"bucket": self.landing, **store},
            "lake": {"warehouse": f"s3://{self._name}-lake/tables", **store},
            "control": {"url": f"{address}/{self.control}", **login},
            "warehouse": {"kind": "postgres", "url": f"{address}/{self.warehouse}", **login},
            "masks": {"hashKey": {"env": HASH_KEY}},
            **self._sections,
        }
        self._folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"environments": {"test": test}}, indent=1)
        (self._folder / "millrace.yaml").write_text(text, encoding="utf-8")

    def _write_contract(self) -> None:
        pipeline = self._folder / "dags" / "pipelines" / self._dataset
        pipeline.mkdir(parents=True, exist_ok=True)
        if self._dataset in MODELS:
            model = pipeline / model_path(self._dataset)
            model.parent.mkdir(exist_ok=True)
            model.write_text(model_sql(self._dataset, self._variant), encoding="utf-8")
        (pipeline / "contract.yaml").write_text(patched_contract(self._dataset, self._settings), encoding="utf-8")

    @property
    def settings(self) -> Settings:
        """The settings now in force."""
        return self._settings

    def _rows(self, database: str, table: str) -> list[tuple[Any, ...]]:
        with self._services.database(database) as connection:
            there = connection.execute("select to_regclass(%s)", (f"millrace.{table}",)).fetchone()
            if there is None or there[0] is None:
                return []
            query = sql.SQL("select * from millrace.{}").format(sql.Identifier(table))
            return connection.execute(query).fetchall()

    def _control(self, query: str) -> list[tuple[Any, ...]]:
        with self._services.database(self.control) as connection:
            connection.execute("set search_path to millrace")
            return connection.execute(query.encode()).fetchall()

    def _quarantine(self) -> list[tuple[Any, ...]]:
        ended = self.job("ingest", "quarantine")
        assert ended.code == 0, ended
        found: Iterable[dict[str, Any]] = (json.loads(line) for line in ended.lines)
        return [
            (bad["hour"], bad["object"], bad["etag"], bad["record"], bad["reason"], bad["pointer"]) for bad in found
        ]

    def _objects(self, table: str) -> dict[tuple[str, str], ObjectBook]:
        rows = self._control(
            "select hour, object, etag, landed, clean, duplicate, quarantined from hour_object"
            f" where table_name = '{table}'"
        )
        return {(row[0], row[1]): ObjectBook(*row[2:]) for row in rows}

    def _periods(self, table: str) -> dict[str, PeriodBook]:
        edges = self._control(f"select period, sum(rows) from edge where table_name = '{table}' group by period")
        built = self._control(f"select period, rows, duplicates from partition where table_name = '{table}'")
        base: dict[str, Sequence[int]] = {row[0]: row[1:] for row in built}
        return {period: PeriodBook(int(clean), *base.get(period, (-1, -1))) for period, clean in edges}


class _OfContract(Product):
    def __init__(self, services: Services, jobs: Jobs, contract: str, name: str, folder: Path) -> None:
        self._contract = contract
        super().__init__(services, jobs, re.findall(r"(?m)^id: (\S+)", contract)[0], name, folder)

    def _first_settings(self) -> Settings:
        return Settings(required=frozenset(), time_formats=(), quarantine_limit=100)

    def _write_contract(self) -> None:
        pipeline = self._folder / "dags" / "pipelines" / self._dataset
        pipeline.mkdir(parents=True, exist_ok=True)
        (pipeline / "contract.yaml").write_text(self._contract, encoding="utf-8")
