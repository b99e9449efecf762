"""The local services, started for a test run and stopped after it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import psycopg
from botocore.config import Config

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Services:
    """Where Postgres and the S3 server are, and how to get in."""

    endpoint: str
    access_key: str
    secret_key: str
    host: str
    port: int
    user: str
    password: str
    pid: int
    state: Path

    def database(self, name: str, *, autocommit: bool = True) -> psycopg.Connection[Any]:
        """A connection to a database of the embedded Postgres, with the session in UTC."""
        return psycopg.connect(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            dbname=name,
            autocommit=autocommit,
            options="-c timezone=UTC",
        )

    def s3(self) -> Any:
        """A client of the S3 server."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            region_name="us-east-1",
            config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 5}),
        )


def class_path(module: str) -> str:
    """The jars of a module, as an explicit list."""
    target = ROOT / "modules" / module / "target"
    jars = sorted(target.glob("millrace-*.jar")) + sorted((target / "lib").glob("*.jar"))
    if not jars:
        raise FileNotFoundError(f"module {module} is not built: run mvn package")
    return os.pathsep.join(str(jar) for jar in jars)


@contextmanager
def running(state: Path) -> Iterator[Services]:
    """Services whose whole state is in a folder, ended when the block ends."""
    facts = state / "services.json"
    state.mkdir(parents=True, exist_ok=True)
    with (state / "services.out").open("wb") as out:
        process = subprocess.Popen(
            [
                "java",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                class_path("local"),
                "dev.millrace.local.LocalServicesMain",
                str(state),
            ],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
    try:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not facts.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((state / "services.out").read_text(encoding="utf-8"))
            time.sleep(0.1)
        yield _read(facts, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=_PATIENCE_SECONDS)


def of_state(state: Path) -> Services:
    """The services that ``up`` started for a state folder."""
    return _read(state / "services.json", 0)


def _read(facts: Path, pid: int) -> Services:
    members = json.loads(facts.read_text(encoding="utf-8"))
    s3, postgres = members["s3"], members["postgres"]
    return Services(
        s3["endpoint"],
        s3["accessKey"],
        s3["secretKey"],
        postgres["host"],
        int(postgres["port"]),
        postgres["user"],
        postgres["password"],
        pid,
        facts.parent,
    )
