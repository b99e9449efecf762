"""Contracts as the DAGs read them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from conftest import ROOT

from millrace.contract import contracts, read
from millrace.page import page

PIPELINES = ROOT / "dags" / "pipelines"


def written(folder: Path, text: str, name: str = "orders") -> Path:
    file = folder / name / "contract.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_the_contracts_that_come_with_millrace_are_read() -> None:
    found = {contract.pipeline: contract for contract in contracts(PIPELINES)}
    assert not [contract.mistake for contract in found.values() if contract.mistake]
    consents = found["consents"]
    assert (consents.schedule, consents.settle, consents.domain) == ("0 0 * * *", timedelta(minutes=30), "privacy")
    assert [(table.name, table.is_model) for table in consents.tables] == [
        ("consent_events", False),
        ("consent_metrics", True),
    ]


def test_what_is_not_written_has_the_default_of_the_reference_page(tmp_path: Path) -> None:
    contract = read(written(tmp_path, "id: orders\nschema: []\n"))
    assert (contract.mistake, contract.schedule, contract.settle) == ("", "0 0 * * *", timedelta(minutes=30))
    settings = (ROOT / "docs" / "reference" / "contract-settings.md").read_text(encoding="utf-8")
    assert "| `schedule` | any | five fields of cron, in numbers | `0 0 * * *` |" in settings
    assert "| `settle` | any | a duration: `30m`, `2h` | `30m` |" in settings


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("id: others", "differs from the name of its folder"),
        ("- a list", "must have members"),
        ("id: [", "while parsing"),
        ("id: orders\nschema: {}", "must be a list"),
        ("id: orders\nschema: [{properties: []}]", "has no name"),
        ("id: orders\ncustomProperties: [{property: schedule, value: daily}]", "is no schedule"),
        ("id: orders\ncustomProperties: [{property: schedule, value: 0 0 31 2 *}]", "is no schedule"),
        ("id: orders\ncustomProperties: [{property: schedule, value: 0 99 * * *}]", "is no schedule"),
        ("id: orders\ncustomProperties: [{property: settle, value: soon}]", "is no duration"),
    ],
)
def test_a_contract_that_cannot_be_read_says_why_and_spares_the_others(
    tmp_path: Path, text: str, sentence: str
) -> None:
    written(tmp_path, text)
    written(tmp_path, "id: sound\n", "sound")
    broken, sound = contracts(tmp_path)
    assert sentence in broken.mistake
    assert (broken.pipeline, broken.schedule) == ("orders", None)
    assert (sound.pipeline, sound.mistake) == ("sound", "")
    assert sentence in page(broken)


def test_the_page_describes_every_table_and_column() -> None:
    for contract in contracts(PIPELINES):
        text = page(contract)
        assert text.startswith(f"# {contract.title}\n")
        for table in contract.tables:
            assert f"\n## {table.name}\n" in text
            for column in table.columns:
                assert f"| `{column.name}` | {column.type} |" in text


def test_a_description_cannot_break_the_table_that_it_stands_in(tmp_path: Path) -> None:
    text = "id: orders\nschema: [{name: t, properties: [{name: a, description: 'x | y\n\n  z'}]}]"
    assert "| `a` |  |  | x \\| y z |" in page(read(written(tmp_path, text)))
