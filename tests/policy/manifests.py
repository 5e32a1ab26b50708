"""The Kubernetes objects of a stack as manifests, with the pod of a notebook."""

import asyncio
import os
from pathlib import Path
from typing import Any
from unittest.mock import patch

from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from hub.notebook_spawner import NotebookSpawner
from tests.doubles.monitor import Record
from tests.manifests import Manifest, manifest


def manifests_of(of: Record, folder: Path) -> list[Manifest]:
    """Return the objects of a stack, and the pod that its hub makes for a user who has chosen nothing.

    Args:
        of: The stack.
        folder: An empty folder for the hub's configuration.
    """
    return [*map(manifest, of.kubernetes), notebook_pod(of, folder)]


def notebook_pod(of: Record, folder: Path) -> Manifest:
    """Return the pod that the real KubeSpawner makes from a stack's ConfigMap and Secrets."""
    (files,) = (found.inputs["data"] for found in of.of("ConfigMap") if "hub.json" in found.inputs["data"])
    for name, text in files.items():
        (folder / name).write_text(text)
    values = {key: value for secret in of.of("Secret") for key, value in secret.inputs["stringData"].items()}
    (hub,) = of.one("StatefulSet").inputs["spec"]["template"]["spec"]["containers"]
    secrets = {
        each["name"]: values[each["valueFrom"]["secretKeyRef"]["key"]] for each in hub["env"] if "valueFrom" in each
    }
    with patch.dict(os.environ, secrets), patch("kubespawner.spawner.load_config"):
        config = PyFileConfigLoader("jupyterhub_config.py", str(folder)).load_config()
        return asyncio.run(_made(config))


async def _made(config: Config) -> Manifest:
    spawner: Any = NotebookSpawner(_mock=True, config=config)
    spawner.user.groups = []
    await spawner._run_apply_user_options({})
    pod = spawner.modify_pod_hook(spawner, await spawner.get_pod_manifest())
    pod.metadata.namespace = spawner.namespace
    return spawner.api.api_client.sanitize_for_serialization(pod)
