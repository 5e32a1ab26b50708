from collections.abc import Mapping
from typing import Any

from jupyterhub.auth import Authenticator
from jupyterhub.handlers.base import BaseHandler

class LTI13Authenticator(Authenticator):
    login_handler: type[BaseHandler]
    callback_handler: type[BaseHandler]
    def get_username(self, token: Mapping[str, Any]) -> str: ...
    async def authenticate(self, handler: BaseHandler, data: Mapping[str, Any] | None = None) -> dict[str, Any]: ...
