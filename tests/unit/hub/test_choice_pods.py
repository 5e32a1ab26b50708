"""From a choice in a stack file to the pod of the real KubeSpawner. docs/choices.md shows this table."""

import asyncio
import json
import re
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from kubespawner import KubeSpawner
from traitlets.config import Config

import settings
from components.folders import offered
from components.notebook_choices import notebook_choices
from hub.contract import HubConfig
from hub.errors import HubError
from hub.notebook_spawner import NotebookSpawner
from settings.reading.keys import SECRETS
from tests.hub_configs import LoadConfig
from tests.stacks import GKE

GIB = 2**30

_NONE: list[str] = []

STACK: Mapping[str, object] = {
    **GKE,
    "nodes.gpu": [{"name": "l4", "machineType": "g2-standard-8", "accelerator": "nvidia-l4", "spot": True}],
    "notebook.maxHours": 24,
    "notebook.folders": [
        {"name": "data", "path": "/data", "claim": "data"},
        {"name": "models", "path": "/models", "claim": "models"},
    ],
    "notebook.choices": [
        {"name": "small", "cpu": 1, "memory": "2Gi"},
        {"name": "burst", "cpu": 0.5, "cpuLimit": 8, "memory": "1Gi", "memoryLimit": "4Gi", "folders": _NONE},
        {
            "name": "rstudio",
            "images": [{"image": "rocker/binder:4.4", "title": "R 4.4"}, {"image": "rocker/binder:4.3"}],
            "memory": "4Gi",
            "sizes": [{"name": "s"}, {"name": "l", "cpu": 4, "memory": "16Gi", "nodeSelector": {"pool": "large"}}],
            "defaultUrl": "/rstudio",
            "command": ["jupyterhub-singleuser", "--debug"],
            "homePath": "/home/rstudio",
            "environment": {"GREETING": "Hello {username}"},
            "folders": ["data"],
        },
        {
            "name": "gpu",
            "cpu": 7,
            "cpuLimit": 7,
            "memory": "24Gi",
            "additionalResources": {"nvidia.com/gpu": 1},
            "nodePool": "l4",
            "maxHours": 8,
            "users": ["Ada"],
            "organizations": ["physics:ml"],
        },
    ],
}
_L4 = {
    "cloud.google.com/gke-accelerator": "nvidia-l4",
    "node.kubernetes.io/instance-type": "g2-standard-8",
    "cloud.google.com/gke-spot": "true",
}


@pytest.fixture
def config(load_config: LoadConfig, hub_config: HubConfig) -> Config:
    of = settings.parse(STACK, encrypted=SECRETS)
    changed = {
        "choices": notebook_choices(of),
        "image": of.notebook.image,
        "folders": offered(of),
        "max_hours": of.notebook.max_hours,
        "idle_minutes": 0,
    }
    return load_config(hub_config.model_copy(update=changed))


def spawner_of(config: Config, name: str = "ada", groups: tuple[str, ...] = ()) -> KubeSpawner:
    """Return the spawner of a user."""
    spawner: Any = NotebookSpawner(_mock=True, config=config)
    spawner.user.name, spawner.user.groups = name, [SimpleNamespace(name=group) for group in groups]
    return spawner


async def pod_of(spawner: Any, options: Mapping[str, object]) -> dict[str, Any]:  # noqa: ANN401 KubeSpawner lacks types
    """Return the pod of a start, with the hooks in JupyterHub's order."""
    spawner.user_options = options
    await spawner._run_apply_user_options(options)
    pod = spawner.modify_pod_hook(spawner, await spawner.get_pod_manifest())
    return json.loads(json.dumps(spawner.api.api_client.sanitize_for_serialization(pod)))


def facts(pod: dict[str, Any]) -> dict[str, Any]:
    """Return what a choice decides of a pod."""
    (container,) = pod["spec"]["containers"]
    amounts = container["resources"]
    variables = {variable["name"]: variable.get("value") for variable in container["env"]}
    return {
        "image": container["image"].rpartition("/")[2],
        "cpu": (amounts["requests"]["cpu"], amounts["limits"]["cpu"]),
        "memory": (amounts["requests"]["memory"] / GIB, amounts["limits"]["memory"] / GIB),
        "gpus": amounts["limits"].get("nvidia.com/gpu"),
        "nodes": pod["spec"].get("nodeSelector", {}),
        "url": variables["JUPYTERHUB_DEFAULT_URL"],
        "mounts": [mount["mountPath"] for mount in container["volumeMounts"]],
        "hours": re.findall(r"stopped (\d+) hours after", variables["JUPYTERHUB_LIFETIME"]),
        "arguments": container["args"][4:],
        "greeting": variables.get("GREETING"),
    }


