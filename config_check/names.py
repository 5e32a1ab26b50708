"""Find options that have no effect: JupyterHub passes over them, at best with a line in its log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config_check import words
from config_check.classes import new_names, options_of
from config_check.loading import options
from config_check.recording import CONFIG_FILE

if TYPE_CHECKING:
    from collections.abc import Collection

    from traitlets.config import Config

    from config_check.classes import Classes
    from config_check.recording import Journal, Key


def find_idle(config: Config, classes: Classes, journal: Journal, *, unsure: Collection[str]) -> None:
    """Add a mistake to the journal for each section and option that has no effect.

    Args:
        config: What the configuration sets.
        classes: The classes that there are.
        journal: Knows where it was set.
        unsure: Sections that may belong to a class that could not be imported.
    """
    strange: set[Key] = set()
    for key, _ in options(config):
        sections, name = key[:-1], key[-1]
        if not sections:
            # JupyterHub reads nothing outside of sections.
            journal.add(key, _no_class(name, classes))
        elif sections[-1] not in unsure and sections not in strange:
            if not classes.of(sections[-1]):
                strange.add(sections)
                journal.add(sections, _no_class(sections[-1], classes))
            elif reason := _why_unread(key, config, classes) or _why_overruled(key, config, classes, journal):
                journal.add(key, reason)


def _no_class(section: str, classes: Classes) -> str:
    meant = classes.nearest_section(section)
    return f"there is no class of this name.{'' if meant is None else f' Did you mean c.{meant}?'}"


def _why_unread(key: Key, config: Config, classes: Classes) -> str | None:
    section, name = key[-2:]
    readers = classes.of(section)
    known = options_of(readers)
    if name in known:
        return None
    if renamed := new_names(readers).get(name):
        home, new = renamed
        if section != home:
            return f"is called {home}.{new} now, and the old name is only known in the section {home}"
        if new not in known:  # itself an old name
            return f"is called {home}.{new_names(readers).get(new, renamed)[1]} now, and would be ignored"
        # KubeSpawner takes the old name for the new one, unless that is set too.
        return f"is called {home}.{new} now; as that is set too, this is ignored" if new in config[home] else None
    return f"is not known, and would be ignored.{_meant(section, name, known, classes)}"


def _why_overruled(key: Key, config: Config, classes: Classes, journal: Journal) -> str | None:
    """Return why an option of the operator's has no effect: the hub sets it in the section of a child class."""
    section, name = key[-2:]
    for cls in classes.using(section):
        sections = cls.section_names()
        for child in sections[sections.index(section) + 1 :]:
            if child not in config or name not in config[child]:
                continue
            file, line = journal.place_of((child, name))
            if file == CONFIG_FILE != journal.place_of(key).file:
                return f"has no effect, as {child}.{name} is set too ({file}, line {line}); set that"
    return None


def _meant(section: str, name: str, known: set[str], classes: Classes) -> str:
    # KubeSpawner's own list of its old names lacks some.
    for prefix in ("singleuser_", "user_"):
        if name.startswith(prefix) and name.removeprefix(prefix) in known:
            return f" It is called {section}.{name.removeprefix(prefix)} now."
    if home := classes.home_of(name):
        return f" Did you mean {home}.{name}?"
    if near := words.nearest(name, known):
        return f" Did you mean {section}.{near}?"
    return ""
