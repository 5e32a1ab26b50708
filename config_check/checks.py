"""All that is checked of the hub's configuration."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, cast

from jupyterhub.app import JupyterHub  # pyright: ignore[reportMissingTypeStubs] -- it ships no types
from jupyterhub.crypto import CryptKeeper  # pyright: ignore[reportMissingTypeStubs] -- it ships no types

from config_check import objects
from config_check.classes import Classes
from config_check.loading import load, options
from config_check.mistake import Mistake
from config_check.names import find_idle
from config_check.recording import Journal
from config_check.time_limit import TimeIsUp, time_limit
from config_check.values import Values

if TYPE_CHECKING:
    from pathlib import Path

    from traitlets.config import Configurable


def mistakes(folder: Path, *, seconds: float) -> list[Mistake]:
    """Load the configuration in `folder`/hub as a hub would, and returns what is wrong with it, by file and line.

    Args:
        folder: The parent of the package `hub`, absolute.
        seconds: How long it may take.
    """
    journal = Journal(folder)
    try:
        with time_limit(seconds):
            # JupyterHub loads its configuration in a running event loop, too.
            asyncio.run(_check(folder, journal))
    except TimeIsUp as error:
        journal.mistakes.append(
            Mistake(
                place=journal.place_of_error(error.__traceback__),
                text=f"did not end within {seconds:g} s; it loops, or waits for something that a preview does not have",
            )
        )
    # Each once, in the order of the lines.
    return sorted(dict.fromkeys(journal.mistakes), key=lambda mistake: (mistake.place.file, mistake.place.line or 0))


async def _check(folder: Path, journal: Journal) -> None:
    config = load(folder, journal)
    values = Values(config, journal)
    app = await values.make(JupyterHub, objects.app)
    if app is None:
        return
    used: list[type[Configurable]] = [JupyterHub, CryptKeeper]
    unsure: set[str] = set()
    for option in objects.BY_CLASS_OPTION:
        cls = cast("type[Configurable]", getattr(app, option))
        if ("JupyterHub", option) in values.refused:
            # Not the operator's class, but the default: what is set for theirs cannot be checked.
            theirs = cast("object", config.JupyterHub[option])
            name = theirs.__name__ if isinstance(theirs, type) else str(theirs).rpartition(".")[2]
            unsure |= {*cls.section_names(), name}
        else:
            used.append(cls)
    classes = Classes(used)
    find_idle(config, classes, journal, unsure=unsure)
    await values.make(CryptKeeper, objects.crypt_keeper)
    for option, factories in objects.BY_CLASS_OPTION.items():
        cls = cast("type[Configurable]", getattr(app, option))
        for factory in factories if cls in used else ():
            await values.make(cls, partial(factory, cls), chosen_by=("JupyterHub", option))
    for key, _ in options(config):
        if len(key) > 1 and not classes.using(key[-2]):
            values.check_type(key, classes.of(key[-2]))
