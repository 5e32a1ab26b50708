"""The operator's options on the finished objects: what they change of this program's, no effects, and failing hooks."""

from __future__ import annotations

import copy
from inspect import isawaitable, signature
from types import CodeType
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from traitlets.config import Configurable
from traitlets.config.loader import LazyConfigValue

from config_check import objects, overrides, words
from config_check.load import CONFIG, Configuration, Mistake, Option

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    from config_check.load import Key
    from config_check.objects import Factory

    Make = Callable[[type[Configurable], Factory, Mapping[Key, Option]], Awaitable[Configurable | BaseException]]

_HOOKS: Final[Mapping[str, tuple[object, ...]]] = {
    "post_auth_hook": (None, {"name": "ada", "admin": None, "auth_state": None}),
    "options_form": (),
    "auth_state_hook": (None,),
    "pre_spawn_hook": (),
    "after_pod_created_hook": ({"metadata": {"name": "jupyter-ada"}},),
    "progress_ready_hook": ({"progress": 100, "ready": True, "message": "Server ready", "url": "/user/ada/"},),
    "post_stop_hook": (),
}
"""Arguments after the object by trait, in the order of the calls. The pod is made after `pre_spawn_hook`."""
_CERTAIN: Final = (NameError, ImportError, SyntaxError)
"""Errors that another user has, too."""


class Subject(NamedTuple):
    """One of the hub's objects."""

    cls: type[Configurable]
    """Its class."""
    factory: Factory
    """Makes it."""
    made: Configurable
    """The object."""


