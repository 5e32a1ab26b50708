import shutil
import subprocess
from pathlib import Path

import pytest

import settings
from tests.unit.docker.dockerfile import DOCKER, IMAGES

WORKS, FAILS = "exit 0", "exit 1"


def make(folder: Path, *words: str, **engines: str) -> subprocess.CompletedProcess[str]:
    """Run docker/Makefile with `engines` as the only container engines: name and shell code of each."""
    for tool in ("make", "cat"):
        (folder / tool).symlink_to(shutil.which(tool) or tool)
    for name, behaviour in engines.items():
        engine = folder / name
        engine.write_text(f'#!/bin/sh\necho "{name} $*" >> "{folder}/calls"\n{behaviour}\n', encoding="utf-8")
        engine.chmod(0o755)
    command = ["make", "--no-print-directory", "-C", DOCKER, *words]
    return subprocess.run(command, env={"PATH": str(folder)}, capture_output=True, text=True, check=False)


def names_in(text: str) -> list[str]:
    return [word for word in text.split() if "docker.pkg.dev" in word]


def stack_images(repository: str) -> list[str]:
    values = {"images.repository": repository, "auth.type": "dummy", "endpoint.address": "127.0.0.1"}
    stack = settings.parse(values)
    return [stack.hub.image, stack.proxy.image, stack.notebook.image]


@pytest.mark.parametrize("goal", ["build", "push"])
def test_image_references_are_those_of_a_stack_with_the_repository(tmp_path: Path, goal: str) -> None:
    done = make(tmp_path, "-n", goal, "PROJECT_ID=foo", docker=WORKS)
    assert names_in(done.stdout) == stack_images("us-docker.pkg.dev/foo/jupyterhub")


def test_location_and_repository_can_be_chosen(tmp_path: Path) -> None:
    done = make(tmp_path, "-n", "build", "PROJECT_ID=foo", "LOCATION=europe-west1", "REPOSITORY=labs", docker=WORKS)
    assert names_in(done.stdout) == stack_images("europe-west1-docker.pkg.dev/foo/labs")


@pytest.mark.parametrize("image", IMAGES)
@pytest.mark.parametrize("goal", ["build", "push"])
def test_each_image_has_its_own_target(tmp_path: Path, goal: str, image: str) -> None:
    done = make(tmp_path, "-n", f"{goal}-{image}", "PROJECT_ID=foo", docker=WORKS)
    (name,) = names_in(done.stdout)
    assert f"/{image}:" in name


def test_the_image_is_built_from_its_dockerfile_with_its_context(tmp_path: Path) -> None:
    make(tmp_path, "build-hub", "PROJECT_ID=foo", docker=WORKS)
    (build,) = [call for call in (tmp_path / "calls").read_text(encoding="utf-8").splitlines() if " build " in call]
    assert " --file hub/Dockerfile " in build
    assert build.endswith(" .")
    assert " --label org.opencontainers.image.licenses=Apache-2.0 " in build
    assert "--build-arg" not in build
    assert "--secret" not in build


def test_base_and_ca_bundle_reach_the_engine(tmp_path: Path) -> None:
    done = make(
        tmp_path, "-n", "build-hub", "PROJECT_ID=foo", "BASE=mirror/python:3", "CA_BUNDLE=/ca.pem", docker=WORKS
    )
    assert " --build-arg BASE=mirror/python:3 --secret id=ca,src=/ca.pem " in done.stdout


@pytest.mark.parametrize(
    ("engines", "chosen"),
    [
        ({"docker": WORKS, "buildah": WORKS}, "docker"),
        ({"buildah": WORKS}, "buildah"),
        ({"docker": FAILS, "buildah": WORKS}, "buildah"),
    ],
    ids=["both", "only buildah", "docker's client without its engine"],
)
def test_the_first_working_engine_is_used(tmp_path: Path, engines: dict[str, str], chosen: str) -> None:
    done = make(tmp_path, "push-hub", "PROJECT_ID=foo", **engines)
    assert done.returncode == 0
    assert f"{chosen} push us-docker.pkg.dev/foo/" in (tmp_path / "calls").read_text(encoding="utf-8")


def test_a_failed_build_fails_make(tmp_path: Path) -> None:
    done = make(tmp_path, "build", "PROJECT_ID=foo", docker='[ "$1" = version ]')
    assert done.returncode != 0


@pytest.mark.parametrize("engines", [{}, {"docker": FAILS}], ids=["nothing", "docker's client without its engine"])
def test_a_missing_engine_is_reported_with_a_fix(tmp_path: Path, engines: dict[str, str]) -> None:
    done = make(tmp_path, "build", "PROJECT_ID=foo", **engines)
    assert done.returncode != 0
    assert "Start docker, or install buildah" in done.stderr


@pytest.mark.parametrize("goal", ["build", "push", "build-hub"])
def test_a_missing_project_is_reported_and_nothing_runs(tmp_path: Path, goal: str) -> None:
    done = make(tmp_path, goal, docker=WORKS)
    assert done.returncode != 0
    assert f"make {goal} PROJECT_ID=foo" in done.stderr
    assert done.stdout == ""
    assert (tmp_path / "calls").read_text(encoding="utf-8").split() == ["docker", "version"]


def test_all_mistakes_are_reported_at_once(tmp_path: Path) -> None:
    done = make(tmp_path, "push")
    assert "PROJECT_ID is not set" in done.stderr
    assert "install buildah" in done.stderr
