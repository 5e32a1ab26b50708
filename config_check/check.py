"""Find what is wrong with the hub's configuration: Python errors, unknown options, refused values, lost changes."""

from __future__ import annotations

import asyncio
import copy
import re
import signal
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, NamedTuple, cast

from jupyterhub.app import JupyterHub
from jupyterhub.crypto import CryptKeeper
from jupyterhub.traitlets import EntryPointType
from traitlets.config import Config, Configurable
from traitlets.config.loader import LazyConfigValue

from config_check import objects, startup, words
from config_check.classes import Classes
from config_check.load import CONFIG, Configuration, Mistake, lost_changes
from config_check.templates import Templates
from config_check.theirs import Subject, Theirs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from config_check.load import Key, Option
    from config_check.objects import Factory

_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


class _TimeIsUp(BaseException):
    """The timeout ended the code. No Exception, so that no `except Exception` of that code catches it."""


class Findings(NamedTuple):
    """What is to be said about a configuration, in the order of its lines, each once."""

    mistakes: list[Mistake]
    """Errors: the program must not go on."""
    warnings: list[Mistake]
    """What could not be checked, or has another effect than it seems."""


def check(folder: Path, *, seconds: float) -> Findings:
    """Check the configuration in `folder`/hub.

    Args:
        folder: The parent of the package `hub`, absolute.
        seconds: Timeout.
    """

    def end(*_: object) -> None:
        raise _TimeIsUp

    configuration = Configuration(folder)
    configuration.mistakes += Templates(folder).mistakes()
    signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        # JupyterHub loads its configuration in a running event loop, too.
        asyncio.run(_Check(configuration).run())
    except _TimeIsUp as error:
        text = f"did not end within {seconds:g} s; it loops, or waits for something that a preview does not have"
        configuration.mistakes.append(Mistake(configuration.place_of_error(error.__traceback__), text))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return Findings(sorted(set(configuration.mistakes)), sorted(set(configuration.warnings)))


