from collections.abc import Awaitable, Mapping
from typing import Any

from jupyterhub.auth import Authenticator
from jupyterhub.handlers.base import BaseHandler
from jupyterhub.handlers.login import LogoutHandler
from jupyterhub.user import User
from tornado.httpclient import HTTPRequest

class OAuthLoginHandler(BaseHandler):
    def get(self) -> Awaitable[None] | None: ...

class OAuthLogoutHandler(LogoutHandler): ...

class OAuthenticator(Authenticator):
    custom_403_message: str
    user_auth_state_key: str
    login_handler: type[OAuthLoginHandler]
    logout_handler: type[OAuthLogoutHandler]
    client_id_env: str
    client_secret_env: str
    client_id: str
    client_secret: str
    authorize_url: str
    token_url: str
    userdata_url: str
    basic_auth: bool
    admin_groups: set[str]
    allowed_groups: set[str]
    def get_callback_url(self, handler: BaseHandler | None = None) -> str: ...
    def user_info_to_username(self, user_info: dict[str, Any]) -> str: ...
    validate_server_cert: bool
    async def fetch(
        self, req: HTTPRequest, label: str = "fetching", parse_json: bool = True, **kwargs: object
    ) -> Any: ...  # noqa: ANN401 JSON, or the response itself
    async def get_user_groups(self, auth_state: dict[str, Any]) -> set[str]: ...
    # authenticate and refresh_user also accept **kwargs, which JupyterHub never passes and others do not accept.
    async def authenticate(
        self, handler: BaseHandler, data: Mapping[str, str] | None = None
    ) -> dict[str, Any] | None: ...
    async def refresh_user(self, user: User, handler: BaseHandler | None = None) -> dict[str, Any] | bool: ...
    async def httpfetch(
        self, url: str, label: str = "fetching", parse_json: bool = True, raise_error: bool = True, **kwargs: object
    ) -> Any: ...  # noqa: ANN401 JSON, or the response itself
    async def get_token_info(self, handler: BaseHandler | None, params: Mapping[str, Any]) -> dict[str, Any]: ...
    async def token_to_user(self, token_info: dict[str, Any]) -> dict[str, Any]: ...
    async def check_allowed(self, username: str, authentication: Mapping[str, Any] | None = None) -> bool: ...
    def build_userdata_request_headers(self, access_token: str, token_type: str) -> dict[str, str]: ...
    def build_refresh_token_request_params(self, refresh_token: str) -> dict[str, str]: ...
    async def _token_to_auth_model(self, token_info: dict[str, Any]) -> dict[str, Any]: ...
