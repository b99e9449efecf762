"""The benchmarks in their small form: one result for all tools, and ratios. How long they take is not judged."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from harness.services import ROOT

EVENTS = 1_000_000
TOOLS = {
    "ingest": ["Millrace", "DuckDB", "gunzip alone"],
    "load": ["Millrace", "psql \\copy, ready file", "DuckDB, CSV, psql \\copy"],
    "chain": ["Millrace", "DuckDB, CSV, psql \\copy"],
}


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What one run of all benchmarks wrote for programs."""
    file = tmp_path_factory.mktemp("bench") / "bench.json"
    command = [sys.executable, "-m", "bench", "--events", str(EVENTS), "--repeat", "1", "--json", str(file)]
    before = _left_behind()
    ended = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False, timeout=1800)
    assert ended.returncode == 0, ended.stderr
    assert _left_behind() == before
    members: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    assert members["machine"]["load at start"] in ended.stdout
    return members


@pytest.mark.parametrize("name", TOOLS)
def test_a_benchmark_reports_equal_results_and_ratios(reported: dict[str, Any], name: str) -> None:
    (outcome,) = [found for found in reported["benchmarks"] if found["benchmark"] == name]
    tools = {tool["tool"]: tool for tool in outcome["tools"]}
    assert list(tools)[: len(TOOLS[name])] == TOOLS[name]
    assert all(tool["ratio"] > 0 and tool["laps"][0]["cpu"] > 0 for tool in tools.values())
    rows, ids = int(outcome["equal"]["rows"]), int(outcome["equal"]["ids"])
    # The lake's clean rows still hold the copies; the warehouse has each id once.
    assert ids < rows == EVENTS if name == "ingest" else ids == rows < EVENTS


def test_an_unknown_benchmark_is_wrong_usage() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "bench", "nothing"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 2
    assert "choose of ingest, chain, load" in ended.stderr


def _left_behind() -> set[Path]:
    return set((ROOT / ".millrace").glob("bench-*"))