class _Check:
    """The options that are left: an option that a class refuses falls back to the hub's own value, if there is one."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._options: dict[Key, Option] = {}
        self._refused: set[Key] = set()

    async def run(self) -> None:
        """Load the configuration, and make each object of the hub from it."""
        self._configuration.load()
        self._options = dict(self._configuration.options)
        app = await self._make(JupyterHub, objects.plain)
        if app is None:
            return
        used: dict[str, type[Configurable]] = {
            option: cast("type[Configurable]", getattr(app, option)) for option in objects.BY_CLASS_OPTION
        }
        # If a class was refused, the app has the default one in its place, and options of neither can be checked.
        unsure: set[str] = set()
        for option in [option for option in used if ("JupyterHub", option) in self._refused]:
            named = self._configuration.options["JupyterHub", option].value
            name = named.__name__ if isinstance(named, type) else str(named).rpartition(".")[2]
            unsure |= {*used.pop(option).section_names(), name}
        classes = Classes([JupyterHub, CryptKeeper, *used.values()])
        self._find_unread(classes, unsure)
        await self._make(CryptKeeper, objects.plain)
        made = [Subject(JupyterHub, objects.plain, app)]
        for option, cls in used.items():
            factory = objects.BY_CLASS_OPTION[option]
            if found := await self._make(cls, factory, chosen_by=("JupyterHub", option)):
                made.append(Subject(cls, factory, found))
        theirs = Theirs(self._configuration, self._options, self._try)
        for subject in made:
            await theirs.look_at(subject)
        theirs.find_uncalled()
        theirs.find_plain_secrets()
        await self._start()
        self._configuration.find_unrun()
        for option in list(self._options.values()):
            if len(option.key) > 1 and not classes.using(option.key[-2]):
                self._check_type(option, classes.of(option.key[-2]))

    async def _start(self) -> None:
        """Find services, roles, groups and handlers that JupyterHub refuses or ignores at its start."""
        for name, text in await startup.refusals(_config(self._options)):
            self._tell(self._options["JupyterHub", name], text)

    def _find_unread(self, classes: Classes, unsure: set[str]) -> None:
        """Find sections and options that JupyterHub ignores, at best with a line in its log."""
        strange: set[Key] = set()
        for option in self._configuration.options.values():
            sections = option.key[:-1]
            if sections and (sections[-1] in unsure or sections in strange):
                continue
            # JupyterHub reads no options outside of sections.
            if not sections or not classes.of(sections[-1]):
                strange.add(sections)
                section = option._replace(key=sections or option.key)
                hint = words.did_you_mean(section.key[-1], classes.names(), "c.")
                self._tell(section, f"there is no class of this name.{hint}")
            elif reason := self._why_unread(option, classes) or self._why_overruled(option, classes):
                self._tell(option, reason)

    def _why_unread(self, option: Option, classes: Classes) -> str | None:
        section, name = option.key[-2:]
        known = classes.options_of(section)
        if name in known:
            return None
        old_names = classes.old_names(section)
        if name not in old_names:
            return f"is not known, and would be ignored.{_meant(section, name, known, classes)}"
        home, new = old_names[name]
        if section != home:
            return f"is called {home}.{new} now, and the old name is only known in the section {home}"
        if new not in known:  # itself an old name
            return f"is called {home}.{old_names.get(new, (home, new))[1]} now, and would be ignored"
        # KubeSpawner uses the old name's value, unless the new one is set too.
        is_set = (home, new) in self._configuration.options
        return f"is called {home}.{new} now; as that is set too, this is ignored" if is_set else None

    def _why_overruled(self, option: Option, classes: Classes) -> str | None:
        """Return why an operator's option has no effect: the hub sets it in the section of a child class."""
        section, name = option.key[-2:]
        for cls in classes.using(section):
            sections = cls.section_names()
            for child in sections[sections.index(section) + 1 :]:
                other = self._configuration.options.get((child, name))
                if other and self._configuration.is_own(other) and not self._configuration.is_own(option):
                    file, line = other.place
                    return f"has no effect, as {child}.{name} is set too ({file}, line {line}); set that"
        return None

    async def _make(
        self, cls: type[Configurable], factory: Factory, *, chosen_by: Key | None = None
    ) -> Configurable | None:
        """Make an object as JupyterHub does.

        An object reports one wrong option only. So the option is refused without which the error is gone, and the
        object is made again.

        Args:
            cls: The object's class.
            factory: Makes it from a config.
            chosen_by: The option that names the class, if one does.

        Returns:
            The object, or None if it cannot be made.
        """
        while isinstance(made := await self._try(cls, factory, self._options), BaseException):
            for option in self._suspects(cls, made):
                if gone := _gone(made, await self._try(cls, factory, self._without(option))):
                    self._refuse(option, gone, cls)
                    break
            else:
                text = f"{cls.__name__} cannot be made of this: {words.of_error(made)}"
                option = None if chosen_by is None else self._options.get(chosen_by)
                if option is None:
                    self._configuration.mistakes.append(Mistake(CONFIG, text))
                else:
                    self._tell(option, text)
                return None
        for option in self._read_by(cls):
            name = option.key[-1]
            if made.has_trait(name) and (lost := lost_changes(option.value, cast("object", getattr(made, name)))):
                self._tell(option, lost)
        return made

    def _read_by(self, cls: type[Configurable]) -> list[Option]:
        """Return the options that a class reads."""
        sections = cls.section_names()
        return [option for option in self._options.values() if len(option.key) > 1 and option.key[-2] in sections]

    def _suspects(self, cls: type[Configurable], error: BaseException) -> list[Option]:
        """Return the options that a class reads, the probable causes of an error first.

        The operator's are before the hub's, those that the error names before others, and the last ones before earlier.
        """
        said = str(error)

        def rank(option: Option) -> tuple[bool, bool, int, int]:
            name = option.key[-1]
            return self._configuration.is_own(option), name not in said, said.find(name), -option.place.line

        return sorted(self._read_by(cls), key=rank)

    def _without(self, option: Option) -> dict[Key, Option]:
        """Return the options that are left without one: an operator's falls back to the hub's own."""
        left = {key: other for key, other in self._options.items() if key != option.key}
        own = self._configuration.own.get(option.key)
        return left if own is None or self._configuration.is_own(option) else {**left, option.key: own}

    async def _try(
        self, cls: type[Configurable], factory: Factory, options: Mapping[Key, Option]
    ) -> Configurable | BaseException:
        try:
            return await factory(cls, _config(options))
        except (Exception, SystemExit) as error:  # noqa: BLE001 -- whatever a class raises for its configuration
            return error

    def _check_type(self, option: Option, classes: list[type[Configurable]]) -> None:
        """Check the type of a value for classes of which no object is made."""
        for cls in classes:
            trait = cls.class_traits(config=True).get(option.key[-1])
            validate = cast("Callable[[object, object], object] | None", getattr(trait, "validate", None))
            if not trait or not validate or isinstance(option.value, LazyConfigValue):
                continue
            try:
                if option.value is not None or not trait.allow_none:
                    validate(cls.__new__(cls), option.value)
            except Exception as error:  # noqa: BLE001 -- whatever a class raises for a value
                self._refuse(option, error, cls)
                return

    def _refuse(self, option: Option, error: BaseException, cls: type[Configurable]) -> None:
        trait = cls.class_traits(config=True).get(option.key[-1])
        cause = error.__cause__ or error
        if isinstance(trait, EntryPointType) and isinstance(cause, ImportError):
            self._tell(option, _why_no_class(option.value, trait.entry_point_group, cause))
        else:
            self._tell(option, words.refusal(error, option.key[-1], option.value))
        self._options = self._without(option)
        self._refused.add(option.key)

    def _tell(self, option: Option, text: str) -> None:
        self._configuration.mistakes.append(option.mistake(text))


