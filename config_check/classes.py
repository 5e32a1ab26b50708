"""The classes that read a section of the configuration, and their options."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from traitlets.config import Configurable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Classes:
    """The classes that JupyterHub makes objects of, and all others that are imported.

    A section for a class that exists and is not used is no mistake: an operator may use one file for several hubs, with
    `GitHubOAuthenticator` for one and `DummyAuthenticator` for another. Its options are checked all the same.
    """

    def __init__(self, used: Sequence[type[Configurable]]) -> None:
        self._used = used

    def of(self, section: str) -> list[type[Configurable]]:
        """Return the classes that read the section; none if there is no such class.

        A used class reads the sections of its parents too, and finds all of its own options there.
        """
        return self.using(section) or [cls for cls in _all() if cls.__name__ == section]

    def using(self, section: str) -> list[type[Configurable]]:
        """Return the used classes that read the section."""
        return [cls for cls in self._used if section in cls.section_names()]

    def names(self) -> set[str]:
        """Return the names of all classes."""
        return {cls.__name__ for cls in _all()}

    def options_of(self, section: str) -> set[str]:
        """Return the options that the classes of a section have."""
        return {name for cls in self.of(section) for name in cls.class_trait_names(config=True)}

    def old_names(self, section: str) -> dict[str, tuple[str, str]]:
        """Return KubeSpawner's old names of options: for each the section that knows it, and the new name."""
        found: dict[str, tuple[str, str]] = {}
        for owner in (owner for cls in self.of(section) for owner in cls.mro()):
            renamed = cast("dict[str, tuple[str, str]]", vars(owner).get("_deprecated_traits", {}))
            found |= {old: (owner.__name__, new) for old, (new, _) in renamed.items()}
        return found

    def home_of(self, option: str) -> str | None:
        """Return the section of a used class that has the option."""
        for cls in self._used:
            if trait := cls.class_traits(config=True).get(option):
                return cast("type[Configurable]", trait.this_class or cls).__name__
        return None


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
