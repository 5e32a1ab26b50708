import pytest

from hub.contract import HubConfig
from hub.image_rule import pulled_as, why_refused


@pytest.mark.parametrize(
    "image",
    [
        "registry.example/foo/notebook:1.0.0",
        "quay.io/jupyter/scipy-notebook:2026-01-05",
        "quay.io/jupyter/base-notebook",
        "quay.io/jupyter/deep/er/image:latest",
        f"quay.io/jupyter/base-notebook@sha256:{'0' * 64}",
        f"quay.io/jupyter/base-notebook:x@sha256:{'0' * 64}",
    ],
)
def test_offered_images_and_matching_images_are_allowed(image: str, hub_config: HubConfig) -> None:
    assert why_refused(image, hub_config) is None


@pytest.mark.parametrize(
    "image",
    [
        "evil/x:1",
        "registry.example/foo/notebook:1.0.1",
        "registry.example/foo/notebook",
        "quay.io.evil.example/jupyter/x",
        "evil.example/quay.io/jupyter/x",
        "quay.io:443/jupyter/x",
    ],
)
def test_other_images_are_refused_with_the_allowed_ones(image: str, hub_config: HubConfig) -> None:
    reason = why_refused(image, hub_config)
    assert reason is not None
    assert "quay.io/jupyter/*" in reason
    assert hub_config.image in reason


@pytest.mark.parametrize(
    "image",
    [
        "registry.example/foo/notebook:1.0.0\n",
        "quay.io/jupyter/x\n",
        "quay.io/jupyter/x:1\n",
        "quay.io/jupyter/x y",
        "quay.io/jupyter/../../evil/x",
        "quay.io/jupyter//x",
        "quay.io/jupyter/",
        "quay.io/jupyter/X",
        "QUAY.IO/jupyter/x",
        "quay.io/jupyter/x:",
        "quay.io/jupyter/x@sha256:0",
        "quay.io/jupyter/<script>alert(1)</script>",
        "quay.io/jupyter/\u0445",
        "quay.io/jupyter/x\x00",
        "quay.io/jupyter/" + "x" * 600,
        "https://quay.io/jupyter/x",
        "",
    ],
)
def test_a_pattern_matches_image_references_only(image: str, hub_config: HubConfig) -> None:
    assert why_refused(image, hub_config) is not None


def test_a_configured_image_is_allowed_without_a_pattern(hub_config: HubConfig) -> None:
    closed = hub_config.model_copy(update={"allowed_images": ()})
    assert why_refused(closed.images[0], closed) is None
    assert why_refused("quay.io/jupyter/base-notebook", closed) is not None


_PLACE = "europe-west1-docker.pkg.dev/foo"
_DIGEST = f"sha256:{'0' * 64}"
_LONG = f"quay.io/{'/'.join(['x' * 60] * 4)}"


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("quay.io/jupyter/base-notebook:2026-01-05", f"{_PLACE}/quay/jupyter/base-notebook:2026-01-05"),
        (f"quay.io/jupyter/base-notebook@{_DIGEST}", f"{_PLACE}/quay/jupyter/base-notebook@{_DIGEST}"),
        ("jupyter/base-notebook", f"{_PLACE}/hub/jupyter/base-notebook"),
        ("python:3.12", f"{_PLACE}/hub/library/python:3.12"),
        ("docker.io/python", f"{_PLACE}/hub/library/python"),
        ("quay.io:443/jupyter/x", "quay.io:443/jupyter/x"),
        ("localhost/x", "localhost/x"),
        ("registry.example/foo/notebook:1.0.0", "registry.example/foo/notebook:1.0.0"),
        (_LONG, _LONG),
    ],
)
def test_an_image_is_pulled_through_the_repository_of_its_registry(image: str, expected: str) -> None:
    remotes = {"quay.io": f"{_PLACE}/quay", "docker.io": f"{_PLACE}/hub"}
    assert pulled_as(image, remotes) == expected
    assert pulled_as(image, {}) == image, "without remote repositories"
