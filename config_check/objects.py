"""Make the hub's objects as JupyterHub makes them, but for an example user, and without a cluster."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack
from functools import cache
from html import unescape
from inspect import isawaitable
from types import MappingProxyType, SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast
from unittest.mock import patch

from jupyterhub import orm
from jupyterhub.app import JupyterHub
from jupyterhub.spawner import Spawner
from jupyterhub.user import User
from kubespawner import KubeSpawner
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from traitlets.config import Config, Configurable

if TYPE_CHECKING:
    from collections.abc import Sequence

Factory = Callable[[type[Configurable], Config], Awaitable[Configurable]]
"""Makes an object of a class from a config."""

_HUB: Final = SimpleNamespace(
    url="http://hub:8081/hub/", api_url="http://hub:8081/hub/api", base_url="/hub/", public_host=""
)


class RefusedPodError(ValueError):
    """Nobody could start a notebook server, not even with all the defaults."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(f"with this no notebook server could start: {' '.join(reasons)}")
        self.reasons = tuple(reasons)
        """The hub's message, by sentence."""


class Start(NamedTuple):
    """A start of a server by an example user."""

    label: str = ""
    """The server in words; empty if there is only one."""
    options: Mapping[str, object] = MappingProxyType({})
    """The options that are chosen."""
    user: str = "ada"
    """Name of the user."""
    groups: tuple[str, ...] = ()
    """Names of the user's groups."""


def _starts(cls: type[Configurable]) -> list[Start]:
    """Return the starts that the hub's own spawner proposes: one for each choice."""
    return [Start(*start) for start in getattr(cls, "example_starts", ())] or [Start()]


@cache
def _user(name: str, groups: tuple[str, ...]) -> User:
    """Return an example user, in a database in memory."""
    engine = create_engine("sqlite://")
    orm.Base.metadata.create_all(engine)
    database = Session(engine)
    row = orm.User(name=name)
    row.groups = [orm.Group(name=group) for group in groups]
    database.add(row)
    database.commit()
    return User(row, {"base_url": "/"}, database)


async def plain(cls: type[Configurable], config: Config) -> Configurable:
    """Make an object that needs nothing but its config, such as the hub, which then only knows its options."""
    return cls(config=config)


def hub(config: Config) -> JupyterHub:
    """Make the hub again, quickly: it does not import all the classes that are installed for it."""
    return JupyterHub(config=config, classes=[])


async def authenticator(cls: type[Configurable], config: Config) -> Configurable:
    """Make an authenticator, with an empty database."""
    # Some read the hub's database, or create a table of their own there: this one is empty, and in memory.
    return cls(parent=hub(config), _deprecated_db_session=Session(create_engine("sqlite://")))


async def _proxy(cls: type[Configurable], config: Config) -> Configurable:
    app = hub(config)
    return _without_cluster(cls, parent=app, app=app, hub=_HUB, public_url=app.bind_url, host_routing=False)


async def spawner(cls: type[Configurable], config: Config) -> Configurable:
    """Make a spawner, and the pod of each server that people can choose, with all the defaults.

    Raises:
        RefusedPodError: The hub refuses the pod or the choice, with a message for people.
    """
    made: list[Configurable] = []
    for start in _starts(cls):
        made.append(await bare_spawner(cls, config, start))
        try:
            await apply_choice(made[-1])
            await make_pod(made[-1])
        except Exception as error:  # noqa: BLE001 -- without such a message, the reason may be the example user
            if message := getattr(error, "jupyterhub_html_message", None):
                raise RefusedPodError(
                    [f"{start.label}{unescape(line)}" for line in str(message).split("<br>")]
                ) from None
    return made[0]


async def bare_spawner(cls: type[Configurable], config: Config, start: Start | None = None) -> Configurable:
    """Make a spawner for a start, by default the first, without a pod."""
    start = start or _starts(cls)[0]
    user = _user(start.user, start.groups)
    made = _without_cluster(cls, user=user, hub=_HUB, authenticator=None, orm_spawner=None, config=config)
    if isinstance(made, Spawner):
        made.user_options = dict(start.options)
    return made


async def apply_choice(spawner: Configurable) -> None:
    """Give the spawner image and size of its options."""
    if isinstance(spawner, KubeSpawner):
        await spawner._run_apply_user_options(spawner.user_options)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] -- no public name


async def make_pod(spawner: Configurable) -> None:
    """Make the pod that would be sent to Kubernetes."""
    if isinstance(spawner, KubeSpawner):
        pod = await spawner.get_pod_manifest()
        if spawner.modify_pod_hook:
            changed = spawner.modify_pod_hook(spawner, pod)
            if isawaitable(changed):
                await changed


def _without_cluster(cls: type[Configurable], **arguments: object) -> Configurable:
    """Make an object of KubeSpawner's without a kubeconfig; it would connect when it is used."""
    with ExitStack() as stack:
        for module in ("kubespawner.spawner", "kubespawner.proxy"):
            if module in sys.modules:
                stack.enter_context(patch(f"{module}.load_config"))
        return cls(**cast("dict[str, Any]", arguments))


BY_CLASS_OPTION: Final[Mapping[str, Factory]] = {
    "authenticator_class": authenticator,
    "spawner_class": spawner,
    "proxy_class": _proxy,
}
"""The options of JupyterHub that name a class, and how JupyterHub makes an object of it."""
