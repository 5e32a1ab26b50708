"""JupyterHub's pages, in so far as this hub changes what they do."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import jupyterhub.apihandlers
import jupyterhub.handlers
from jupyterhub.handlers.metrics import MetricsHandler
from jupyterhub.handlers.pages import HealthCheckHandler, SpawnHandler

from hub import limits, named_servers, renaming, terms
from hub.health import HealthHandler
from hub.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping, Sequence

    from tornado.web import RequestHandler

_PREFIX = "opt-"
"""Prefix of options in links, since JupyterHub 6. If a link has it, parameters without it are no options."""
_RESERVED = ("next", "display_name")
"""Parameters of the spawn page that JupyterHub itself reads."""


class SpawnPage(SpawnHandler):
    """The page of the spawn form. A link fills in the form; a server starts only when its user presses Start.

    JupyterHub would start one for `/hub/spawn?cpu=1`, so a link on any page could start servers of its visitors.
    """

    linked: Mapping[str, list[str]]
    """The options of a link, without prefix; empty unless the request is a GET."""

    async def prepare(self) -> None:
        """Repair invalid UTF-8, which JupyterHub answers with a 500, and prepare the request."""
        self.linked = {}
        request = self.request
        for arguments in (request.arguments, request.query_arguments, request.body_arguments):
            arguments.update({name: [_decodable(value) for value in values] for name, values in arguments.items()})
        await super().prepare()

    def get(self, user_name: str | None = None, server_name: str = "") -> Awaitable[None] | None:
        """Show the form, filled in by the link; before it the terms of use, if the user has not accepted them."""
        user = self.current_user
        if user is not None and user_name in {None, user.name} and not terms.accepted(user):
            return self.redirect(terms.address(self.hub.base_url, self.request.uri or ""))
        query = self.request.query_arguments
        given = {name: [value.decode() for value in values] for name, values in query.items() if name not in _RESERVED}
        prefixed = {name.removeprefix(_PREFIX): values for name, values in given.items() if name.startswith(_PREFIX)}
        self.linked = prefixed or given or _options_behind(query.get("next", []))
        # JupyterHub starts a server if it finds further parameters.
        self.request.query_arguments = {name: query[name] for name in _RESERVED if name in query}
        return super().get(user_name, server_name)

    def post(
        self, user_name: str | None = None, server_name: str = "", display_name: str = ""
    ) -> Awaitable[None] | None:
        """Start the server. If it is there already, as after a second click, go to it or to its progress page."""
        user = self.current_user
        if user is not None and user_name in {None, user.name}:
            if not terms.accepted(user):
                return self.redirect(terms.address(self.hub.base_url, self.request.path))
            spawner = user.spawners.get(server_name)
            if spawner is not None and spawner.active:
                return self.redirect(self._get_pending_url(user, server_name))
        return super().post(user_name, server_name, display_name)


def _options_behind(pages: Sequence[bytes]) -> dict[str, list[str]]:
    """Return the options in the page that a started server opens, as in `/hub/user-redirect/lab?choice=large`."""
    found = [parse_qs(page.decode().partition("?")[2]) for page in pages]
    none: dict[str, list[str]] = {}
    return next((options for options in found if "choice" in options), none)


def _decodable(value: bytes) -> bytes:
    return value.decode(errors="replace").encode()


_REPLACEMENTS: Mapping[type[RequestHandler], type[RequestHandler]] = {
    SpawnHandler: SpawnPage,
    HealthCheckHandler: HealthHandler,
    MetricsHandler: Metrics,
    **limits.REPLACEMENTS,
    **renaming.REPLACEMENTS,
    **named_servers.REPLACEMENTS,
}


def install() -> None:
    """Put these handlers in place of JupyterHub's. Its own setting, `extra_handlers`, comes after them."""
    for rules in (jupyterhub.handlers.default_handlers, jupyterhub.apihandlers.default_handlers):
        rules[:] = [(path, _REPLACEMENTS.get(handler, handler)) for path, handler in rules]
