"""A contract becomes a DAG: ``plan → ingest (mapped over shards) → commit → transform → load``.

Where a queue or a stream holds the records, ``land`` comes first.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, Asset, CronDataIntervalTimetable, TriggerRule, WeightRule
from airflow.sdk.definitions.param import ParamsDict

from millrace.alert import on_failure
from millrace.assets import asset
from millrace.contract import Contract
from millrace.interval import params
from millrace.page import page
from millrace.stages import Commit, Ingest, Land, Load, Plan, Transform

# Older than any landed object: a backfill may begin anywhere, and no run is made up for by itself.
_START = datetime(2000, 1, 1, tzinfo=UTC)
_RETRIES = 4
_RETRY_SECONDS = 30
_LONGEST_RETRY = timedelta(minutes=15)
_LONGEST_RUN = timedelta(hours=24)


def pipeline_dag(contract: Contract, variables: Mapping[str, str] = os.environ) -> DAG:
    """The DAG of a pipeline. That of a contract that cannot be read has no schedule; its first task tells why."""
    with DAG(
        dag_id=contract.pipeline,
        description=contract.title,
        doc_md=page(contract),
        schedule=CronDataIntervalTimetable(contract.schedule, timezone="UTC") if contract.schedule else None,
        start_date=_START,
        catchup=False,
        # Two runs of a pipeline would only wait for each other's locks. A backfill has a limit of its own.
        max_active_runs=1,
        dagrun_timeout=_LONGEST_RUN + contract.settle,
        render_template_as_native_obj=False,
        tags={"millrace", *([contract.domain] if contract.domain else []), *(["broken"] if contract.mistake else [])},
        default_args=_defaults(variables),
    ) as dag:
        _tasks(contract)
    # Not before: of what a DAG has as it gets its tasks, Airflow makes a copy for each of them, and checks every copy
    # each time that it stores the DAG, twice a minute. A task finds the parameters in those of its DAG.
    dag.params = ParamsDict(params())
    return dag


def _defaults(variables: Mapping[str, str]) -> dict[str, Any]:
    return {
        "owner": "millrace",
        # What comes first in a pipeline goes first: a backfill reads all days that are under way, and then one
        # transform and one load do whatever is stale.
        "weight_rule": WeightRule.DOWNSTREAM,
        "retries": int(variables.get("MILLRACE_RETRIES") or _RETRIES),
        "retry_delay": timedelta(seconds=float(variables.get("MILLRACE_RETRY_SECONDS") or _RETRY_SECONDS)),
        "retry_exponential_backoff": 2.0,
        "max_retry_delay": _LONGEST_RETRY,
        "on_failure_callback": on_failure,
    }


def _tasks(contract: Contract) -> None:
    pipeline = contract.pipeline
    sources = [table.name for table in contract.tables if not table.is_model]
    models = [table.name for table in contract.tables if table.is_model]
    feeds = [(table.feed, table.name) for table in contract.tables if table.feed]
    plan = Plan(
        task_id="plan",
        pipeline=pipeline,
        job_resources=contract.resources,
        settle=contract.settle,
        pool="millrace_ingest",
        # A queue that has nothing to give skips its landing, and nothing else.
        trigger_rule=TriggerRule.NONE_FAILED if feeds else TriggerRule.ALL_SUCCESS,
        execution_timeout=timedelta(hours=1),
        doc_md="Freezes which landing hours are stale, and divides their objects into shards.",
    )
    ingest = Ingest.partial(
        task_id="ingest",
        pipeline=pipeline,
        job_resources=contract.resources,
        pool="millrace_ingest",
        execution_timeout=timedelta(hours=6),
        map_index_template="shard {{ task.work['shards'] | join(', ') }}",
        doc_md="Reads a shard; its files wait beside the data for the commit.",
    ).expand(work=plan.output)
    commit = Commit(
        task_id="commit",
        pipeline=pipeline,
        job_resources=contract.resources,
        pool="millrace_ingest",
        # A plan may have hours to empty and nothing to read. After a plan without stale hours this is skipped too.
        trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS,
        max_active_tis_per_dag=1,
        execution_timeout=timedelta(hours=2),
        outlets=_assets(("clean", sources), ("quarantine", sources)),
        doc_md="Publishes what the shards wrote, and writes the books.",
    )
    transform = Transform(
        task_id="transform",
        pipeline=pipeline,
        job_resources=contract.resources,
        pool="millrace_transform",
        # It asks for its own staleness, also where nothing landed. A held hour fails plan or commit, and no other hour
        # has to wait for it: the task itself refuses to start after any other failure.
        trigger_rule=TriggerRule.ALL_DONE,
        max_active_tis_per_dag=1,
        execution_timeout=timedelta(hours=12),
        outlets=_assets(("base", sources), ("model", models)),
        doc_md="Rebuilds the periods of base tables and models that are stale.",
    )
    load = Load(
        task_id="load",
        pipeline=pipeline,
        job_resources=contract.resources,
        pool="millrace_load",
        trigger_rule=TriggerRule.NONE_FAILED,
        max_active_tis_per_dag=1,
        execution_timeout=timedelta(hours=6),
        outlets=_assets(("warehouse", sources + models)),
        doc_md="Brings changed periods into the warehouse, and audits them.",
    )
    # The state of a run is that of its last tasks: this one lets it fail where a held hour failed plan or commit. The
    # scheduler settles it without starting anything.
    done = EmptyOperator(task_id="done", trigger_rule=TriggerRule.NONE_FAILED, on_failure_callback=None)
    plan >> ingest >> commit >> transform >> load >> done
    plan >> commit >> done
    plan >> done
    if feeds:
        land = Land(
            task_id="land",
            pipeline=pipeline,
            feeds=feeds,
            pool="millrace_ingest",
            max_active_tis_per_dag=1,
            execution_timeout=timedelta(hours=2),
            doc_md="Lands what queues and streams hold, in the present hour.",
        )
        land >> plan


def _assets(*layers: tuple[str, list[str]]) -> list[Asset]:
    return [asset(layer, table) for layer, tables in layers for table in tables]
