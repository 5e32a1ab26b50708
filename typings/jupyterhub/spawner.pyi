import asyncio
import logging
from collections.abc import Awaitable, Mapping
from typing import Any

from jupyterhub import orm
from jupyterhub.objects import Server
from jupyterhub.user import User
from tornado.web import RequestHandler
from traitlets.config import LoggingConfigurable

class Spawner(LoggingConfigurable):
    log: logging.Logger
    user: User
    name: str
    server: Server | None
    user_options: dict[str, Any]
    api_token: str
    orm_spawner: orm.Spawner | None
    handler: RequestHandler | None
    start_timeout: int
    http_timeout: int
    cpu_guarantee: float | None
    mem_guarantee: int | None
    mem_limit: int | None
    _check_pending: bool
    _spawn_pending: bool
    _spawn_future: asyncio.Future[Any] | None
    @property
    def ready(self) -> bool: ...
    @property
    def pending(self) -> str | None: ...
    @property
    def active(self) -> bool: ...
    def start(self) -> Awaitable[str | tuple[str, int]]: ...
    async def poll(self) -> int | None: ...
    async def _run_apply_user_options(self, user_options: Mapping[str, object]) -> None: ...
