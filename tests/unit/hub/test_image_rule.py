import pytest

from hub.contract import HubConfig
from hub.image_rule import why_refused


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
