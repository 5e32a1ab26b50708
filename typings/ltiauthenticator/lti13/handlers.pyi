from typing import Any

from jupyterhub.handlers.base import BaseHandler
from ltiauthenticator.lti13.auth import LTI13Authenticator

class LTI13LoginInitHandler(BaseHandler):
    authenticator: LTI13Authenticator
    def _set_oauth_cookie(self, key: str, value: str) -> None: ...

class LTI13CallbackHandler(BaseHandler):
    async def post(self) -> None: ...
    def decode_and_validate_launch_request(self) -> dict[str, Any]: ...
