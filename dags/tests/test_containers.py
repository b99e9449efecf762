"""What the runtimes with containers ask for. What is for ECS and Kubernetes is validated here, never run."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from typing import Any

import boto3
import kubernetes_validate
import pytest
from botocore.validate import ParamValidator
from conftest import StandInJobs
from kubernetes.client import ApiClient

from millrace.contract import Resources
from millrace.outcome import Exit, StageFailedError, StageInterruptedError
from millrace.runtime import JobCall, runtime
from millrace.runtime.docker import DockerRuntime
from millrace.runtime.ecs import EcsRuntime
from millrace.runtime.kubernetes import KubernetesRuntime

DIGEST = "sha256:" + "0" * 64
IMAGE = f"registry.example.com/data/millrace-load@{DIGEST}"
CALL = JobCall("load", ("--pipeline", "web_orders", "--project", "/project", "--run-id", "r1"))
SMALL = JobCall("load", CALL.arguments, resources=Resources(1 << 30, 0.5))
KUBERNETES_VERSION = "1.31"


@pytest.fixture
def cloud(jobs: StandInJobs, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment with secrets, and a published image."""
    home = Path(os.environ["MILLRACE_HOME"])
    login = {"user": "millrace", "password": {"env": "WAREHOUSE_LOGIN"}}
    environment = {"warehouse": login, "control": {"password": {"file": "/run/secrets/control"}}}
    (home / "millrace.yaml").write_text(json.dumps({"environments": {"cloud": environment}}), encoding="utf-8")
    variables = {
        "MILLRACE_ENV": "cloud",
        "MILLRACE_LOAD_IMAGE": IMAGE,
        "MILLRACE_CONTROL_PASSWORD": "hunter2",
        "MILLRACE_SHARD_BYTES": "1000",
        "WAREHOUSE_LOGIN": "hunter3",
        "AWS_REGION": "eu-west-1",
        "AWS_SECRET_ACCESS_KEY": "hunter4",
        "UNRELATED": "x",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def of(kind: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The runtime in force."""
    monkeypatch.setenv("MILLRACE_RUNTIME", kind)
    return runtime()


def test_an_image_is_named_by_its_digest_alone(cloud: pytest.MonkeyPatch, tmp_path: Path) -> None:
    one: DockerRuntime = of("docker", cloud)
    assert one.container(CALL).image == IMAGE
    cloud.setenv("MILLRACE_LOAD_IMAGE", "registry.example.com/data/millrace-load:latest")
    with pytest.raises(StageFailedError, match="names no image by its digest: write MILLRACE_LOAD_IMAGE=name@sha256:"):
        one = of("docker", cloud)
        one.container(CALL)
    cloud.delenv("MILLRACE_LOAD_IMAGE")
    with pytest.raises(StageFailedError, match=r"run \./millrace images --push REGISTRY"):
        one = of("docker", cloud)
        one.container(CALL)
    index = tmp_path / "images.json"
    index.write_text(json.dumps({"images": {"load": {"image": IMAGE}}}), encoding="utf-8")
    cloud.setenv("MILLRACE_IMAGES", str(index))
    one = of("docker", cloud)
    assert one.container(CALL).image == IMAGE


def test_docker_knows_an_image_by_its_own_id_too_and_nobody_else_does(cloud: pytest.MonkeyPatch) -> None:
    cloud.setenv("MILLRACE_LOAD_IMAGE", DIGEST)
    one: DockerRuntime = of("docker", cloud)
    assert one.container(CALL).image == DIGEST
    cloud.setenv("MILLRACE_LOAD_IMAGE", DIGEST[:-1])
    with pytest.raises(StageFailedError, match="names no image by its digest"):
        of("docker", cloud).container(CALL)
    cloud.setenv("MILLRACE_LOAD_IMAGE", DIGEST)
    with pytest.raises(StageFailedError, match="names no image by its digest"):
        of("kubernetes", cloud).pod(CALL)


def test_a_container_starts_the_job_as_a_process_does(cloud: pytest.MonkeyPatch) -> None:
    cloud.setenv("MILLRACE_LOAD_JAVA_OPTIONS", "-Xss1m")
    one: DockerRuntime = of("docker", cloud)
    container = one.container(SMALL)
    # The heap leaves room for what a JVM needs besides, and an engineer's own options come last.
    options = ["-XX:TieredStopAtLevel=1", "-Xmx768m", "-Xss1m"]
    assert container.entrypoint == ["java", "@/opt/millrace/job.args", *options, "@/opt/millrace/main.args"]
    assert container.command == list(CALL.arguments)
    assert container.mem_limit == 1 << 30


def test_a_job_is_given_its_secrets_and_nobody_elses(cloud: pytest.MonkeyPatch) -> None:
    cloud.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "hunter5")
    one: DockerRuntime = of("docker", cloud)
    container = one.container(CALL)
    assert container._private_environment == {
        "AWS_REGION": "eu-west-1",
        "AWS_SECRET_ACCESS_KEY": "hunter4",
        "MILLRACE_CONTROL_PASSWORD": "hunter2",
        "MILLRACE_ENV": "cloud",
        "MILLRACE_LOG": "json",
        "MILLRACE_SHARD_BYTES": "1000",
        "WAREHOUSE_LOGIN": "hunter3",
    }
    assert container.environment == {}


def test_the_project_is_mounted_from_where_docker_finds_it(cloud: pytest.MonkeyPatch) -> None:
    home = os.environ["MILLRACE_HOME"]

    def mounts() -> list[tuple[str, str, bool]]:
        one: DockerRuntime = of("docker", cloud)
        return [(mount["Source"], mount["Target"], mount["ReadOnly"]) for mount in one.container(CALL).mounts]

    parts = ("millrace.yaml", "dags/pipelines")
    assert mounts() == [(f"{home}/{part}", f"/project/{part}", True) for part in parts]
    cloud.setenv("MILLRACE_DOCKER_PROJECT", "/srv/data")
    assert mounts() == [(f"/srv/data/{part}", f"/project/{part}", True) for part in parts]
    cloud.setenv("MILLRACE_DOCKER_PROJECT", "none")
    assert mounts() == []


def test_a_docker_that_is_not_there_is_tried_again(cloud: pytest.MonkeyPatch, tmp_path: Path) -> None:
    cloud.setenv("DOCKER_HOST", f"unix://{tmp_path}/no.sock")
    with pytest.raises(StageInterruptedError, match="Docker cannot be used"):
        of("docker", cloud).run(CALL, logging.getLogger("job"))


def rendered(one: KubernetesRuntime, call: JobCall) -> dict[str, Any]:
    """A pod as it is sent to Kubernetes."""
    pod: dict[str, Any] = ApiClient().sanitize_for_serialization(one.pod(call).build_pod_request_obj(dry_run=True))
    return pod


def test_a_pod_is_what_kubernetes_takes_and_may_next_to_nothing(cloud: pytest.MonkeyPatch) -> None:
    cloud.setenv("MILLRACE_KUBERNETES_NAMESPACE", "data")
    cloud.setenv("MILLRACE_KUBERNETES_SERVICE_ACCOUNT", "millrace")
    cloud.setenv("MILLRACE_KUBERNETES_SECRET", "millrace-secrets")
    one: KubernetesRuntime = of("kubernetes", cloud)
    pod = rendered(one, SMALL)
    kubernetes_validate.validate(pod, KUBERNETES_VERSION, strict=True)
    spec, (container,) = pod["spec"], pod["spec"]["containers"]
    assert pod["metadata"]["namespace"] == "data"
    assert pod["metadata"]["name"].startswith("millrace-load-web-orders")
    assert spec["serviceAccountName"] == "millrace"
    assert spec["restartPolicy"] == "Never"
    assert (spec["securityContext"]["runAsNonRoot"], spec["securityContext"]["runAsUser"]) == (True, 10001)
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["image"] == IMAGE
    assert container["command"][:2] == ["java", "@/opt/millrace/job.args"]
    assert container["args"] == list(CALL.arguments)
    memory = str(1 << 30)
    assert container["resources"] == {"requests": {"memory": memory, "cpu": "0.5"}, "limits": {"memory": memory}}
    assert container["envFrom"] == [{"secretRef": {"name": "millrace-secrets"}}]
    assert "hunter" not in json.dumps(pod)
    assert {"name": "MILLRACE_ENV", "value": "cloud"} in container["env"]


def test_only_the_next_try_of_the_same_job_finds_its_pod(cloud: pytest.MonkeyPatch) -> None:
    one: KubernetesRuntime = of("kubernetes", cloud)
    other = JobCall("load", (*CALL.arguments, "--json"))
    labels = [rendered(one, call)["metadata"]["labels"]["dev.millrace/call"] for call in (CALL, SMALL, other)]
    assert labels[0] == labels[1] != labels[2]


@pytest.mark.parametrize(
    ("code", "reason", "expected"),
    [
        (0, "Completed", Exit.DONE),
        (10, "Error", Exit.NOTHING_STALE),
        (137, "Error", Exit.TEMPORARY),
        (137, "OOMKilled", Exit.USAGE),
    ],
)
def test_the_end_of_a_pod_is_judged_by_its_exit_code(
    cloud: pytest.MonkeyPatch, code: int, reason: str, expected: Exit
) -> None:
    one: KubernetesRuntime = of("kubernetes", cloud)
    pod = one.pod(CALL)
    pod.on_finish_action = "keep_pod"  # type: ignore[assignment]
    pod._tell("base", '{"level":"error","message":"Table orders is locked."}')
    pod._tell("base", '{"rows": 3}')
    pod._note(ApiClient()._ApiClient__deserialize(terminated(code, reason), "V1Pod"))
    end = pod.job_end()
    assert end.code == expected
    assert end.report == {"rows": 3}


def terminated(code: int, reason: str) -> dict[str, Any]:
    """A pod that has ended."""
    ended = {"exitCode": code, "reason": reason, "containerID": "containerd://1"}
    status = {"name": "base", "image": IMAGE, "imageID": IMAGE, "ready": False, "restartCount": 0}
    return {"status": {"phase": "Failed", "containerStatuses": [{**status, "state": {"terminated": ended}}]}}


@pytest.fixture
def ecs(cloud: pytest.MonkeyPatch) -> EcsRuntime:
    """A runtime with all that it needs."""
    cloud.setenv("MILLRACE_ECS_CLUSTER", "data")
    cloud.setenv("MILLRACE_ECS_SUBNETS", "subnet-1,subnet-2")
    cloud.setenv("MILLRACE_ECS_SECURITY_GROUPS", "sg-1")
    one: EcsRuntime = of("ecs", cloud)
    return one


def assert_valid(operation: str, parameters: dict[str, Any]) -> None:
    """By the description of ECS that the AWS SDK ships."""
    client = boto3.client("ecs", region_name="eu-west-1")
    shape = client.meta.service_model.operation_model(operation).input_shape
    report = ParamValidator().validate(parameters, shape)
    assert not report.has_errors(), report.generate_report()


def test_a_task_of_ecs_is_what_ecs_takes(ecs: EcsRuntime) -> None:
    task = ecs.task(SMALL)
    (container,) = task.overrides["containerOverrides"]
    options = ["@/opt/millrace/job.args", "-XX:TieredStopAtLevel=1", "-Xmx768m", "@/opt/millrace/main.args"]
    assert container["command"] == [*options, *CALL.arguments]
    assert (container["memory"], container["cpu"]) == (1024, 512)
    assert "hunter" not in json.dumps(task.overrides)
    started = {"cluster": task.cluster, "taskDefinition": task.task_definition, "launchType": task.launch_type}
    network = {"networkConfiguration": task.network_configuration}
    assert_valid("RunTask", {**started, **network, "overrides": task.overrides})


def test_a_task_definition_is_what_ecs_takes(ecs: EcsRuntime) -> None:
    role = "arn:aws:iam::123456789012:role/millrace"
    secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:warehouse"
    definition = ecs.definition("load", role, role, {"WAREHOUSE_LOGIN": secret})
    assert_valid("RegisterTaskDefinition", definition)
    (container,) = definition["containerDefinitions"]
    assert container["image"] == IMAGE
    assert container["readonlyRootFilesystem"]
    assert (definition["cpu"], definition["memory"]) == ("1024", "2048")


@pytest.mark.parametrize(
    ("container", "expected"),
    [({"exitCode": 0}, Exit.DONE), ({"exitCode": 20}, Exit.BROKEN), ({"exitCode": 137}, Exit.TEMPORARY)],
)
def test_the_end_of_a_task_of_ecs_is_judged_by_its_exit_code(
    ecs: EcsRuntime, container: dict[str, Any], expected: Exit
) -> None:
    lines = ['{"level":"error","message":"Table orders is locked."}', '{"rows": 3}']
    end = ecs.task(CALL).job_end({"containers": [{"name": "job", **container}]}, lines)
    assert (end.code, end.report) == (expected, {"rows": 3})


def test_a_task_of_ecs_that_did_not_run_is_tried_again(ecs: EcsRuntime) -> None:
    stopped = {"containers": [{"name": "job"}], "stoppedReason": "Capacity is unavailable at this time."}
    with pytest.raises(StageInterruptedError, match="did not run: Capacity is unavailable"):
        ecs.task(CALL).job_end(stopped, [])


def test_what_ecs_needs_is_asked_for(cloud: pytest.MonkeyPatch) -> None:
    with pytest.raises(StageFailedError, match="The runtime ecs needs MILLRACE_ECS_CLUSTER"):
        of("ecs", cloud).task(CALL)
