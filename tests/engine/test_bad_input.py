"""Each invalid input fails with its key and a fix, and changes nothing in the cluster."""

from pathlib import Path

import pytest
from kubernetes.client import CoreV1Api

from settings import parse
from tests.conftest import make_stack
from tests.kubeconfigs import write
from tools.clusters import own
from tools.engine import Engine
from tools.errors import ToolError
from tools.local import api

GOOD: dict[str, object] = {
    "auth.type": "dummy",
    "endpoint.address": "127.100.0.20",
    "namespace": "bad-input",
    "hub.image": "localhost/hub:1",
    "proxy.image": "localhost/proxy:1",
    "notebook.image": "localhost/notebook:1",
}


def _namespaces() -> set[str]:
    """Return the namespaces of this stack; other tests create namespaces at the same time."""
    found = CoreV1Api(api.connect()).list_namespace().items
    names = {item.metadata.name for item in found if item.metadata and item.metadata.name}
    return {name for name in names if name.startswith("bad-input")}


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("hub.imgae", "localhost/hub:1", "hub.image"),
        ("notebook.memory", {"max": "1Gib"}, "1Gib"),
        ("notebook.cpu", {"default": "-1"}, "-1"),
        ("hub.image", "not an image", "not an image"),
        ("name", "", "tf-hub"),
    ],
)
def test_an_invalid_setting_fails_the_update_with_its_key_and_changes_nothing(
    built_engine: Engine, live_cluster: Path, tmp_path: Path, key: str, value: object, message: str
) -> None:
    stack = make_stack("bad", tmp_path, built_engine, live_cluster, {**GOOD, key: value})
    done = stack.run("up", "--yes")
    assert done.returncode != 0
    assert key in done.stdout
    assert message in done.stdout
    assert "Traceback" not in done.stdout
    assert _namespaces() == set()


def test_an_unreachable_cluster_fails_the_preview_with_its_address_and_a_fix(
    built_engine: Engine, tmp_path: Path
) -> None:
    kubeconfig = write(tmp_path / "kubeconfig", {"away": "https://127.0.0.1:9"}, current="away")
    done = make_stack("away", tmp_path, built_engine, kubeconfig, GOOD).run("preview")
    assert done.returncode != 0
    assert "127.0.0.1:9" in done.stdout
    assert "away" in done.stdout
    assert "kubernetes.context" in done.stdout
    assert "Traceback" not in done.stdout


def test_a_lost_passphrase_is_reported_before_the_engine_runs(
    built_engine: Engine, live_cluster: Path, tmp_path: Path
) -> None:
    make_stack("lost", tmp_path, built_engine, live_cluster, GOOD)
    (tmp_path / "passphrase").unlink()
    with pytest.raises(ToolError, match="passphrase"):
        make_stack("lost", tmp_path, built_engine, live_cluster, GOOD)
    assert not (tmp_path / "passphrase").exists()


def test_an_image_that_is_not_on_the_node_is_reported_with_its_key(live_cluster: Path) -> None:
    assert live_cluster.exists()
    with pytest.raises(ToolError, match=r"hub\.image: the image localhost/hub:1 is not on the local node"):
        own.require_images(parse(GOOD), built={})
