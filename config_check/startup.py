"""Services, groups, roles and handlers as JupyterHub makes them at its start, in an empty database.

With one that it refuses, the hub does not start; what it does not know in one, it ignores.
"""

from __future__ import annotations

import copy
import re
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, Final, cast
from unittest.mock import patch

from jupyterhub import scopes
from jupyterhub.auth import Authenticator
from jupyterhub.services.service import Service
from jupyterhub.user import UserDict
from tornado.routing import URLSpec
from traitlets import TraitError

from config_check import objects, overrides, words

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping

    from traitlets.config import Config

    Load = Callable[[Any], Awaitable[object] | object]

_LISTS: Final = ("scopes", "users", "groups", "services")
_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "services": tuple(Service.class_traits(input=True)),
    "load_groups": ("users", "properties"),
    "load_roles": ("name", "description", *_LISTS, "managed_by_auth"),
}
"""Fields of an entry, by option."""
_TRAIT: Final = re.compile(r"The '(\w+)' trait of an? Service instance")


async def refusals(config: Config) -> list[tuple[str, str]]:
    """Return what JupyterHub refuses or ignores at its start: an option of it, such as `load_roles`, and a text."""
    with patch.dict(scopes.scope_definitions):
        start = _Start(config)
        await start.run()
    return start.found


class _MalformedError(Exception):
    """An entry that JupyterHub cannot read, or reads only in part; the text says why."""


class _Start:
    def __init__(self, config: Config) -> None:
        self.found: list[tuple[str, str]] = []
        hub = self._hub = cast("Any", objects.hub(config))
        hub.db_url, hub.db_kwargs, hub.upgrade_db = "sqlite:///:memory:", {}, False
        hub.init_db()
        hub.users = UserDict(lambda: hub.db, {})
        # A plain one: others make accounts of the system, or ask a server.
        hub.authenticator = Authenticator(parent=hub, manage_roles=False, _deprecated_db_session=hub.db)

    async def run(self) -> None:
        """Make everything in JupyterHub's order."""
        hub = self._hub
        await self._try("hub_bind_url", "", None, lambda _: hub.init_hub())
        await self._try("hub_bind_url", "", None, lambda _: hub.init_oauth())
        # JupyterHub changes them.
        own_roles, own_groups = copy.deepcopy(hub.load_roles), copy.deepcopy(hub.load_groups)
        if own_scopes := hub.custom_scopes:
            await self._try("custom_scopes", "", own_scopes, scopes.define_custom_scopes)
        hub.load_roles, hub.custom_scopes = [], {}
        await hub.init_role_creation()
        await self._each("load_groups", own_groups.items(), self._group)
        for option, kind in (("api_tokens", "user"), ("service_tokens", "service")):
            tokens = [
                (name, {"api_token": token, "name": name, "kind": kind}) for token, name in getattr(hub, option).items()
            ]
            await self._each(option, tokens, self._token)
        await self._each("services", _labelled(hub.services), self._service)
        await self._each("load_roles", _labelled(own_roles), self._role)
        labels = [label for label, _ in _labelled(own_roles)]
        for label in {label for label in labels if labels.count(label) > 1}:
            self.found.append(("load_roles", f"{label}: is there twice, with which JupyterHub does not start"))
        await self._each("extra_handlers", _labelled(hub.extra_handlers), self._handler)

    async def _each(self, option: str, entries: Iterable[tuple[str, object]], load: Load) -> None:
        for label, entry in entries:
            await self._try(option, f"{label}: ", entry, load)

    async def _try(self, option: str, label: str, entry: object, load: Load) -> None:
        try:
            _check_fields(option, entry)
            result = load(entry)
            if isawaitable(result):
                await result
        except Exception as error:  # noqa: BLE001 -- whatever JupyterHub raises for what it is given
            self._hub.db.rollback()
            self.found.append((option, label + _text(error, entry)))

    async def _group(self, contents: object) -> None:
        self._hub.load_groups = {"group": contents}
        await self._hub.init_groups()

    async def _service(self, service: Mapping[str, Any]) -> None:
        self._hub.service_from_spec(service)
        # JupyterHub finds these when somebody signs in to the service.
        sign_in_scopes = service.get("oauth_client_allowed_scopes") or ()
        scopes._check_scopes_exist(sign_in_scopes, who_for="signing in")  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] -- no public name
        if "api_token" in service:
            await self._token({**service, "kind": "service"})

    async def _token(self, entry: Mapping[str, Any]) -> None:
        # `init_api_tokens` would also start a timer.
        await self._hub._add_tokens({entry["api_token"]: entry["name"]}, kind=entry["kind"])  # noqa: SLF001 -- no public name

    async def _role(self, role: object) -> None:
        self._hub.load_roles = [role]
        await self._hub.init_role_creation()
        await self._hub.init_role_assignment()

    def _handler(self, handler: object) -> None:
        if not isinstance(handler, tuple | list):
            raise _MalformedError("must be a tuple: a path, and a handler's class")
        (prefixed,) = self._hub.add_url_prefix(self._hub.hub_prefix, [handler])
        if not callable(URLSpec(*prefixed).handler_class):
            raise _MalformedError("its second part must be a handler's class")


def _labelled(entries: Iterable[object]) -> Iterator[tuple[str, object]]:
    """Yield each entry with its name, or with its number if it has none."""
    for number, entry in enumerate(entries, start=1):
        name = cast("Mapping[str, object]", entry).get("name") if isinstance(entry, dict) else None
        yield (name if isinstance(name, str) and name else f"entry {number}"), entry


def _check_fields(option: str, entry: object) -> None:
    """Raise an error if an entry has no name, or fields that JupyterHub ignores or refuses."""
    known = _FIELDS.get(option)
    if not known or not isinstance(entry, dict):  # a list is a group's users, in an older form
        return
    fields = cast("Mapping[object, object]", entry)
    texts = ["has no name"] if "name" in known and "name" not in fields else []
    lists = [name for name in _LISTS if name in known]
    texts += [f"{name} must be a list, not a text" for name in lists if isinstance(fields.get(name), str)]
    texts += [
        f"the field {words.shown(field)} is not known.{words.did_you_mean(str(field), known)}"
        for field in fields
        if field not in known
    ]
    if texts:
        raise _MalformedError("; ".join(texts))


def _text(error: Exception, entry: object) -> str:
    """Return the text for an error, without the secrets of the entry."""
    if isinstance(error, _MalformedError):
        return str(error)
    if isinstance(error, TraitError) and (found := _TRAIT.match(str(error))):
        field = found[1]
        return f"{field} {words.refusal(error, field, cast('Mapping[str, object]', entry).get(field))}"
    # A KeyError's own text has quotes around it.
    text = str(error.args[0] if isinstance(error, KeyError) and error.args else error)
    for _, secret in overrides.secrets("", entry):
        text = text.replace(secret, "***")
    text = text.partition(", got ")[0]  # the beginning of a token that is too short
    is_sentence = isinstance(error, KeyError | ValueError) and " " in text
    return words.one_line(text if is_sentence else f"{type(error).__name__}: {text}")
