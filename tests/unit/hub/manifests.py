"""Pods of the real KubeSpawner with this hub's configuration."""

import asyncio
from typing import Any

from traitlets.config import Config

from hub.notebook_spawner import NotebookSpawner


def manifest_of(config: Config, user_options: dict[str, object]) -> dict[str, Any]:
    """Return the pod of the real KubeSpawner, with the hooks in JupyterHub's order."""

    async def make() -> dict[str, Any]:
        spawner: Any = NotebookSpawner(_mock=True, config=config)
        spawner.user.groups = []
        await spawner._run_apply_user_options(user_options)
        pod = spawner.modify_pod_hook(spawner, await spawner.get_pod_manifest())
        return spawner.api.api_client.sanitize_for_serialization(pod)

    return asyncio.run(make())
