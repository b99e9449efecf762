"""The tasks of a pipeline. Each runs a job, and the job's exit code decides its state."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import BaseOperator, Context
from airflow.sdk.exceptions import AirflowSkipException

from millrace.assets import committed, emit, loaded, transformed
from millrace.contract import NO_MORE, Resources
from millrace.interval import landing_hours
from millrace.outcome import Exit, JobEnd, NotStartedError, judge, stages_may_follow
from millrace.run import run_id
from millrace.runtime import JobCall, Runtime, runtime

# Others may change the same hours again and again.
_MOST_PLANS = 4
# Far below Airflow's limit for mapped tasks: of a plan with more shards, each instance takes several.
MOST_INSTANCES = 256
# A queue that fills faster than it can be emptied must not keep a run from all that comes after.
_LAND = ("--until-empty", "--for", "30m")
_COUNTED = ("objects", "landed", "clean", "duplicate", "quarantined")


class Stage(BaseOperator):
    """A task that runs a job."""

    def __init__(self, *, pipeline: str, job_resources: dict[str, Resources] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pipeline = pipeline
        self.job_resources = job_resources or {}
        self._runtime: Runtime | None = None

    def run_job(self, context: Context, job: str, *arguments: str, size: int = 0) -> JobEnd:
        """Runs a job as part of this run, and tells its end whatever it is."""
        self._runtime = runtime()
        name = run_id(self.pipeline, context["run_id"])
        common = ("--pipeline", self.pipeline, "--project", self._runtime.project, "--run-id", name)
        self.log.info("%s %s", job, " ".join([*arguments, *common]))
        call = JobCall(job, (*arguments, *common), size, self.job_resources.get(job, NO_MORE))
        end = self._runtime.run(call, self.log)
        self.log.info("%s ended with %s", job, end.code.value)
        return end

    def tell(self, context: Context, **facts: Any) -> None:
        """Leaves facts for later tasks, also where this one is about to fail."""
        for key, value in facts.items():
            context["ti"].xcom_push(key=key, value=value)

    def pulled(self, context: Context, task_id: str, key: str) -> Any:
        """What an earlier task left; nothing where it did not come so far."""
        return context["ti"].xcom_pull(task_ids=task_id, key=key)

    def on_kill(self) -> None:
        """Ends the job with the task."""
        if self._runtime is not None:
            self._runtime.kill()


class Land(Stage):
    """Lands what queues and streams hold. It ends when they are empty, and where they never are, after a while."""

    def __init__(self, *, feeds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.feeds = feeds

    def execute(self, context: Context) -> dict[str, int]:
        """One table after the other; leaves the last hour in which anything landed, so that this run reads it too."""
        if context["dag_run"].run_type == "backfill":
            raise AirflowSkipException("A backfill reads the hours of its interval: what lands now is in none of them.")
        landed = {}
        for kind, table in self.feeds:
            end = self.run_job(context, "ingest", "land", kind, "--table", table, *_LAND)
            if end.code != Exit.NOTHING_STALE:
                landed[table] = judge(f"landing of {table}", end).report
        if not landed:
            raise AirflowSkipException("There is nothing to land.")
        self.tell(context, last_hour=max(report["lastHour"] for report in landed.values()))
        return {table: int(report["messages"]) for table, report in landed.items()}


class Plan(Stage):
    """Freezes which landing hours are stale. Gives back what each mapped instance of ingest is to do."""

    def __init__(self, *, settle: timedelta, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.settle = settle

    def execute(self, context: Context) -> list[dict[str, Any]]:
        """Waits, without a slot, until a scheduled run's objects have settled; then plans."""
        settled = self.settled_at(context)
        if settled is not None and settled > datetime.now(UTC):
            # Only a run that waits needs it; every process that reads the DAGs would pay for it.
            from airflow.providers.standard.triggers.temporal import DateTimeTrigger

            self.log.info("Objects of this interval settle until %s", settled)
            self.defer(trigger=DateTimeTrigger(moment=settled), method_name="execute_settled")
        return self.execute_settled(context)

    def execute_settled(self, context: Context, event: Any = None) -> list[dict[str, Any]]:
        """Plans, and leaves the plan for the others."""
        last_hour = self.pulled(context, "land", "last_hour") if self.upstream_task_ids else None
        end = self.run_job(context, "ingest", *plan_arguments(context, last_hour))
        self.tell(context, exit=end.code.value, plan=_plan(end), last_hour=last_hour)
        return _work(_plan(judge("plan", end)))

    def settled_at(self, context: Context) -> datetime | None:
        """When a scheduled run may start; any other may at once."""
        run = context["dag_run"]
        if run.run_type != "scheduled" or run.data_interval_end is None:
            return None
        return run.data_interval_end + self.settle


