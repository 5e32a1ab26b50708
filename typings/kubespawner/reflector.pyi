import asyncio
from typing import Any

from traitlets.config import LoggingConfigurable

class ResourceReflector(LoggingConfigurable):
    kind: str
    resources: dict[str, dict[str, Any]]
    first_load_future: asyncio.Future[None]
    watch_task: asyncio.Task[None] | None
    def __init__(self, *, namespace: str | None = None, **kwargs: object) -> None: ...
    async def start(self) -> None: ...
    async def _list_and_update(self, resource_version: str | None = None) -> str: ...
    async def _watch_and_update(self) -> None: ...