def _config(options: Mapping[Key, Option]) -> Config:
    """Return a new config, since classes change theirs."""
    config = Config()
    for option in options.values():
        value, section = option.value, config
        for name in option.key[:-1]:
            section = cast("Config", section[name])
        if isinstance(value, LazyConfigValue):
            value = copy.deepcopy(value)
        section[option.key[-1]] = copy.copy(value) if type(value) in {dict, list, set} else value
    return config


def _gone(error: BaseException, other: object) -> BaseException | None:
    """Return an error without the part of it that another try raised as well; None if that is all of it."""
    if isinstance(error, objects.RefusedPodError) and isinstance(other, objects.RefusedPodError):
        reasons = [reason for reason in error.reasons if reason not in other.reasons]
        return objects.RefusedPodError(reasons) if reasons else None
    # Addresses of objects differ from one try to the next.
    is_same = type(error) is type(other) and _ADDRESS.sub("", str(error)) == _ADDRESS.sub("", str(other))
    return None if is_same else error


def _meant(section: str, name: str, known: set[str], classes: Classes) -> str:
    # KubeSpawner's own list of its old names lacks some.
    for prefix in ("singleuser_", "user_"):
        if name.startswith(prefix) and name.removeprefix(prefix) in known:
            return f" It is called {section}.{name.removeprefix(prefix)} now."
    home = classes.home_of(name)
    return f" Did you mean {home}.{name}?" if home else words.did_you_mean(name, known, f"{section}.")


def _why_no_class(value: object, group: str, error: BaseException) -> str:
    """Return why a class cannot be imported.

    Args:
        value: The class's name: an entry point such as `github`, or `package.module.Class`.
        group: The group of entry points.
        error: The exception of the import.
    """
    name, installed = words.shown(value), sorted({point.name for point in entry_points(group=group)})
    if isinstance(value, str) and "." not in value and value.lower() not in installed:
        hint = words.did_you_mean(value, installed) or f" Installed are {', '.join(installed)}."
        return f"{name} is neither an installed class nor the full name of one.{hint}"
    return f"{name} cannot be imported: {words.of_error(error)}; {words.IN_IMAGE}"
