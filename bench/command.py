"""The command line."""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import ROOT
from bench.chain import chain
from bench.contest import BenchError, Outcome
from bench.images import images
from bench.ingest import ingest
from bench.load import load
from bench.machine import machine
from bench.millrace import FilledLake
from bench.report import heading, table
from bench.sample import made
from bench.stage import Stage
from harness.services import Services, running

BENCHMARKS: dict[str, Callable[[Stage, int, FilledLake], Outcome]] = {"ingest": ingest, "chain": chain, "load": load}
# Needs images and podman, so it is run where it is named alone.
_IMAGES = "images"
_BROKEN = 20
_TERMINATED = 143


def run(arguments: list[str]) -> int:
    """Runs the benchmarks that are asked for; the exit code is Millrace's usual."""
    parser = _parser()
    given = parser.parse_args(arguments)
    unknown = [name for name in given.names if name not in BENCHMARKS and name != _IMAGES]
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]}: choose of {', '.join([*BENCHMARKS, _IMAGES])}")
    if _IMAGES in given.names and len(given.names) > 1:
        parser.error(f"{_IMAGES} is run by itself")
    # So that whoever is told to stop still stops its servers and removes what it wrote.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_TERMINATED))
    state = ROOT / ".millrace"
    state.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=state))
    # Postgres gives up root, and must still get at its data.
    folder.chmod(0o755)
    try:
        with running(folder / "services") as services:
            return (_run_images if _IMAGES in given.names else _run)(given, services, folder)
    except BenchError as error:
        print(error, file=sys.stderr)
        return _BROKEN
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(given: argparse.Namespace, services: Services, folder: Path) -> int:
    facts = machine(services)
    print(heading(facts), flush=True)
    _tell(f"making {given.events:,} events")
    sample = made(given.data or folder / "landed", given.events, given.seed)
    stage = Stage(services, sample, folder, given.threads, given.patience, _tell)
    outcomes = []
    filled = FilledLake()
    for name in given.names or BENCHMARKS:
        outcomes.append(BENCHMARKS[name](stage, given.repeat, filled))
        print("\n" + table(outcomes[-1]), flush=True)
    filled.close()
    if given.json is not None:
        members = {"machine": facts, "benchmarks": [outcome.members() for outcome in outcomes]}
        given.json.write_text(json.dumps(members, indent=1) + "\n", encoding="utf-8")
    return 0


def _run_images(given: argparse.Namespace, services: Services, folder: Path) -> int:
    facts = machine(services)
    print(heading(facts), flush=True)
    report = images(services, folder, given.events, given.seed, _tell)
    print("\n" + report.text())
    if given.json is not None:
        text = json.dumps({"machine": facts, **report.members()}, indent=1)
        given.json.write_text(text + "\n", encoding="utf-8")
    return 0


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="millrace bench",
        description="Benchmarks on seeded consent events, with DuckDB and psql on the same work in the same run.",
        epilog="Example: millrace bench ingest --events 1000000",
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="ingest, chain or load, all three if not given; or images"
    )
    parser.add_argument("--events", type=int, default=1_000_000, help="how many land, over 24 hours; default 1000000")
    parser.add_argument("--seed", type=int, default=1, help="other events; default 1")
    parser.add_argument("--repeat", type=int, default=3, help="laps of each tool; default 3")
    parser.add_argument("--threads", type=int, default=2, help="DuckDB's threads; default 2")
    parser.add_argument("--patience", type=float, default=900, help="seconds that a process may take; default 900")
    parser.add_argument("--data", type=Path, help="a folder to keep the events in, and to find them in another time")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results for programs, too")
    return parser
