"""Make the hub's objects from the configuration, and finds the options that they refuse."""

from __future__ import annotations

import copy
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar, cast

from jupyterhub.traitlets import EntryPointType  # pyright: ignore[reportMissingTypeStubs] -- it ships no types
from traitlets.config import Config, Configurable
from traitlets.config.loader import LazyConfigValue

from config_check import words
from config_check.classes import why_no_class
from config_check.loading import options
from config_check.lost_changes import what_is_lost
from config_check.mistake import Mistake
from config_check.objects import RefusedPodError
from config_check.recording import CONFIG_FILE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from config_check.recording import Journal, Key

C = TypeVar("C", bound=Configurable)

Factory = Callable[[Config], Awaitable[C]]

_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


class Values:
    """The options that are set, and which of them were refused."""

    def __init__(self, config: Config, journal: Journal) -> None:
        self.refused: set[Key] = set()
        """Options that a class refused. From then on they are what they were before, if they were set twice."""
        self._options: dict[Key, object] = {key: value for key, value in options(config) if len(key) > 1}
        self._before = dict(journal.overwritten)
        self._journal = journal

    async def make(self, cls: type[C], factory: Factory[C], *, chosen_by: Key | None = None) -> C | None:
        """Make an object as JupyterHub does.

        An object tells of one wrong option only. So the one is left out whose absence makes a difference, and the next
        try tells of the next.

        Args:
            cls: The object's class.
            factory: Makes it from a configuration.
            chosen_by: The option that names the class, if one does.

        Returns:
            The object, or None if it cannot be made whatever is left out. The journal gets the mistakes.
        """
        while True:
            made = await self._try(factory)
            if not isinstance(made, BaseException):
                self._tell_lost_changes(made)
                return made
            key, error = await self._culprit(cls, factory, made)
            if key is None:
                text = f"{cls.__name__} cannot be made of this: {words.of_error(error)}"
                if chosen_by is None:
                    self._journal.mistakes.append(Mistake(place=self._journal.unknown, text=text))
                else:
                    self._journal.add(chosen_by, text)
                return None
            self._refuse(key, error, cls)

    def check_type(self, key: Key, classes: Iterable[type[Configurable]]) -> None:
        """Check the type of a value for classes of which no object is made."""
        value = self._options[key]
        for cls in classes:
            trait = cls.class_traits(config=True).get(key[-1])
            if trait is None or isinstance(value, LazyConfigValue) or (value is None and trait.allow_none):
                continue
            check = cast("Callable[[object, object], object] | None", getattr(trait, "validate", None))
            try:
                if check is not None:
                    check(cls.__new__(cls), value)
            except Exception as error:  # noqa: BLE001 -- whatever a class has against a value
                self._refuse(key, error, cls)
                return

    async def _culprit(
        self, cls: type[Configurable], factory: Factory[C], error: BaseException
    ) -> tuple[Key | None, BaseException]:
        """Return the option without which the error is gone, or another; and the part of the error that is gone."""
        said = _said(error)
        left = [key for key in self._options if key[-2] in cls.section_names()]
        # Most errors name their option first. Else the operator's are suspected before the hub's, the last one first.
        places = {key: self._journal.place_of(key) for key in left}
        left.sort(key=lambda key: (key[-1] not in said, said.find(key[-1]), -(places[key].line or 0)))
        for is_own in (False, True):
            partly: list[tuple[Key, BaseException]] = []
            for key in left:
                if (places[key].file == CONFIG_FILE) != is_own:
                    continue
                other = await self._try(factory, without=key)
                if isinstance(error, RefusedPodError) and isinstance(other, RefusedPodError):
                    gone = [reason for reason in error.reasons if reason not in other.reasons]
                    if gone and set(other.reasons) < set(error.reasons):
                        return key, RefusedPodError(gone)
                    if gone:
                        partly.append((key, RefusedPodError(gone)))
                elif not isinstance(other, BaseException) or _said(other) != said:
                    return key, error
            if partly:
                return partly[0]
        return None, error

    async def _try(self, factory: Factory[C], *, without: Key | None = None) -> C | BaseException:
        try:
            return await factory(self._config(without))
        except (Exception, SystemExit) as error:  # noqa: BLE001 -- whatever a class has against its configuration
            return error

    def _config(self, without: Key | None) -> Config:
        """Make a new one each time, since classes change what they get."""
        config = Config()
        for key, value in self._options.items():
            if key != without:
                _put(config, key, value)
            elif key in self._before:
                _put(config, key, self._before[key])
        return config

    def _refuse(self, key: Key, error: BaseException, cls: type[Configurable]) -> None:
        value = self._options[key]
        trait = cls.class_traits(config=True).get(key[-1])
        cause = error.__cause__ or error
        if isinstance(trait, EntryPointType) and isinstance(cause, ImportError):
            reason = why_no_class(value, cast("str", trait.entry_point_group), cause)
        else:
            reason = words.refusal(error, key[-1], value)
        self.refused.add(key)
        if key in self._before:
            self._options[key] = self._before.pop(key)
        else:
            del self._options[key]
        self._journal.add(key, reason)

    def _tell_lost_changes(self, made: Configurable) -> None:
        """Find changes such as `.append()` that traitlets drops without a word."""
        for key, change in self._options.items():
            if isinstance(change, LazyConfigValue) and key[-2] in made.section_names() and made.has_trait(key[-1]):
                lost = what_is_lost(change, cast("object", getattr(made, key[-1])))
                if lost is not None:
                    self._journal.add(key, lost)


def _put(config: Config, key: Key, value: object) -> None:
    for section in key[:-1]:
        config = cast("Config", config[section])
    if isinstance(value, LazyConfigValue):
        value = copy.deepcopy(value)
    config[key[-1]] = copy.copy(value) if type(value) in {dict, list, set} else value


def _said(error: BaseException) -> str:
    """Return what tells an error from another; addresses of objects differ from one try to the next."""
    return f"{type(error)}: {_ADDRESS.sub('', str(error))}"
