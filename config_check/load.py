"""Load the hub's configuration as JupyterHub does, and remember the line that sets each option."""

from __future__ import annotations

import inspect
import json
import os
import traceback
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from traitlets.config import Config
from traitlets.config.loader import ConfigFileNotFound, LazyConfigValue, PyFileConfigLoader

from config_check import unrun, words
from config_check.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import TracebackType

Key = tuple[str, ...]
"""An option: its sections and its name, such as `("KubeSpawner", "image")`."""


class Place(NamedTuple):
    """A line of a file."""

    file: str
    """The file, such as `hub/jupyterhub_config.py`."""
    line: int
    """Number of the line, from 1. 0 if it is not known."""


CONFIG = Place("hub/jupyterhub_config.py", 0)
"""The file that JupyterHub is started with; it loads the others."""


class Mistake(NamedTuple):
    """One mistake in the hub's configuration."""

    place: Place
    """The line to fix."""
    text: str
    """The error, in one line: `KubeSpawner.imgae: is not known, ...`."""


class Option(NamedTuple):
    """An option that the configuration sets."""

    key: Key
    """Its sections and its name."""
    value: object
    """Its value, or a LazyConfigValue: changes, such as `append`, of a value that is not known yet."""
    place: Place
    """The line that set it last."""

    def mistake(self, text: str) -> Mistake:
        """Return a mistake in this option."""
        return Mistake(self.place, f"{'.'.join(self.key)}: {text}")


class Configuration:
    """The files of the configuration, the options that they set, and the mistakes found while they are executed."""

    def __init__(self, folder: Path) -> None:
        """Begin with nothing loaded.

        Args:
            folder: The parent of the package `hub`, absolute.
        """
        self.mistakes: list[Mistake] = []
        """All that was found to be wrong so far."""
        self.warnings: list[Mistake] = []
        """What could not be checked, and what has another effect than it seems."""
        self.options: dict[Key, Option] = {}
        """Every option that is set."""
        self.own: dict[Key, Option] = {}
        """Options as the hub's own files set them, before the operator's file changed any."""
        self.may_replace_guard = False
        """Whether the operator's file may replace the checks of what people start."""
        with suppress(OSError, ValueError, KeyError, TypeError):  # a wrong hub.json is found when it is loaded
            values = cast("dict[str, object]", json.loads((folder / "hub" / "hub.json").read_bytes()))
            self.may_replace_guard = values["replace_guard"] is True
        self._root = f"{folder}{os.sep}"
        self.watch = Watch(self._root, self._tell_unsure)
        """The calls of the operator's code."""

    def load(self) -> None:
        """Execute the configuration, up to a line that ends it with an error; that is a mistake."""
        loader = _Loader(self._root + CONFIG.file, configuration=self)
        try:
            loader.load_config()
        except (Exception, SystemExit) as error:  # noqa: BLE001 -- anything that the operator's code may raise
            self.mistakes.append(self._python_mistake(error))
        self.options = {option.key: option for option in options(loader.config)}
        self.own = self.own or self.options

    def is_own(self, option: Option) -> bool:
        """Tell whether the hub's own files set the option, not the operator's."""
        return option.key in self.own and self.own[option.key].place == option.place

    def find_unrun(self) -> None:
        """Tell which lines of the operator's files did not run, and which names in them are not defined."""
        told = {mistake.place for mistake in self.mistakes}
        for file, names in self.watch.files.items():
            code = compile(Path(file).read_bytes(), file, "exec")
            for line, name in unrun.undefined(code, names):
                if (place := self._place(file, line)) not in told:
                    self.mistakes.append(Mistake(place, f"NameError: name {name!r} is not defined"))
            mine, read = names.get("c"), cast("Callable[[], object]", names["get_config"])()
            if isinstance(mine, Config) and mine is not read and (line := unrun.last_set(code, "c")):
                text = "c is another object from here on, and JupyterHub does not read it; use the c that is there"
                self._tell_unsure(file, line, text)
            # After a mistake in the file itself, what follows did not run.
            for function in () if told else unrun.functions(code):
                missing = unrun.lines(function, self.watch.ran)
                if missing and function not in self.watch.told:
                    self._tell_unsure(file, missing[0], unrun.text(function.co_qualname, missing))

    def here(self) -> Place:
        """Return the line of the configuration that is being executed."""
        frame = inspect.currentframe()
        while frame is not None and not frame.f_code.co_filename.startswith(self._root):
            frame = frame.f_back
        return CONFIG if frame is None else self._place(frame.f_code.co_filename, frame.f_lineno)

    def place_of_error(self, trace: TracebackType | None) -> Place:
        """Return the line of a configuration file that raised an error, or that called what raised it."""
        place = CONFIG
        for frame, line in traceback.walk_tb(trace):
            # Configuration files have it among their globals, and modules that they import have not.
            if self._has(frame.f_code.co_filename) and "get_config" in frame.f_globals:
                place = self._place(frame.f_code.co_filename, line)
        return place

    def _tell_unsure(self, file: str, line: int, text: str) -> None:
        self.warnings.append(Mistake(self._place(file, line), text))

    def _python_mistake(self, error: BaseException) -> Mistake:
        if isinstance(error, SyntaxError) and error.filename and self._has(error.filename):
            text = f"{type(error).__name__}: {words.one_line(error.msg)}"
            return Mistake(self._place(error.filename, error.lineno), text)
        place = self.place_of_error(error.__traceback__)
        text = words.python_error(error)
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            if self._has(frame.filename):
                raised = self._place(frame.filename, frame.lineno)
                text += "" if raised == place else f" (raised in {raised.file}, line {raised.line})"
                break
        return Mistake(place, text)

    def _has(self, file: str) -> bool:
        return file.startswith(self._root)

    def _place(self, file: str, line: int | None) -> Place:
        return Place(file.removeprefix(self._root), line or 0)


