"""Our contracts are what they say they are: documents of the Open Data Contract Standard."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

PIPELINES = Path(__file__).resolve().parents[2] / "dags" / "pipelines"
CONTRACTS = sorted(PIPELINES.glob("*/contract.yaml"))


def lint(contract: Path) -> subprocess.CompletedProcess[str]:
    datacontract = shutil.which("datacontract", path=Path(sys.executable).parent)
    assert datacontract is not None, f"datacontract-cli is not installed beside {sys.executable}"
    return subprocess.run(
        [datacontract, "lint", str(contract)], capture_output=True, text=True, timeout=120, check=False
    )


def test_the_pinned_linter_is_the_one_that_runs() -> None:
    assert version("datacontract-cli") == "1.2.8"


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.parent.name)
def test_lint_accepts_ours_and_rejects_a_broken_copy(contract: Path, tmp_path: Path) -> None:
    accepted = lint(contract)
    assert accepted.returncode == 0, accepted.stdout + accepted.stderr

    text = contract.read_text(encoding="utf-8")
    broken = tmp_path / "contract.yaml"
    broken.write_text(text.replace("logicalType: string", "logicalType: words", 1), encoding="utf-8")
    assert broken.read_text(encoding="utf-8") != text
    rejected = lint(broken)
    assert rejected.returncode != 0, rejected.stdout
    assert "logicalType" in rejected.stdout + rejected.stderr


def test_both_pipelines_are_there() -> None:
    assert {"checkins", "consents"} <= {contract.parent.name for contract in CONTRACTS}
