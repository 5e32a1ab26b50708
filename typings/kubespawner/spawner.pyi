from asyncio import Future
from collections.abc import Awaitable, Callable
from typing import Any

from jupyterhub.spawner import Spawner
from kubernetes_asyncio.client import ApiClient, CoreV1Api, V1Pod

class _CoreV1Api(CoreV1Api):
    # Missing in the types of kubernetes_asyncio.
    api_client: ApiClient

class KubeSpawner(Spawner):
    namespace: str
    pvc_name: str
    storage_capacity: str
    image: str
    extra_resource_guarantees: dict[str, str]
    extra_resource_limits: dict[str, str]
    modify_pod_hook: Callable[[KubeSpawner, V1Pod], V1Pod | Awaitable[V1Pod]] | None
    api: _CoreV1Api
    def __init__(self, *args: object, _mock: bool = False, **kwargs: object) -> None: ...
    @property
    def events(self) -> list[dict[str, Any]]: ...
    def start(self) -> Future[str]: ...
    def get_env(self) -> dict[str, str]: ...
    async def get_pod_manifest(self) -> V1Pod: ...
