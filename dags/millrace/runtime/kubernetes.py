"""Each job as a pod of Kubernetes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk import Context, get_current_context
from airflow.sdk.bases.operator import ExecutorSafeguard
from airflow.sdk.exceptions import AirflowException
from kubernetes.client import models as k8s

from millrace.installation import Installation
from millrace.outcome import Exit, JobEnd, StageInterruptedError, end_of
from millrace.runtime import JobCall, image
from millrace.runtime.told import Log, Told

_LABEL = "dev.millrace/call"
_LABEL_LENGTH = 40
# What a pod is called, before Airflow makes the name unique.
_NAME_LENGTH = 50
_OUT_OF_MEMORY = 3


class KubernetesRuntime:
    """Runs a job in a pod, which is deleted at its end; the next try of a task finds the pod of one that died."""

    def __init__(self, installation: Installation, variables: Mapping[str, str]) -> None:
        self._installation = installation
        self._variables = variables
        self._pod: JobPod | None = None

    @property
    def project(self) -> str:
        """Where it is in the image."""
        return image.PROJECT

    def run(self, call: JobCall, log: Log) -> JobEnd:
        """Runs a job in a pod, or waits for the one that already runs it."""
        pod = self.pod(call)
        self._pod = pod
        try:
            return pod.run_job(get_current_context(), log)
        finally:
            self._pod = None

    def kill(self) -> None:
        """Deletes the pod."""
        if self._pod is not None:
            self._pod.on_kill()

    def pod(self, call: JobCall) -> JobPod:
        """The pod of a job, as it is going to be made."""
        variables = self._variables
        program, arguments = image.entrypoint(call, variables)
        given = image.given(self._installation, variables)
        # A pod's description can be read by many: what is secret comes from a secret of Kubernetes.
        secret = image.secret_names(self._installation, variables)
        plain = {name: value for name, value in sorted(given.items()) if name not in secret}
        named = variables.get("MILLRACE_KUBERNETES_SECRET")
        memory, cores = str(image.memory(call)), f"{call.resources.cores or 1:g}"
        return JobPod(
            call=call,
            task_id="job",
            name=f"millrace-{call.job}-{_pipeline(call)}"[:_NAME_LENGTH].rstrip("-"),
            namespace=variables.get("MILLRACE_KUBERNETES_NAMESPACE") or None,
            kubernetes_conn_id=variables.get("MILLRACE_KUBERNETES_CONNECTION") or None,
            service_account_name=variables.get("MILLRACE_KUBERNETES_SERVICE_ACCOUNT") or None,
            pod_template_file=variables.get("MILLRACE_KUBERNETES_POD_TEMPLATE") or None,
            image=image.image(call.job, self._installation, variables),
            cmds=program,
            arguments=arguments,
            env_vars=[k8s.V1EnvVar(name=name, value=value) for name, value in plain.items()],
            env_from=[k8s.V1EnvFromSource(secret_ref=k8s.V1SecretEnvSource(name=named))] if named else [],
            labels={
                _LABEL: _digest(call),
                "app.kubernetes.io/name": "millrace",
                "app.kubernetes.io/component": call.job,
            },
            container_resources=k8s.V1ResourceRequirements(
                requests={"memory": memory, "cpu": cores}, limits={"memory": memory}
            ),
            security_context=k8s.V1PodSecurityContext(
                run_as_non_root=True,
                run_as_user=image.USER,
                run_as_group=image.USER,
                fs_group=image.USER,
                seccomp_profile=k8s.V1SeccompProfile(type="RuntimeDefault"),
            ),
            container_security_context=k8s.V1SecurityContext(
                allow_privilege_escalation=False,
                read_only_root_filesystem=True,
                capabilities=k8s.V1Capabilities(drop=["ALL"]),
            ),
            volumes=[k8s.V1Volume(name="tmp", empty_dir=k8s.V1EmptyDirVolumeSource())],
            volume_mounts=[k8s.V1VolumeMount(name="tmp", mount_path="/tmp")],
            automount_service_account_token=bool(variables.get("MILLRACE_KUBERNETES_SERVICE_ACCOUNT")),
            termination_grace_period=30,
            reattach_on_restart=True,
            on_finish_action="delete_pod",
            do_xcom_push=False,
        )


class JobPod(KubernetesPodOperator):
    """A pod of which the log, the report and the exit code are wanted."""

    def __init__(self, *, call: JobCall, **kwargs: Any) -> None:
        super().__init__(log_formatter=self._tell, **kwargs)
        self._call = call
        self._told = Told(_Nowhere())
        self._returned: int | None = None

    def run_job(self, context: Context, log: Log) -> JobEnd:
        """Runs the job to its end; its lines go to the operator's own log."""
        # An operator within another: Airflow would warn of it in every log.
        nested = ExecutorSafeguard.tracker.set(self)
        try:
            self.execute(context)
        finally:
            ExecutorSafeguard.tracker.reset(nested)
        return self.job_end()

    def job_end(self) -> JobEnd:
        """How the job ended."""
        if self._returned is None:
            raise StageInterruptedError(f"The pod of the {self._call.job} job was lost.", Exit.TEMPORARY)
        return end_of(self._call.job, self._returned, self._told.report, self._told.sentence)

    def cleanup(self, pod: Any, remote_pod: Any, xcom_result: Any = None, context: Any = None) -> None:
        """Before the pod goes, notes how the job ended. That it failed is judged by its exit code alone."""
        self._note(remote_pod)
        with suppress(AirflowException):
            super().cleanup(pod, remote_pod, xcom_result, context)

    def _note(self, remote_pod: Any) -> None:
        statuses = (remote_pod.status.container_statuses or []) if remote_pod and remote_pod.status else []
        for status in statuses:
            ended = status.state.terminated if status.name == self.base_container_name and status.state else None
            if ended is not None:
                self.log.info("container %s of %s", ended.container_id, status.image_id)
                self._returned = _OUT_OF_MEMORY if ended.reason == "OOMKilled" else ended.exit_code

    def _tell(self, container: str, line: str) -> str:
        return self._told.said(line)


class _Nowhere:
    """The operator tells every line by itself."""

    def log(self, level: int, event: str) -> None:
        """Nothing."""


def _pipeline(call: JobCall) -> str:
    name = call.arguments[call.arguments.index("--pipeline") + 1] if "--pipeline" in call.arguments else "job"
    return name.lower().replace("_", "-")


def _digest(call: JobCall) -> str:
    """The same for every try of a task, and for no other: a task may run several jobs, one after the other."""
    return hashlib.sha256(json.dumps([call.job, *call.arguments]).encode()).hexdigest()[:_LABEL_LENGTH]
