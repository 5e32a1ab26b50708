"""The images of a release, published by `images.yml`."""

import subprocess
from pathlib import Path

import pytest

from tests.unit.workflows.files import WORKFLOWS
from tests.workflow_scripts import program, run
from tools.image_tags import SOURCES, digest
from tools.paths import CHECKOUT

VERSION = (CHECKOUT / "docker" / "VERSION").read_text().strip()
REPOSITORY = "ghcr.io/octo/hub"
DIGESTS = ("1" * 64, "a" * 64)
DOCKER = f"""#!/bin/sh
printf "%s|" "$@" >> "$CALLS"; echo >> "$CALLS"
if [ "$3" = inspect ]; then echo sha256:{"f" * 64}; fi
"""
"""Test double of docker, whose registry answers with the digest of the index."""


def _release(folder: Path, tag: str) -> subprocess.CompletedProcess[str]:
    variables = {"GITHUB_REF_NAME": tag, "GITHUB_REPOSITORY": "Octo/Hub"}
    return run("release.sh", variables=variables, folder=folder)


def test_a_tag_that_is_not_the_version_is_refused(tmp_path: Path) -> None:
    done = _release(tmp_path, "v99.0.0")
    assert done.returncode == 1
    assert f"::error::The tag is v99.0.0, and docker/VERSION is {VERSION}." in done.stdout
    assert not (tmp_path / "outputs").exists()


def test_the_repository_of_the_images_is_in_lower_case(tmp_path: Path) -> None:
    assert _release(tmp_path, f"v{VERSION}").returncode == 0
    assert (tmp_path / "outputs").read_text() == f"version={VERSION}\nrepository={REPOSITORY}\n"


def test_each_job_checks_the_tag_before_it_writes() -> None:
    for job in WORKFLOWS["images"]["jobs"].values():
        names = [step.get("run") or step["uses"].partition("@")[0] for step in job["steps"]]
        assert names[:2] == ["actions/checkout", ".github/scripts/release.sh"]


def test_all_images_are_published_with_provenance_and_sbom() -> None:
    build = WORKFLOWS["images"]["jobs"]["build"]
    assert set(build["strategy"]["matrix"]["image"]) == SOURCES.keys()
    assert WORKFLOWS["images"]["jobs"]["publish"]["strategy"]["matrix"]["image"] == build["strategy"]["matrix"]["image"]
    (options,) = [step["with"] for step in build["steps"] if "build-push-action" in step.get("uses", "")]
    assert (options["provenance"], options["sbom"]) == ("mode=max", "true")


def _publish(folder: Path, digests: tuple[str, ...]) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Return the result, and the calls of docker."""
    checkout = folder / "checkout"
    (checkout / "build" / "digests").mkdir(parents=True)
    for name in ("tools", "docker"):
        (checkout / name).symlink_to(CHECKOUT / name)
    for one in digests:
        (checkout / "build" / "digests" / one).touch()
    calls = folder / "calls"
    docker = program(folder / "bin" / "docker", DOCKER)
    variables = {
        "PATH": f"{docker.parent}:/usr/bin:/bin",
        "CALLS": str(calls),
        "REPOSITORY": REPOSITORY,
        "VERSION": VERSION,
    }
    done = run("publish_image.sh", "notebook", variables=variables, cwd=checkout, folder=folder)
    return done, calls.read_text().splitlines() if calls.exists() else []


def test_both_platforms_get_the_tags_of_version_and_content(tmp_path: Path) -> None:
    done, calls = _publish(tmp_path, DIGESTS)
    assert done.returncode == 0, done.stdout
    name = f"{REPOSITORY}/notebook"
    tag = digest("notebook", CHECKOUT / "docker")
    images = "|".join(f"{name}@sha256:{one}" for one in DIGESTS)
    assert calls[0] == f"buildx|imagetools|create|--tag|{name}:{VERSION}|--tag|{name}:{tag}|{images}|"
    assert (tmp_path / "outputs").read_text() == f"digest=sha256:{'f' * 64}\n"


@pytest.mark.parametrize("digests", [(), DIGESTS[:1], (*DIGESTS[:1], "not-a-digest")])
def test_nothing_is_tagged_without_both_platforms(tmp_path: Path, digests: tuple[str, ...]) -> None:
    done, calls = _publish(tmp_path, digests)
    assert done.returncode == 1
    assert "::error::" in done.stdout
    assert calls == []


def test_a_digest_is_kept_as_the_name_of_a_file(tmp_path: Path) -> None:
    assert (
        run("keep_digest.sh", variables={"DIGEST": f"sha256:{DIGESTS[0]}"}, cwd=tmp_path, folder=tmp_path).returncode
        == 0
    )
    assert [file.name for file in (tmp_path / "build" / "digests").iterdir()] == [DIGESTS[0]]
