import pytest
from pydantic import TypeAdapter, ValidationError

from settings.google.regions import ZONES
from settings.types.images import ImagePattern, ImageReference, ImageRepository

REFERENCE = TypeAdapter[str](ImageReference)
REPOSITORY = TypeAdapter[str](ImageRepository)
PATTERN = TypeAdapter[str](ImagePattern)
SHA256 = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    "text",
    [
        "ubuntu",
        "ubuntu:24.04",
        "jupyter/base-notebook",
        "quay.io/jupyter/base-notebook:2026-01-05",
        "localhost/hub",
        "localhost:5000/hub",
        "localhost:5000/hub:1.0",
        "[::1]:5000/hub",
        "europe-west1-docker.pkg.dev/foo/jupyterhub/hub:1.0.0",
        "a__b/c--d/e.f_g",
        f"ubuntu@sha256:{SHA256}",
        f"ubuntu:24.04@sha256:{SHA256}",
        "x:" + "T" * 128,
        "a" * 255,
    ],
)
def test_an_image_reference_is_accepted_unchanged(text: str) -> None:
    assert REFERENCE.validate_python(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "ubuntu ",
        "ubuntu\n",
        "Ubuntu",
        "quay.io/Jupyter/base",
        "Quay.io/jupyter/base",
        "https://quay.io/jupyter/base",
        "docker://ubuntu",
        "ubuntu:",
        "ubuntu:a:b",
        "ubuntu:-1",
        "ubuntu:a b",
        "x:" + "T" * 129,
        "/ubuntu",
        "ubuntu/",
        "a//b",
        "a/.b",
        "a___b",
        "-a",
        "ubuntu@",
        "ubuntu@sha256:abc",
        f"ubuntu@sha256:{SHA256}0",
        f"ubuntu@md5:{SHA256}",
        "@sha256:" + SHA256,
        "ubuntu;id",
        "$IMAGE",
        "ubuntü",
        "a" * 256,
    ],
)
def test_a_text_that_container_runtimes_reject_is_no_image_reference(text: str) -> None:
    with pytest.raises(ValidationError, match="is not an image reference, such as"):
        REFERENCE.validate_python(text)


@pytest.mark.parametrize(
    "text",
    [
        *["registry.example.org/hub", "localhost:5000/a/b", "hub", "gcr.io/foo/hub", "docker.pkg.dev/foo/hub"],
        *[f"{place}-docker.pkg.dev/foo/hub" for place in (*ZONES, "us", "europe", "asia")],
    ],
)
def test_a_repository_is_accepted_unchanged(text: str) -> None:
    assert REPOSITORY.validate_python(text) == text


@pytest.mark.parametrize("text", ["", "a/b/", "a/b:1.0", "A/b", "https://a/b", "a/b ", "a" * 250])
def test_a_repository_to_which_an_image_name_cannot_be_added_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="is not an image repository"):
        REPOSITORY.validate_python(text)


@pytest.mark.parametrize("place", ["europe-west1-b", "eu", "global"])
def test_a_repository_at_no_location_of_artifact_registry_is_refused(place: str) -> None:
    with pytest.raises(ValidationError, match="is not at a location of Artifact Registry"):
        REPOSITORY.validate_python(f"{place}-docker.pkg.dev/foo/hub")


@pytest.mark.parametrize("text", ["*", "quay.io/jupyter/*", "quay.io/jupyter/*:2026-??-*", "a/[bc]:1@sha256:*"])
def test_a_pattern_is_accepted_unchanged(text: str) -> None:
    assert PATTERN.validate_python(text) == text


@pytest.mark.parametrize("text", ["", "a b", "a\n", "https://quay.io/*", "{a,b}"])
def test_a_text_that_can_match_no_image_is_no_pattern(text: str) -> None:
    with pytest.raises(ValidationError, match="is not a pattern"):
        PATTERN.validate_python(text)
