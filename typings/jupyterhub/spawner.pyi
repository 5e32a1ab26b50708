import logging
from collections.abc import Awaitable, Mapping
from typing import Any

from jupyterhub import orm
from jupyterhub.user import User
from tornado.web import RequestHandler
from traitlets.config import LoggingConfigurable

class Spawner(LoggingConfigurable):
    log: logging.Logger
    user: User
    user_options: dict[str, Any]
    orm_spawner: orm.Spawner | None
    handler: RequestHandler | None
    start_timeout: int
    cpu_guarantee: float | None
    mem_guarantee: int | None
    mem_limit: int | None
    @property
    def ready(self) -> bool: ...
    @property
    def active(self) -> bool: ...
    def start(self) -> Awaitable[str | tuple[str, int]]: ...
    async def _run_apply_user_options(self, user_options: Mapping[str, object]) -> None: ...