class Theirs:
    """The operator's options, with what is to be told of each."""

    def __init__(self, configuration: Configuration, options: Mapping[Key, Option], make: Make) -> None:
        """Begin with no object.

        Args:
            configuration: The loaded configuration.
            options: The valid options of it.
            make: Makes an object of a class from options.
        """
        self._configuration = configuration
        self._options = options
        self._make = make
        self._told: set[Key] = set()
        """Options that replace a value of the hub's Secret."""

    async def look_at(self, subject: Subject) -> None:
        """Tell what the operator's options do to one object of the hub."""
        theirs = _read_by(subject.cls, self._theirs())
        if not theirs:
            return
        await self._compare(subject, theirs)
        for option in theirs:
            name = f"{option.key[-2]}.{option.key[-1]}"
            if name in overrides.FROM_SECRETS:
                self._told.add(option.key)
                self._warn(option, f"replaces what the hub gets in its Secret: {overrides.FROM_SECRETS[name]}")
        if subject.factory is objects.spawner:
            await self._start(subject.cls, {option.key[-1]: option for option in theirs})
        elif subject.factory is objects.authenticator:
            await self._call(subject.made, {option.key[-1]: option for option in theirs}, _HOOKS)

    def find_uncalled(self) -> None:
        """Tell which of the operator's functions nothing has called."""
        for option in self._theirs():
            code = cast("object", getattr(option.value, "__code__", None))
            if isinstance(code, CodeType) and code not in self._configuration.watch.called:
                self._configuration.watch.told.add(code)
                self._warn(option, "is a function that this check did not call")

    def find_plain_secrets(self) -> None:
        """Tell which options hold a secret in plain text, also those of classes that are not used."""
        for option in self._configuration.options.values():
            value = option.value
            parts = value.to_dict().values() if isinstance(value, LazyConfigValue) else [value]
            text = next((text for part in parts if (text := overrides.in_plain_text(option.key[-1], part))), None)
            if text is None or option.key in self._told:
                continue
            # Of this program's own options only these have such values.
            place = " in hub.extraConfig, not in auth.customTraits" if self._configuration.is_own(option) else ""
            self._warn(option, text + place)

    def _theirs(self) -> list[Option]:
        return [option for option in self._options.values() if not self._configuration.is_own(option)]

    async def _compare(self, subject: Subject, theirs: list[Option]) -> None:
        """Tell which of this program's values are other ones now."""
        own = await self._make(subject.cls, subject.factory, self._configuration.own)
        if not isinstance(own, Configurable):
            return
        names = dict.fromkeys(option.key[-1] for option in _read_by(subject.cls, self._configuration.own.values()))
        for name in [*names, *overrides.NEVER_SET]:
            if not own.has_trait(name):
                continue
            before, after = (cast("object", getattr(one, name)) for one in (own, subject.made))
            if text := overrides.why(name, before, after):
                option = await self._cause(subject, name, before, theirs)
                what = "" if option is None or option.key[-1] == name else f"{name} "
                is_meant = name in overrides.GUARD and self._configuration.may_replace_guard
                is_mistake = name in {*overrides.BROKEN, *overrides.GUARD} and not is_meant
                found = self._configuration.mistakes if is_mistake else self._configuration.warnings
                found.append(Mistake(CONFIG, f"{name}: {text}") if option is None else option.mistake(what + text))

    async def _cause(self, subject: Subject, name: str, before: object, theirs: list[Option]) -> Option | None:
        """Return the operator's option of a trait's name, or else the one without which the trait is as before."""
        if named := [option for option in theirs if option.key[-1] == name]:
            return named[-1]
        for option in theirs:
            left = {key: other for key, other in self._options.items() if key != option.key}
            other = await self._make(subject.cls, subject.factory, left)
            if isinstance(other, Configurable) and getattr(other, name) == before:
                return option
        return None

    async def _start(self, cls: type[Configurable], theirs: Mapping[str, Option]) -> None:
        """Call the hooks of a server's start and stop, and make its pod."""
        made = await self._make(cls, objects.bare_spawner, self._options)
        if not isinstance(made, Configurable):
            return
        before = {name: cast("object", getattr(made, name)) for name in theirs if made.has_trait(name)}
        await self._tried(None, objects.apply_choice(made))
        for name, value in before.items():
            if getattr(made, name) != value:
                self._warn(theirs[name], overrides.without_effect(name))
        names = list(_HOOKS)
        pod = names.index("pre_spawn_hook") + 1
        await self._call(made, theirs, names[:pod])
        await self._tried(None, objects.make_pod(made))
        await self._call(made, theirs, names[pod:])

    async def _call(self, made: Configurable, theirs: Mapping[str, Option], hooks: Iterable[str]) -> None:
        for name in hooks:
            hook, arguments = cast("object", getattr(made, name, None)), (made, *copy.deepcopy(_HOOKS[name]))
            if name not in theirs or hook is None or (name == "options_form" and isinstance(hook, str)):
                continue
            if reason := _unfit(hook, arguments):
                self._configuration.mistakes.append(theirs[name].mistake(reason))
            else:
                await self._tried(theirs[name], _called(cast("Callable[..., object]", hook), *arguments))

    async def _tried(self, option: Option | None, call: Awaitable[object]) -> None:
        """Await a call in which the operator's code runs, and tell its error."""
        configuration, what = self._configuration, "a server" if option is None else ".".join(option.key)
        told = len(configuration.warnings)
        with configuration.watch.on(hook=True):
            try:
                result = await call
            except Exception as raised:  # noqa: BLE001 -- whatever the operator's code raises
                # JupyterHub raises another error for some hooks.
                error = raised.__context__ if isinstance(raised.__context__, Exception) else raised
                place = configuration.place_of_error(error.__traceback__)
                place = option.place if option is not None and place == CONFIG else place
                text = f"{what}: raises {words.of_error(error)}"
                if isinstance(error, _CERTAIN):
                    configuration.mistakes.append(Mistake(place, text))
                elif len(configuration.warnings) == told:  # else it is told already what it was kept from
                    text += " for the example user ada; it is not checked whether it does for others"
                    configuration.warnings.append(Mistake(place, text))
                return
        if option is not None and option.key[-1] == "post_auth_hook" and not isinstance(result, dict):
            self._warn(option, "returns no user; it must return its last argument, or nobody could sign in")

    def _warn(self, option: Option, text: str) -> None:
        self._configuration.warnings.append(option.mistake(text))


def _read_by(cls: type[Configurable], options: Iterable[Option]) -> list[Option]:
    """Return the options that a class reads."""
    sections = cls.section_names()
    return [option for option in options if len(option.key) > 1 and option.key[-2] in sections]


def _unfit(hook: object, arguments: tuple[object, ...]) -> str | None:
    """Return why JupyterHub cannot call a hook."""
    if not callable(hook):
        return f"must be a function, not {words.shown(hook)}"
    try:
        signature(hook).bind(*arguments)
    except TypeError as error:
        given = f"{len(arguments)} argument{'' if len(arguments) == 1 else 's'}"
        return f"is called with {given}, which this function does not take: {words.one_line(str(error))}"
    except ValueError:
        pass  # a function in C, which does not tell its arguments
    return None


async def _called(hook: Callable[..., object], *arguments: object) -> object:
    result = hook(*arguments)
    return await result if isawaitable(result) else result
