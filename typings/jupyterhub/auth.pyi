import logging
from collections.abc import Awaitable, Mapping
from typing import Any

from jupyterhub.app import JupyterHub
from jupyterhub.handlers.base import BaseHandler
from jupyterhub.user import User
from sqlalchemy.orm import Session
from tornado.web import RequestHandler
from traitlets.config import LoggingConfigurable

class Authenticator(LoggingConfigurable):
    log: logging.Logger
    db: Session
    allow_all: bool
    manage_groups: bool
    enable_auth_state: bool
    allowed_users: set[str]
    admin_users: set[str]
    blocked_users: set[str]
    def __init__(self, **kwargs: object) -> None: ...
    def normalize_username(self, username: str) -> str: ...
    def check_allowed(
        self, username: str, authentication: Mapping[str, Any] | None = None
    ) -> bool | Awaitable[bool]: ...
    def check_blocked_users(
        self, username: str, authentication: Mapping[str, Any] | None = None
    ) -> bool | Awaitable[bool]: ...
    async def get_authenticated_user(
        self, handler: BaseHandler, data: Mapping[str, str] | None
    ) -> dict[str, Any] | None: ...
    async def refresh_user(self, user: User, handler: BaseHandler | None = None) -> dict[str, Any] | bool: ...
    async def authenticate(
        self, handler: BaseHandler, data: Mapping[str, str] | None
    ) -> dict[str, Any] | str | None: ...
    def get_handlers(self, app: JupyterHub) -> list[tuple[str, type[RequestHandler]]]: ...

class DummyAuthenticator(Authenticator): ...