class RecordingConfig(Config):
    """A Config that knows the line that set each of its options."""

    _here: Callable[[], Place]
    _places: dict[str, Place]

    def __init__(self, *args: object, here: Callable[[], Place] = lambda: CONFIG, **kwargs: object) -> None:
        # Config would store these attributes as options.
        object.__setattr__(self, "_here", here)
        object.__setattr__(self, "_places", {})
        super().__init__(*args, **kwargs)

    def __getitem__(self, name: str) -> object:
        is_new = name not in self.keys()  # Config's own `in` reads a dot as a path into a section
        if is_new and name[:1].isupper():
            self[name] = RecordingConfig(here=self._here)
        value = super().__getitem__(name)
        if is_new or isinstance(value, LazyConfigValue):
            # It is read in order to be changed: c.KubeSpawner.args.append(...)
            self._places[name] = self._here()
        return value

    def __setitem__(self, name: str, value: object) -> None:
        super().__setitem__(name, value)
        self._places[name] = self._here()

    def update(self, *args: object, **kwargs: object) -> None:
        """Set items; `dict.update` would not call `__setitem__`."""
        for name, value in dict(*args, **kwargs).items():
            self[name] = value

    def merge(self, other: Mapping[str, object]) -> None:
        """Merge other options. Those of another file keep their lines."""
        super().merge(other)
        if isinstance(other, RecordingConfig):
            self._places.update((name, other.place_of(name)) for name in cast("Mapping[str, object]", other))

    def place_of(self, name: str) -> Place:
        """Return the line that set an option or a section."""
        return self._places.get(name, CONFIG)


class _Loader(PyFileConfigLoader):
    """Executes configuration files. All that a file has set stays in `config`, even if the file ends with an error."""

    def __init__(self, filename: str, path: str | None = None, *, configuration: Configuration) -> None:
        self._configuration = configuration
        super().__init__(filename, path)

    def clear(self) -> None:
        """Start with an empty config."""
        self.config = RecordingConfig(here=self._configuration.here)

    def load_subconfig(self, fname: str, path: str | None = None) -> None:
        """Execute another file; configuration files call this."""
        mistakes = self._configuration.mistakes
        before = {option.key: option for option in options(self.config)}
        self._configuration.own = self._configuration.own or before
        loader = _Loader(fname, self.path if path is None else path, configuration=self._configuration)
        try:
            with self._configuration.watch.on():
                loader.load_config()
        except ConfigFileNotFound:
            # One with a full path may be in the hub's image.
            if not Path(fname).is_absolute():
                text = (
                    f'load_subconfig("{fname}"): finds no file, and JupyterHub would go on without it. '
                    "A name without a folder is looked for where the hub runs, not beside this file; "
                    "for that add path=str(Path(__file__).parent)"
                )
                mistakes.append(Mistake(self._configuration.here(), text))
        finally:
            for option in options(loader.config):
                if option.key in before and (lost := lost_changes(option.value, before[option.key].value)):
                    mistakes.append(option.mistake(lost))
            self.config.merge(loader.config)


def options(config: Config, section: Key = (), place: Place = CONFIG) -> Iterator[Option]:
    """Yield every option that is set in a config, and in its sections."""
    for name, value in cast("dict[str, object]", config).items():
        where = config.place_of(name) if isinstance(config, RecordingConfig) else place
        if isinstance(value, Config):
            yield from options(value, (*section, name), where)
        else:
            yield Option((*section, name), value, where)


_CALLS = {
    "extend": (list, ".append() or .extend()"),
    "prepend": (list, ".prepend()"),
    "inserts": (list, ".insert()"),
    "update": ((dict, set), ".update() or .add()"),
}
_INSTEAD = {"list": "use .append() or .extend()", "dict": "use .update()", "set": "use .add() or .update()"}


def lost_changes(change: object, value: object) -> str | None:
    """Return which calls of `append`, `update` and so on traitlets drops without a warning; None if none.

    Args:
        change: The value of an option; only a LazyConfigValue has such calls.
        value: The value of the same option before or after the change. Its type decides.
    """
    if not isinstance(change, LazyConfigValue) or isinstance(value, LazyConfigValue):
        return None
    lost = [text for call, (kinds, text) in _CALLS.items() if call in change.to_dict() and not isinstance(value, kinds)]
    if not lost:
        return None
    kind = cast("object", value).__class__.__name__
    instead = _INSTEAD.get(kind, "set it as a whole")
    return f"{' and '.join(lost)} would change nothing, as the value is a {kind}; {instead}"
