import copy
from typing import Any

import pytest

from hub.stray_pods import token_of_same

POD: dict[str, Any] = {
    "metadata": {"name": "jupyter-ada"},
    "spec": {
        "serviceAccountName": "notebooks",
        "containers": [
            {
                "image": "notebook:1",
                "args": ["start-singleuser.sh"],
                "env": [
                    {"name": "JUPYTERHUB_API_TOKEN", "value": "old"},
                    {"name": "JPY_API_TOKEN", "value": "old"},
                    {"name": "JUPYTERHUB_ROOT_DIR"},
                    {"name": "MEM_LIMIT", "value": "1024"},
                ],
                "volumeMounts": [{"name": "folder-data", "mountPath": "/data", "readOnly": True}],
                "resources": {"limits": {"cpu": "500m", "memory": "1024", "nvidia.com/gpu": "1"}},
            }
        ],
    },
}
"""A running pod."""


def wanted() -> dict[str, Any]:
    """Return the manifest of the same server, with a new token, and numbers as KubeSpawner writes them."""
    manifest = copy.deepcopy(POD)
    (container,) = manifest["spec"]["containers"]
    container["resources"]["limits"] = {"cpu": 0.5, "memory": 1024, "nvidia.com/gpu": 1}
    container["env"][:2] = [{"name": name, "value": "new"} for name in ("JUPYTERHUB_API_TOKEN", "JPY_API_TOKEN")]
    container["env"][2] = {"name": "JUPYTERHUB_ROOT_DIR", "value": ""}
    return manifest


def test_the_same_server_is_adopted_with_its_token() -> None:
    assert token_of_same(POD, wanted()) == "old"


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("image", "notebook:2"),
        ("args", ["jupyterhub-singleuser"]),
        ("env", [{"name": "MEM_LIMIT", "value": "2048"}]),
        ("resources", {"limits": {"nvidia.com/gpu": "2"}}),
        ("resources", {}),
        ("volumeMounts", []),
        ("volumeMounts", [{"name": "folder-data", "mountPath": "/data"}]),
    ],
)
def test_a_server_of_another_choice_is_not_adopted(part: str, value: object) -> None:
    manifest = wanted()
    manifest["spec"]["containers"][0][part] = value
    assert token_of_same(POD, manifest) is None


def test_a_server_of_another_service_account_is_not_adopted() -> None:
    manifest = wanted()
    manifest["spec"]["serviceAccountName"] = "notebooks-data"
    assert token_of_same(POD, manifest) is None


def test_a_pod_that_is_being_deleted_is_not_adopted() -> None:
    assert token_of_same({**POD, "metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}}, wanted()) is None
