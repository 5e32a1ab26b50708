"""Changes of users on the admin page."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from jupyterhub.apihandlers.users import UserAPIHandler
from jupyterhub.scopes import needs_scope

from hub.errors import HubError

if TYPE_CHECKING:
    from tornado.web import RequestHandler


class UserChange(UserAPIHandler):
    """JupyterHub's handler of one user, with renames that work."""

    @needs_scope("admin:users")
    async def patch(self, user_name: str) -> None:
        """Change a user.

        Raises:
            HubError: The user's name cannot change while a server runs; status 409.
        """
        user, body = self.find_user(user_name), self.get_json_body()
        given = cast("dict[str, Any]", body) if isinstance(body, dict) else {}
        name = given.get("name")
        if user is None or not isinstance(name, str):
            return await super().patch(user_name)
        if not name or self.authenticator.normalize_username(name) == user.name:
            # The admin page sends the name with each change. JupyterHub would take a user's own name for none.
            self.request.body = json.dumps({key: value for key, value in given.items() if key != "name"}).encode()
            return await super().patch(user_name)
        if any(spawner.active for spawner in user.spawners.values()):
            reasons = [f"The server of {user.name} runs.", "Stop it, then change the name."]
            raise HubError(reasons, status=HTTPStatus.CONFLICT)
        await super().patch(user_name)
        # JupyterHub keeps an object with the old name's URL, which a new user of that name would get, too.
        self.users.pop(user.orm_user.id, None)
        return None


REPLACEMENTS: dict[type[RequestHandler], type[RequestHandler]] = {UserAPIHandler: UserChange}
"""Handlers in place of JupyterHub's."""
