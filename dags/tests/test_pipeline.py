"""Whole pipelines with the real jobs, a real Postgres and a real S3 server, against the oracle."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, Ran, RunDag
from harness.compare import differences
from harness.jobs import OwnProcesses, environment_of
from harness.product import Product
from harness.services import running
from oracle.operations import Put, Run
from oracle.world import World

LANDED = ROOT / "acceptance" / "cases" / "consents-metrics" / "landed"
FROM, TO = "2021-01-23T00", "2021-01-24T00"


class Pipeline:
    """A data set that the product holds, beside what the oracle expects of it."""

    def __init__(self, product: Product, run_dag: RunDag) -> None:
        self.product = product
        self._world = World("consents")
        self._run_dag = run_dag

    def land(self, key: str, data: bytes) -> None:
        for one in (self.product, self._world):
            one.apply(Put(key, data))

    def run(self) -> Ran:
        """Runs the DAG; whatever its end, lake and warehouse are as the oracle says."""
        ran = self._run_dag("consents", {"from": FROM, "to": TO})
        self._world.apply(Run(FROM, TO))
        assert differences(self._world.expected(), self.product.found()) == []
        return ran


@pytest.fixture
def pipeline(
    run_dag: RunDag, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Pipeline]:
    with running(tmp_path_factory.mktemp("services")) as services:
        environment = environment_of(services)
        folder = tmp_path / "project"
        product = Product(services, OwnProcesses(environment), "consents", "dagged", folder)
        variables = {
            **environment,
            "MILLRACE_PIPELINES": str(folder / "dags" / "pipelines"),
            "MILLRACE_ENV": "test",
            "MILLRACE_RETRIES": "0",
            # Every object is a shard of its own.
            "MILLRACE_SHARD_BYTES": "1",
        }
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        yield Pipeline(product, run_dag)


def test_a_pipeline_from_landed_objects_to_the_warehouse(pipeline: Pipeline) -> None:
    for path in sorted(LANDED.rglob("*.json")):
        pipeline.land(str(path.relative_to(LANDED)), path.read_bytes())

    first = pipeline.run()
    assert first.state == "success"
    assert first.tasks["ingest"] == ["success", "success"]
    (rows,) = pipeline.product.rows("select count(*) from millrace.consent_events")[0]
    assert rows > 0
    event = first.events["warehouse.consent_events"]
    assert (event["inserted"], event["rows"]) == (rows, rows)
    assert first.events["base.consent_events"]["rows"] == rows
    assert first.events["clean.consent_events"]["hours"] == 2
    # Ledgers and lake know the run under one name.
    assert pipeline.product.rows("select distinct run_id from millrace_internal.ledger") == [(event["run"],)]

    second = pipeline.run()
    assert (second.state, second.events) == ("success", {})
    stages = ("plan", "ingest", "commit", "transform", "load")
    assert [second.tasks[stage] for stage in stages] == [["skipped"]] * len(stages)

    late = (LANDED / "events/datehour=2021-01-23-11/part-00000.json").read_bytes().replace(b'{"id":"', b'{"id":"late-')
    pipeline.land("events/datehour=2021-01-23-11/part-00001.json", late)
    pipeline.land("events/datehour=2021-01-23-12/part-00000.json", b'{"id":"x"}\n')
    third = pipeline.run()
    assert (third.state, third.tasks["commit"]) == ("failed", ["failed"])
    assert (third.tasks["transform"], third.tasks["load"]) == (["success"], ["success"])
    (more,) = pipeline.product.rows("select count(*) from millrace.consent_events")[0]
    assert third.events["warehouse.consent_events"]["inserted"] == more - rows > 0
