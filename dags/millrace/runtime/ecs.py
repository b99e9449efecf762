"""Each job as a task of Amazon ECS."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from airflow.providers.amazon.aws.operators.ecs import EcsRunTaskOperator
from airflow.providers.amazon.aws.utils.task_log_fetcher import AwsTaskLogFetcher
from airflow.sdk import Context, get_current_context
from airflow.sdk.bases.operator import ExecutorSafeguard
from airflow.sdk.exceptions import AirflowException

from millrace.installation import Installation
from millrace.outcome import Exit, JobEnd, StageFailedError, StageInterruptedError, end_of
from millrace.runtime import JobCall, image, jvm
from millrace.runtime.told import Log, Told

CONTAINER = "job"
_MEGA = 1 << 20
_CORE = 1024
_FETCH = timedelta(seconds=5)
_OUT_OF_MEMORY = 3
_LAST_LINES = 20


class EcsRuntime:
    """Runs a job by a task definition of its own, which names the image; the next try of a task finds a running one."""

    def __init__(self, installation: Installation, variables: Mapping[str, str]) -> None:
        self._installation = installation
        self._variables = variables
        self._task: JobTask | None = None

    @property
    def project(self) -> str:
        """Where it is in the image."""
        return image.PROJECT

    def run(self, call: JobCall, log: Log) -> JobEnd:
        """Runs a job as a task, or waits for the one that already runs it."""
        task = self.task(call)
        self._task = task
        try:
            return task.run_job(get_current_context(), log)
        finally:
            self._task = None

    def kill(self) -> None:
        """Stops the task."""
        if self._task is not None:
            self._task.on_kill()

    def task(self, call: JobCall) -> JobTask:
        """The task of a job, as it is going to be run."""
        given = image.given(self._installation, self._variables)
        secret = image.secret_names(self._installation, self._variables)
        container: dict[str, Any] = {
            "name": CONTAINER,
            "command": _command(call, self._variables),
            "environment": [{"name": name, "value": given[name]} for name in sorted(given.keys() - secret)],
            "memory": image.memory(call) // _MEGA,
        }
        if call.resources.cores:
            container["cpu"] = int(call.resources.cores * _CORE)
        return JobTask(
            call=call,
            task_id="job",
            cluster=self._needed("MILLRACE_ECS_CLUSTER"),
            task_definition=self._variables.get(f"MILLRACE_ECS_{call.job.upper()}_TASK") or f"millrace-{call.job}",
            launch_type=self._variables.get("MILLRACE_ECS_LAUNCH_TYPE") or "FARGATE",
            overrides={"containerOverrides": [container]},
            network_configuration={"awsvpcConfiguration": self._network()},
            awslogs_group=self._variables.get("MILLRACE_ECS_LOG_GROUP") or "/millrace",
            awslogs_stream_prefix=call.job,
            awslogs_fetch_interval=_FETCH,
            container_name=CONTAINER,
            aws_conn_id=self._variables.get("MILLRACE_ECS_CONNECTION") or None,
            region_name=self._variables.get("AWS_REGION") or None,
            reattach=True,
            do_xcom_push=False,
        )

    def definition(self, job: str, execution_role: str, task_role: str, secrets: Mapping[str, str]) -> dict[str, Any]:
        """What a task definition of a job has to be, as ECS takes it; secrets by name, with where they are kept."""
        call = JobCall(job, ())
        return {
            "family": f"millrace-{job}",
            "requiresCompatibilities": ["FARGATE"],
            "networkMode": "awsvpc",
            "cpu": str(_CORE),
            "memory": str(-(-image.memory(call) // (_CORE * _MEGA)) * _CORE),
            "executionRoleArn": execution_role,
            "taskRoleArn": task_role,
            "volumes": [{"name": "tmp"}],
            "containerDefinitions": [
                {
                    "name": CONTAINER,
                    "image": image.image(job, self._installation, self._variables),
                    "essential": True,
                    "entryPoint": ["java"],
                    "user": f"{image.USER}:{image.USER}",
                    "readonlyRootFilesystem": True,
                    "linuxParameters": {"capabilities": {"drop": ["ALL"]}},
                    "mountPoints": [{"sourceVolume": "tmp", "containerPath": "/tmp", "readOnly": False}],
                    "stopTimeout": 30,
                    "secrets": [{"name": name, "valueFrom": secrets[name]} for name in sorted(secrets)],
                    "logConfiguration": {
                        "logDriver": "awslogs",
                        "options": {
                            "awslogs-group": self._variables.get("MILLRACE_ECS_LOG_GROUP") or "/millrace",
                            "awslogs-region": self._needed("AWS_REGION"),
                            "awslogs-stream-prefix": job,
                        },
                    },
                }
            ],
        }

    def _network(self) -> dict[str, Any]:
        return {
            "subnets": self._needed("MILLRACE_ECS_SUBNETS").split(","),
            "securityGroups": self._needed("MILLRACE_ECS_SECURITY_GROUPS").split(","),
            "assignPublicIp": self._variables.get("MILLRACE_ECS_PUBLIC_IP") or "DISABLED",
        }

    def _needed(self, name: str) -> str:
        if not (value := self._variables.get(name)):
            raise StageFailedError(f"The runtime ecs needs {name}: docs/how-to/run-jobs-as-containers.md", Exit.USAGE)
        return value


class JobTask(EcsRunTaskOperator):
    """A task of which the log, the report and the exit code are wanted."""

    def __init__(self, *, call: JobCall, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._call = call

    def run_job(self, context: Context, log: Log) -> JobEnd:
        """Runs the job to its end; its lines go to the operator's own log."""
        # An operator within another: Airflow would warn of it in every log.
        nested = ExecutorSafeguard.tracker.set(self)
        try:
            self.execute(context)  # type: ignore[no-untyped-call]
        finally:
            ExecutorSafeguard.tracker.reset(nested)
        return self.job_end(self._described(), self._last_lines())

    def job_end(self, described: Mapping[str, Any], lines: list[str]) -> JobEnd:
        """How the job ended, by what ECS says of the task and by the last lines of its log."""
        container: dict[str, Any] = next((one for one in described["containers"] if one["name"] == CONTAINER), {})
        self.log.info("container %s of %s", container.get("runtimeId"), container.get("imageDigest"))
        told = Told(_Nowhere())
        for line in lines:
            told.said(line)
        returned = container.get("exitCode")
        if returned is None:
            reason = container.get("reason") or described.get("stoppedReason") or "it is not known why"
            raise StageInterruptedError(f"The task of the {self._call.job} job did not run: {reason}", Exit.TEMPORARY)
        if str(container.get("reason", "")).startswith("OutOfMemory"):
            returned = _OUT_OF_MEMORY
        return end_of(self._call.job, returned, told.report, told.sentence)

    def _check_success_task(self) -> None:
        """The exit code alone says how the job ended."""

    def _described(self) -> dict[str, Any]:
        client: Any = self.client
        described = client.describe_tasks(cluster=self.cluster, tasks=[self.arn])
        if not described["tasks"]:
            raise StageInterruptedError(f"ECS has forgotten task {self.arn}.", Exit.TEMPORARY)
        return dict(described["tasks"][0])

    def _last_lines(self) -> list[str]:
        fetcher = self.task_log_fetcher
        if not isinstance(fetcher, AwsTaskLogFetcher):
            return []
        try:
            return [str(line) for line in fetcher.get_last_log_messages(_LAST_LINES)]
        except AirflowException:
            return []


class _Nowhere:
    """The operator tells every line by itself."""

    def log(self, level: int, event: str) -> None:
        """Nothing."""


def _command(call: JobCall, variables: Mapping[str, str]) -> list[str]:
    """All but the program: a task of ECS can be given arguments, and no other program than its definition names."""
    _, *arguments = jvm.command("java", image.JOB, call, variables)
    return arguments
