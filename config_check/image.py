"""The packages of the hub's image: `docker/hub/requirements.txt`, and what they require.

More is installed beside this program, and the configuration must not import that: the hub would not start.
"""

from __future__ import annotations

import importlib.metadata
import inspect
import sys
from contextlib import suppress
from importlib.abc import MetaPathFinder
from importlib.metadata import PackageNotFoundError, packages_distributions, requires, version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from traitlets.utils import importstring

from config_check import words
from config_check.load import Mistake, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_REQUIREMENTS: Final = Path(__file__).parent.parent / "docker" / "hub" / "requirements.txt"
_IMPORTING: Final = (__file__, "<frozen importlib", str(importlib.__file__))
_BY_NAME: Final = (str(importlib.metadata.__file__), str(importstring.__file__))


def required(file: Path = _REQUIREMENTS) -> list[Requirement]:
    """Return the requirements in a file, by default those of the image."""
    lines = (line.partition("#")[0].strip() for line in file.read_text().splitlines())
    return [Requirement(line) for line in lines if line]


def differences(requirements: Iterable[Requirement]) -> Iterator[Mistake]:
    """Yield a mistake for each package with another version here than in the image: the check would prove little."""
    for requirement, installed in _others(requirements):
        text = f"the hub has {requirement}, and here it is {installed}; {words.INSTALL}"
        yield Mistake(Place("docker/hub/requirements.txt", 0), text)


def own_differences(requirements: Iterable[Requirement]) -> Iterator[Mistake]:
    """Yield the same for packages that the operator's image has beside this project's."""
    for requirement, installed in _others(requirements):
        text = f"{requirement} is {installed} here; {sys.executable} -m pip install {requirement}"
        yield Mistake(Place("hub.packages", 0), text)


def _others(requirements: Iterable[Requirement]) -> Iterator[tuple[Requirement, str]]:
    """Yield the requirements that are not installed here, each with what is."""
    for requirement in requirements:
        installed = "not installed"
        with suppress(PackageNotFoundError):
            installed = version(requirement.name)
        if installed == "not installed" or not requirement.specifier.contains(installed, prereleases=True):
            yield requirement, installed


class ImageOnly(MetaPathFinder):
    """Hides modules from the configuration that the hub's image does not have, once it is first in `sys.meta_path`."""

    def __init__(self, folder: Path, requirements: Iterable[Requirement]) -> None:
        """Wrap the image's requirements; `folder` is the configuration's."""
        self._root = str(folder)
        self._requirements = list(requirements)
        self._missing: set[str] | None = None

    def find_spec(self, fullname: str, path: object, _target: object = None) -> None:
        """Leave the search to other finders, unless the module is hidden.

        Raises:
            ModuleNotFoundError: As in the pod.
        """
        if path is None and self._is_asked_for() and self.is_missing(fullname):
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)

    def is_missing(self, module: str) -> bool:
        """Tell whether a module is installed here, and not in the image."""
        if module in sys.stdlib_module_names or module in (requirement.name for requirement in self._requirements):
            return False
        if self._missing is None:
            # Takes 0.3 s, which most configurations need not wait for.
            image = _distributions(self._requirements)
            self._missing = {
                name
                for name, found in packages_distributions().items()
                if image.isdisjoint(map(canonicalize_name, found))
            }
        return module in self._missing

    def _is_asked_for(self) -> bool:
        """Tell whether the configuration imports: by a statement, or by the name of a class or an entry point."""
        frame = inspect.currentframe()
        while frame is not None and frame.f_code.co_filename.startswith(_IMPORTING):
            frame = frame.f_back
        return frame is not None and frame.f_code.co_filename.startswith((self._root, *_BY_NAME))


def _distributions(requirements: Iterable[Requirement]) -> set[str]:
    """Return the names of the packages that are installed for the requirements."""
    found: set[tuple[str, frozenset[str]]] = set()
    rest = list(requirements)
    while rest:
        requirement = rest.pop()
        item = (canonicalize_name(requirement.name), frozenset(requirement.extras))
        if item in found:
            continue
        found.add(item)
        with suppress(PackageNotFoundError):
            rest += [
                needed
                for needed in map(Requirement, requires(requirement.name) or [])
                if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in ("", *item[1]))
            ]
    return {name for name, _ in found}
