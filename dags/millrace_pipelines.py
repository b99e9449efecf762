"""The DAGs of all pipelines: one for each contract below ``dags/pipelines``."""

from __future__ import annotations

from airflow.sdk import DAG, get_parsing_context

from millrace.contract import contracts
from millrace.factory import pipeline_dag
from millrace.installation import Installation

# A task's process asks for one DAG: it does not read the contracts of all others.
_wanted = get_parsing_context().dag_id

_dags: list[DAG] = [
    pipeline_dag(contract)
    for contract in contracts(Installation.here().pipelines)
    if _wanted in (None, contract.pipeline)
]
# Airflow looks for DAGs among the names of a module.
globals().update({f"dag_{dag.dag_id}": dag for dag in _dags})
