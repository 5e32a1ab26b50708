"""Which classes a section of the configuration is for."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import TYPE_CHECKING, cast

from traitlets.config import Configurable

from config_check import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class Classes:
    """The classes that JupyterHub makes objects of, and others that it could.

    A section for a class that is there but not in use does no harm: one text of an operator may serve several hubs,
    with `GitHubOAuthenticator` for one and `DummyAuthenticator` for another. Its options are checked all the same.
    """

    def __init__(self, used: Sequence[type[Configurable]]) -> None:
        self.used = tuple(used)
        """Those that this configuration makes objects of."""

    def of(self, section: str) -> list[type[Configurable]]:
        """Return the classes that read the section; none if there is no such class.

        A used class reads the sections of its parents too, and finds all of its own options there.
        """
        return self.using(section) or [cls for cls in _all() if cls.__name__ == section]

    def using(self, section: str) -> list[type[Configurable]]:
        """Return the used classes that read the section."""
        return [cls for cls in self.used if section in cls.section_names()]

    def nearest_section(self, word: str) -> str | None:
        """Return the section that was probably meant."""
        return words.nearest(word, {cls.__name__ for cls in _all()})

    def home_of(self, option: str) -> str | None:
        """Return the section of a used class that has the option."""
        for cls in self.used:
            trait = cls.class_traits(config=True).get(option)
            if trait is not None:
                owner = cast("type[Configurable] | None", trait.this_class)
                return (owner or cls).__name__
        return None


def options_of(classes: Iterable[type[Configurable]]) -> set[str]:
    """Return the options that any of the classes has."""
    return {name for cls in classes for name in cls.class_trait_names(config=True)}


def new_names(classes: Iterable[type[Configurable]]) -> dict[str, tuple[str, str]]:
    """Return KubeSpawner's old names: of each the section in which it is understood, and the new name."""
    found: dict[str, tuple[str, str]] = {}
    for cls in classes:
        for owner in cls.mro():
            renamed = cast("dict[str, tuple[str, str]]", vars(owner).get("_deprecated_traits", {}))
            found |= {old: (owner.__name__, new) for old, (new, _) in renamed.items()}
    return found


def _all() -> Iterator[type[Configurable]]:
    """Yield all classes that are imported by now.

    They are those that are installed for JupyterHub, which imports them all when it starts, with their parents, and
    those that the configuration defines.
    """
    rest: list[type[Configurable]] = [Configurable]
    while rest:
        cls = rest.pop()
        rest += cls.__subclasses__()
        yield cls


def why_no_class(value: object, group: str, error: BaseException) -> str:
    """Return why a class cannot be imported.

    Args:
        value: What names the class: an installed name such as `github`, or `package.module.Class`.
        group: The entry points that have the installed names.
        error: What the import raised.
    """
    name = words.shown(value)
    installed = {point.name for point in entry_points(group=group)}
    if isinstance(value, str) and "." not in value and value.lower() not in installed:
        meant = words.nearest(value, installed)
        instead = f"; installed are {', '.join(sorted(installed))}" if meant is None else f". Did you mean {meant}?"
        return f"{name} is neither an installed class nor the full name of one{instead}"
    return f"{name} cannot be imported: {words.of_error(error)}; {words.IN_IMAGE}"
