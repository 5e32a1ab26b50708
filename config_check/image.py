"""What is installed in the hub's image: `docker/hub/requirements.txt`, and what that requires.

Beside this program more is installed, and the configuration must not import that: the hub would not start.
"""

from __future__ import annotations

import importlib.metadata
import inspect
import sys
from importlib.abc import MetaPathFinder
from importlib.metadata import PackageNotFoundError, packages_distributions, requires, version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from traitlets.utils import importstring

from config_check import words
from config_check.mistake import Mistake, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

REQUIREMENTS: Final = Path(__file__).parent.parent / "docker" / "hub" / "requirements.txt"
"""What the hub's image is made with."""

_IMPORTING: Final = (__file__, "<frozen importlib", str(importlib.__file__))
_BY_NAME: Final = (str(importlib.metadata.__file__), str(importstring.__file__))


def required(file: Path = REQUIREMENTS) -> list[Requirement]:
    """Return the requirements in a file."""
    lines = (line.partition("#")[0].strip() for line in file.read_text().splitlines())
    return [Requirement(line) for line in lines if line]


def differences(requirements: Iterable[Requirement]) -> Iterator[Mistake]:
    """Yield a mistake for each package that is not here what it is in the image: a try would say little of the hub."""
    for requirement in requirements:
        try:
            installed = version(requirement.name)
        except PackageNotFoundError:
            installed = "not installed"
        if installed == "not installed" or not requirement.specifier.contains(installed, prereleases=True):
            yield Mistake(
                place=Place("docker/hub/requirements.txt", None),
                text=f"the hub has {requirement}, and here it is {installed}; {words.INSTALL}",
            )


class ImageOnly(MetaPathFinder):
    """Find no module for the configuration that the hub's image has not."""

    def __init__(self, folder: Path, requirements: Iterable[Requirement]) -> None:
        """Do its work once it stands first in `sys.meta_path`.

        Args:
            folder: Where the configuration is.
            requirements: Those of the image.
        """
        self._root = str(folder)
        self._requirements = list(requirements)
        self._by_module: dict[str, list[str]] | None = None

    def find_spec(self, fullname: str, path: object, _target: object = None) -> None:
        """Leaves the search to other finders, unless there is nothing to be found.

        Raises:
            ModuleNotFoundError: As in the pod.
        """
        if path is None and self._is_asked_for() and self.is_missing(fullname):
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)

    def is_missing(self, module: str) -> bool:
        """Tell whether a module is installed here, and not in the image."""
        if module in sys.stdlib_module_names or module in (requirement.name for requirement in self._requirements):
            return False
        if self._by_module is None:
            # Takes 0.3 s, which most configurations need not wait for.
            in_image = _with_their_own(self._requirements)
            self._by_module = {
                name: [found for found in distributions if canonicalize_name(found) in in_image]
                for name, distributions in packages_distributions().items()
            }
        return self._by_module.get(module) == []

    def _is_asked_for(self) -> bool:
        """Whether the configuration asks: in an import, or with a name from which JupyterHub imports a class."""
        frame = inspect.currentframe()
        while frame is not None and frame.f_code.co_filename.startswith(_IMPORTING):
            frame = frame.f_back
        return frame is not None and frame.f_code.co_filename.startswith((self._root, *_BY_NAME))


def _with_their_own(requirements: Iterable[Requirement]) -> set[str]:
    """Return the names of all that is installed for the requirements, as far as it is installed here."""
    found: set[str] = set()
    rest = [(requirement.name, frozenset(requirement.extras)) for requirement in requirements]
    seen = set(rest)
    while rest:
        name, extras = rest.pop()
        found.add(canonicalize_name(name))
        try:
            texts = requires(name) or []
        except PackageNotFoundError:
            continue
        for needed in map(Requirement, texts):
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
                item = (needed.name, frozenset(needed.extras))
                if item not in seen:
                    seen.add(item)
                    rest.append(item)
    return found