_PLAIN: dict[str, Any] = {
    "gpus": None,
    "nodes": {},
    "url": "/lab",
    "mounts": ["/home/jovyan", "/data", "/models"],
    "hours": ["24"],
    "arguments": [],
    "greeting": None,
}
_R: dict[str, Any] = {
    **_PLAIN,
    "image": "binder:4.4",
    "cpu": (0.5, 4),
    "memory": (4, 4),
    "url": "/rstudio",
    "mounts": ["/home/rstudio", "/data"],
    "arguments": ["--debug"],
    "greeting": "Hello ada",
}
_SMALL = {**_PLAIN, "cpu": (1, 4), "memory": (2, 2)}
_GPU = {**_PLAIN, "cpu": (7, 7), "memory": (24, 24), "gpus": "1", "nodes": _L4, "hours": ["8"]}
PODS: list[tuple[dict[str, object], dict[str, Any]]] = [
    ({}, _SMALL),
    ({"choice": "small"}, _SMALL),
    ({"choice": "burst"}, {**_PLAIN, "cpu": (0.5, 8), "memory": (1, 4), "mounts": ["/home/jovyan"]}),
    ({"choice": "rstudio"}, _R),
    ({"choice": "rstudio", "image": "rocker/binder:4.3"}, {**_R, "image": "binder:4.3"}),
    ({"choice": "rstudio", "size": "l"}, {**_R, "cpu": (4, 4), "memory": (16, 16), "nodes": {"pool": "large"}}),
    ({"choice": "gpu"}, _GPU),
]


@pytest.mark.usefixtures("no_cluster")
@pytest.mark.parametrize(("options", "expected"), PODS, ids=lambda value: str(value)[:50])
def test_a_choice_of_the_stack_makes_its_pod(
    options: dict[str, object], expected: dict[str, Any], config: Config
) -> None:
    async def make() -> dict[str, Any]:
        return await pod_of(spawner_of(config), options)

    found = facts(asyncio.run(make()))
    assert {name: found[name] for name in expected} == expected


@pytest.mark.usefixtures("no_cluster")
def test_each_start_has_only_the_parts_of_its_own_choice(config: Config) -> None:
    async def make() -> list[dict[str, Any]]:
        spawner = spawner_of(config)
        return [facts(await pod_of(spawner, options)) for options, _ in [*PODS, *reversed(PODS)]]

    found = asyncio.run(make())
    for pod, (_, expected) in zip(found, [*PODS, *reversed(PODS)], strict=True):
        assert {name: pod[name] for name in expected} == expected


@pytest.mark.usefixtures("no_cluster")
def test_a_right_that_ended_since_the_choice_is_noticed_by_the_guard(config: Config) -> None:
    async def make() -> None:
        spawner: Any = spawner_of(config, "bob", ("physics:ml",))
        await pod_of(spawner, {"choice": "gpu"})
        spawner.user.groups = []
        spawner.modify_pod_hook(spawner, await spawner.get_pod_manifest())

    with pytest.raises(HubError) as caught:
        asyncio.run(make())
    assert caught.value.status_code == 403


@pytest.mark.usefixtures("no_cluster")
@pytest.mark.parametrize(
    ("trait", "value"),
    [
        ("image", "quay.io/jupyter/pytorch-notebook"),
        ("image", "rocker/binder:4.4"),
        ("cpu_guarantee", 0.5),
        ("cpu_limit", 8),
        ("mem_guarantee", GIB),
        ("mem_limit", 64 * GIB),
        ("extra_resource_limits", {"nvidia.com/gpu": "2", "ephemeral-storage": "1Gi"}),
        ("extra_resource_limits", {"amd.com/gpu": "1", "ephemeral-storage": "1Gi"}),
        ("node_selector", {"pool": "other"}),
    ],
    ids=str,
)
def test_the_guard_refuses_what_the_choice_does_not_have(trait: str, value: object, config: Config) -> None:
    async def make() -> None:
        spawner: Any = spawner_of(config)
        await pod_of(spawner, {"choice": "gpu"})
        setattr(spawner, trait, value)
        spawner.modify_pod_hook(spawner, await spawner.get_pod_manifest())

    with pytest.raises(HubError) as caught:
        asyncio.run(make())
    assert caught.value.status_code == 403
