from collections.abc import Mapping
from typing import Any

from jupyterhub.auth import Authenticator
from jupyterhub.handlers.base import BaseHandler
from jupyterhub.user import User
from tornado.httpclient import HTTPRequest, HTTPResponse

class OAuthenticator(Authenticator):
    custom_403_message: str
    user_auth_state_key: str
    async def fetch(
        self, req: HTTPRequest, label: str = "fetching", parse_json: bool = True, **kwargs: object
    ) -> HTTPResponse | dict[str, Any] | list[Any] | None: ...
    async def get_user_groups(self, auth_state: dict[str, Any]) -> set[str]: ...
    async def authenticate(
        self, handler: BaseHandler, data: Mapping[str, str] | None = None, **kwargs: object
    ) -> dict[str, Any] | None: ...
    # It also accepts **kwargs, which JupyterHub never passes and other authenticators do not accept.
    async def refresh_user(self, user: User, handler: BaseHandler | None = None) -> dict[str, Any] | bool: ...
