"""Make the hub's objects as JupyterHub makes them, but for an example user, and without a cluster."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from html import unescape
from inspect import isawaitable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, cast
from unittest.mock import patch

from jupyterhub.app import JupyterHub
from kubespawner import KubeSpawner
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from traitlets.config import Config, Configurable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Factory = Callable[[type[Configurable], Config], Awaitable[Configurable]]
"""Makes an object of a class from a config."""

_USER: Final = SimpleNamespace(name="ada", id=1, url="/user/ada/", escaped_name="ada", groups=[])
_HUB: Final = SimpleNamespace(
    url="http://hub:8081/hub/", api_url="http://hub:8081/hub/api", base_url="/hub/", public_host=""
)


class RefusedPodError(ValueError):
    """Nobody could start a notebook server, not even with all the defaults."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(f"with this no notebook server could start: {' '.join(reasons)}")
        self.reasons = tuple(reasons)
        """The hub's message, by sentence."""


async def plain(cls: type[Configurable], config: Config) -> Configurable:
    """Make an object that needs nothing but its config, such as the hub, which then only knows its options."""
    return cls(config=config)


def _hub(config: Config) -> JupyterHub:
    """Make the hub again, quickly: it does not import all the classes that are installed for it."""
    return JupyterHub(config=config, classes=[])


async def _authenticator(cls: type[Configurable], config: Config) -> Configurable:
    # Some read the hub's database, or create a table of their own there: this one is empty, and in memory.
    return cls(parent=_hub(config), _deprecated_db_session=Session(create_engine("sqlite://")))


async def _proxy(cls: type[Configurable], config: Config) -> Configurable:
    hub = _hub(config)
    return _without_cluster(cls, parent=hub, app=hub, hub=_HUB, public_url=hub.bind_url, host_routing=False)


async def _spawner(cls: type[Configurable], config: Config) -> Configurable:
    """Make a spawner, and the pod of a user who has chosen nothing.

    Raises:
        RefusedPodError: The hub refuses the pod or the choice, with a message for people.
    """
    spawner = _without_cluster(cls, user=_USER, hub=_HUB, authenticator=None, orm_spawner=None, config=config)
    try:
        await _make_pod(spawner)
    except Exception as error:  # noqa: BLE001 -- without such a message, the reason may be the example user
        if message := getattr(error, "jupyterhub_html_message", None):
            raise RefusedPodError([unescape(line) for line in str(message).split("<br>")]) from None
    return spawner


async def _make_pod(spawner: Configurable) -> None:
    if isinstance(spawner, KubeSpawner):
        await spawner._run_apply_user_options({})  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] -- no public name
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
    "authenticator_class": _authenticator,
    "spawner_class": _spawner,
    "proxy_class": _proxy,
}
"""The options of JupyterHub that name a class, and how JupyterHub makes an object of it."""
