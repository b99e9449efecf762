"""The images as their users have them: published, pulled by digest, and run with next to no rights."""

from __future__ import annotations

import json
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.attempts import Twins
from harness.containers import JOBS, ContainerJobs, Containers, built
from harness.jobs import environment_of
from harness.product import Product
from harness.services import ROOT, Services, class_path
from oracle.tables import CONSENTS

_BOM = "application/vnd.cyclonedx+json"


@pytest.fixture(scope="module")
def images(podman: Containers) -> dict[str, str]:
    """The images of this checkout, pulled by digest."""
    pushed = {job: podman.pushed(job) for job in JOBS}
    for image in pushed.values():
        podman.podman("pull", "--quiet", image)
    return pushed


@pytest.fixture(scope="module")
def jobs(podman: Containers, images: dict[str, str], services: Services) -> ContainerJobs:
    """Jobs as containers."""
    return ContainerJobs(podman, images, environment_of(services))


@pytest.fixture
def contained(services: Services, jobs: ContainerJobs, tmp_path: Path) -> Iterator[Product]:
    """The consents, in the hands of containers."""
    name = f"contained-{uuid.uuid4().hex[:8]}"
    one = Product(services, jobs, CONSENTS, name, tmp_path / name)
    yield one
    one.close()


def test_another_checkout_gives_the_same_digests_and_publishes_them(podman: Containers, tmp_path: Path) -> None:
    checkout = _checkout(tmp_path / "checkout")
    done = _images(checkout, "--push", f"{podman.registry}/team", "--json")
    here = built()
    assert here is not None
    for job in JOBS:
        image = done["images"][job]
        assert image["digest"] == here["images"][job]["digest"], f"{job}: ./millrace images was not run lately"
        for tag in (image["version"], done["commit"][:12] + ("-modified" if "modified" in done["commit"] else "")):
            assert _digest(podman, f"{podman.registry}/team/millrace-{job}:{tag}") == image["digest"]
        assert image["image"] == f"{podman.registry}/team/millrace-{job}@{image['digest']}"
        assert _published_bom(podman, image["image"]) == json.loads(
            (checkout / ".millrace" / "images" / f"millrace-{job}.cdx.json").read_text(encoding="utf-8")
        )


def _checkout(folder: Path) -> Path:
    """A clone, with whatever of this checkout is not committed yet."""
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    listed = ["git", "-C", str(ROOT), "ls-files", "-z", "--modified", "--others", "--exclude-standard"]
    changed = subprocess.run(listed, check=True, capture_output=True, text=True).stdout.split("\0")
    for file in filter(None, changed):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / file).exists():
            shutil.copy2(ROOT / file, folder / file)
        else:
            (folder / file).unlink(missing_ok=True)
    return folder


def _images(checkout: Path, *arguments: str) -> dict[str, Any]:
    """``millrace images`` of another checkout, whose command does not have to be built for that."""
    java = ["java", f"-Dmillrace.home={checkout}", "-cp", class_path("cli"), "dev.millrace.cli.MillraceMain"]
    command = [*java, "images", *arguments]
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return dict(json.loads(ended.stdout))


def _digest(podman: Containers, name: str) -> str:
    return podman.skopeo("inspect", "--format", "{{.Digest}}", f"docker://{name}")


def _published_bom(podman: Containers, image: str) -> object:
    """What an image consists of, found as any client finds it: by the list of what refers to the image."""
    name, digest = image.split("@")
    listed = json.loads(podman.skopeo("inspect", "--raw", f"docker://{name}:{digest.replace(':', '-')}"))
    (found,) = listed["manifests"]
    manifest = json.loads(podman.skopeo("inspect", "--raw", f"docker://{name}@{found['digest']}"))
    assert manifest["artifactType"] == _BOM
    assert manifest["subject"]["digest"] == digest
    (layer,) = manifest["layers"]
    assert layer["mediaType"] == _BOM
    with podman.blob(name, layer["digest"]) as blob:
        return json.load(blob)


def test_an_image_says_what_it_is_and_holds_no_shell(podman: Containers, images: dict[str, str]) -> None:
    here = built()
    assert here is not None
    for job, image in images.items():
        config = json.loads(podman.podman("image", "inspect", image))[0]["Config"]
        labels = config["Labels"]
        assert labels["org.opencontainers.image.title"] == f"millrace-{job}"
        assert labels["org.opencontainers.image.revision"] == here["commit"]
        assert labels["org.opencontainers.image.version"] == here["images"][job]["version"]
        assert config["User"] == "10001:10001"
        shell = podman.run(["run", "--rm", "--network=none", "--entrypoint=/bin/sh", image, "-c", "true"])
        assert shell.returncode == 127, shell
        bill = json.loads((ROOT / ".millrace" / "images" / f"millrace-{job}.cdx.json").read_text(encoding="utf-8"))
        named = {component["name"] for component in bill["components"]}
        assert {"libc6", "openjdk", "postgresql", f"millrace-{'control' if job == 'transform' else 'lake'}"} <= named


def test_the_whole_pipeline_in_containers_agrees_with_the_oracle(podman: Containers, contained: Product) -> None:
    before = podman.left()
    twins = Twins(contained, CONSENTS, seed=11)
    twins.apply(*twins.landings.first())
    twins.run()
    twins.agree()
    assert podman.left() == before
