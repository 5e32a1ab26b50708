from collections.abc import Awaitable

from jupyterhub.handlers.base import BaseHandler
from jupyterhub.user import User

class SpawnHandler(BaseHandler):
    def get(self, user_name: str | None = None, server_name: str = "") -> Awaitable[None] | None: ...
    def post(
        self, user_name: str | None = None, server_name: str = "", display_name: str = ""
    ) -> Awaitable[None] | None: ...
    def _get_pending_url(self, user: User, server_name: str) -> str: ...