class Ingest(Stage):
    """Reads shards of a plan."""

    def __init__(self, *, work: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.work = work

    def execute(self, context: Context) -> dict[str, int]:
        """One shard after the other; gives back how many records they hold."""
        return _sums([self.shard(context, shard) for shard in self.work["shards"]])

    def shard(self, context: Context, shard: int) -> dict[str, Any]:
        """Reads a shard."""
        arguments = shard_arguments(self.work["plan"], shard)
        end = judge(f"ingest of shard {shard}", self.run_job(context, "ingest", *arguments, size=self.work["bytes"]))
        return {name: end.report[name] for name in _COUNTED}


class Commit(Stage):
    """Publishes what the shards wrote. Hours that another run changed meanwhile are planned and read again."""

    def execute(self, context: Context) -> dict[str, Any]:
        """Commits, and judges all that was committed together."""
        planned = self.pulled(context, "plan", "plan")
        commits, end = self.commit(context, planned)
        self.tell(context, exit=end.code.value)
        judge("commit", end)
        reports = [commit.report for commit in commits]
        emit(self, context, run_id(self.pipeline, context["run_id"]), committed(reports))
        return _sums([report.get("totals", {}) for report in reports])

    def commit(self, context: Context, planned: dict[str, Any]) -> tuple[list[JobEnd], JobEnd]:
        """Every commit that was made, and how they ended taken together: with 20 where an hour is held."""
        commits: list[JobEnd] = []
        held: list[str] = list(planned["held"])
        while True:
            end = self.run_job(context, "ingest", "commit", "--plan", planned["plan"])
            commits.append(end)
            held += end.report.get("held", [])
            if end.code != Exit.TEMPORARY or not end.report.get("moved") or len(commits) == _MOST_PLANS:
                break
            self.log.warning("Another run changed hours of this one: planning again")
            last_hour = self.pulled(context, "plan", "last_hour")
            again = self.run_job(context, "ingest", *plan_arguments(context, last_hour))
            if again.code in (Exit.NOTHING_STALE, Exit.BROKEN):
                # The other run did what was left to do.
                held += again.report.get("held", [])
                end = JobEnd(Exit.DONE)
                break
            planned = _plan(judge("plan", again))
            held += planned["held"]
            for work in _work(planned):
                self.read(context, work)
        if end.code == Exit.DONE and held:
            hours = ", ".join(sorted(set(held)))
            end = JobEnd(Exit.BROKEN, end.report, f"Held: {hours}. All other hours went on.")
        return commits, end

    def read(self, context: Context, work: dict[str, Any]) -> None:
        """Reads shards here, as the number of mapped instances is settled."""
        for shard in work["shards"]:
            judge("ingest", self.run_job(context, "ingest", *shard_arguments(work["plan"], shard), size=work["bytes"]))


class Transform(Stage):
    """Rebuilds whatever is stale of base tables and models."""

    def execute(self, context: Context) -> dict[str, dict[str, int]]:
        """Starts after a held hour too, as all other hours go on; after any other failure it does not."""
        if not stages_may_follow(self.pulled(context, "plan", "exit"), self.pulled(context, "commit", "exit")):
            raise NotStartedError("Not started, as an earlier stage failed: its log says why.")
        size = (self.pulled(context, "plan", "plan") or {}).get("bytes", 0)
        end = judge("transform", self.run_job(context, "transform", "--json", size=size))
        counts = transformed(end.report)
        emit(self, context, run_id(self.pipeline, context["run_id"]), counts)
        return counts


class Load(Stage):
    """Brings changed periods into the warehouse, and audits them."""

    def execute(self, context: Context) -> dict[str, dict[str, int]]:
        """Loads; gives back what changed."""
        size = (self.pulled(context, "plan", "plan") or {}).get("bytes", 0)
        end = judge("load", self.run_job(context, "load", "--json", size=size))
        counts = loaded(end.report)
        emit(self, context, run_id(self.pipeline, context["run_id"]), counts)
        return counts


def plan_arguments(context: Context, last_hour: str | None = None) -> tuple[str, ...]:
    """What the run is about, as the job is told: with the last hour in which it has landed something itself.

    Only scheduled runs look back for late objects.
    """
    run, params = context["dag_run"], context["params"]
    arguments = ["plan", *landing_hours(run, params).reaching(last_hour, params).arguments()]
    if run.run_type == "scheduled":
        arguments.append("--look-back")
    for name in ("accept_held", "accept_removals"):
        for accepted in params.get(name) or []:
            arguments += [f"--{name.replace('_', '-')}", accepted]
    return tuple(arguments)


def shard_arguments(plan: str, shard: int) -> tuple[str, ...]:
    """One shard, as the job is told."""
    return ("run", "--plan", plan, "--shard", str(shard))


def _plan(end: JobEnd) -> dict[str, Any]:
    """What later stages need of a plan; its list of hours may be long, and stays in the control database."""
    report = end.report
    return {
        "plan": report.get("plan", ""),
        "shards": int(report.get("shards", 0)),
        "hours": len(report.get("stale", [])),
        "objects": int(report.get("objects", 0)),
        "bytes": int(report.get("bytes", 0)),
        "held": list(report.get("held", [])),
    }


def _work(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """The shards of a plan, one for each mapped instance, or several where there are very many."""
    shards = list(range(plan["shards"]))
    each = -(-len(shards) // MOST_INSTANCES) or 1
    return [
        {"plan": plan["plan"], "shards": shards[first : first + each], "bytes": plan["bytes"]}
        for first in range(0, len(shards), each)
    ]


def _sums(parts: Iterable[dict[str, Any]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for part in parts:
        for name, number in part.items():
            sums[name] = sums.get(name, 0) + int(number)
    return sums
