"""Pods of images that are not of this project."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from hub.contract import HubConfig
from hub.errors import HubError
from hub.pod_guard import mistakes
from tests.hub_configs import LoadConfig
from tests.unit.hub.manifests import manifest_of

pytestmark = pytest.mark.usefixtures("no_cluster")


@pytest.fixture
def pod_of(load_config: LoadConfig, hub_config: HubConfig) -> Callable[..., dict[str, Any]]:
    """The pod of a hub with other settings."""

    def make(*, memory: str = "1Gi", traits: Mapping[str, object] | None = None, **changes: object) -> dict[str, Any]:
        pod = hub_config.pod.model_copy(update=changes)
        config = load_config(hub_config.model_copy(update={"pod": pod}))
        config.KubeSpawner.update(traits or {})
        return manifest_of(config, {"memory": memory})

    return make


PodOf = Callable[..., dict[str, Any]]


def test_the_image_is_pulled_by_policy_with_the_secrets(pod_of: PodOf) -> None:
    assert "imagePullPolicy" not in pod_of()["spec"]["containers"][0]
    spec = pod_of(image_pull_policy="Always", image_pull_secrets=("one", "two"))["spec"]
    assert spec["containers"][0]["imagePullPolicy"] == "Always"
    assert spec["imagePullSecrets"] == [{"name": "one"}, {"name": "two"}]


def test_a_pod_with_another_pull_secret_is_refused(pod_of: PodOf) -> None:
    with pytest.raises(HubError, match=r"'hub' is not in notebook\.imagePullSecrets"):
        pod_of(image_pull_secrets=("one",), traits={"image_pull_secrets": ["one", "hub"]})


def test_the_home_is_where_the_image_expects_it(pod_of: PodOf) -> None:
    (container,) = pod_of(home_path="/home/rstudio")["spec"]["containers"]
    assert container["volumeMounts"] == [{"name": "home", "mountPath": "/home/rstudio"}]
    assert {"name": "HOME", "value": "/home/rstudio"} in container["env"]
    assert container["workingDir"] == "/home/rstudio"


def test_a_server_without_a_home_has_the_folder_of_the_image(pod_of: PodOf) -> None:
    (container,) = pod_of(traits={"volumes": [], "volume_mounts": []})["spec"]["containers"]
    assert "workingDir" not in container
    assert "HOME" not in {variable["name"] for variable in container["env"]}


def test_the_server_runs_as_the_user_and_group_of_the_image(pod_of: PodOf) -> None:
    spec = pod_of(user=1001, group=1002)["spec"]
    security = spec["containers"][0]["securityContext"]
    assert (security["runAsUser"], security["runAsGroup"]) == (1001, 1002)
    assert security["runAsNonRoot"] is True
    assert spec["securityContext"]["fsGroup"] == 1002


def test_the_command_and_the_page_are_those_of_the_image(pod_of: PodOf) -> None:
    (container,) = pod_of(command=("start-notebook.py", "--own"), default_url="/rstudio?a=1")["spec"]["containers"]
    assert container["args"][-1] == "--own"
    assert "for command in start-notebook.py; do" in container["args"][2]
    assert {"name": "JUPYTERHUB_DEFAULT_URL", "value": "/rstudio?a=1"} in container["env"]


def test_overcommitted_memory_is_a_higher_limit_and_no_guarantee(pod_of: PodOf) -> None:
    (container,) = pod_of(memory="8Gi", memory_limit_percent=150)["spec"]["containers"]
    assert container["resources"]["requests"]["memory"] == 8 * 2**30
    assert container["resources"]["limits"]["memory"] == 12 * 2**30


@pytest.mark.parametrize(("gigabytes", "is_allowed"), [(12, True), (13, False)])
def test_a_limit_above_the_overcommitment_is_refused(
    gigabytes: int,
    is_allowed: bool,  # noqa: FBT001 -- a parameter of the test
    pod_of: PodOf,
    hub_config: HubConfig,
) -> None:
    pod = pod_of(memory="8Gi", memory_limit_percent=150)
    (container,) = pod["spec"]["containers"]
    container["resources"]["limits"]["memory"] = gigabytes * 2**30
    del container["workingDir"]  # set after the check
    config = hub_config.model_copy(update={"pod": hub_config.pod.model_copy(update={"memory_limit_percent": 150})})
    home = pod["spec"]["volumes"][0]["persistentVolumeClaim"]["claimName"]
    assert (mistakes(pod, config, home=home, account="notebooks") == []) is is_allowed


def test_files_of_the_stack_are_mounted_read_only(load_config: LoadConfig, hub_config: HubConfig) -> None:
    files = {"/etc/gitconfig": "0-gitconfig", "/etc/jupyter/a.json": "1-a.json"}
    content = hub_config.content.model_copy(update={"files": files, "files_config_map": "files-1"})
    spec = manifest_of(load_config(hub_config.model_copy(update={"content": content})), {})["spec"]
    assert spec["volumes"][1:] == [{"name": "stack-files", "configMap": {"name": "files-1"}}]
    assert spec["containers"][0]["volumeMounts"][1:] == [
        {"name": "stack-files", "mountPath": path, "subPath": key, "readOnly": True} for path, key in files.items()
    ]


def test_labels_and_annotations_are_added_to_those_of_the_hub(pod_of: PodOf) -> None:
    metadata = pod_of(labels={"team": "physics"}, annotations={"example.org/owner": "Ada"})["metadata"]
    assert metadata["labels"]["team"] == "physics"
    assert metadata["labels"]["component"] == "singleuser-server"
    assert metadata["annotations"]["example.org/owner"] == "Ada"
    assert metadata["annotations"]["cluster-autoscaler.kubernetes.io/safe-to-evict"] == "false"
