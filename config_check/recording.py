"""Load a configuration file as JupyterHub does, and remembers the line on which each option was set."""

from __future__ import annotations

import inspect
import os
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, cast

from traitlets.config import Config
from traitlets.config.loader import ConfigFileNotFound, LazyConfigValue, PyFileConfigLoader

from config_check.lost_changes import what_is_lost
from config_check.mistake import Mistake, Place

if TYPE_CHECKING:
    from collections.abc import Generator, KeysView, Mapping
    from types import TracebackType

CONFIG_FILE = "hub/jupyterhub_config.py"
"""The file that JupyterHub is started with; it loads the others."""

Key = tuple[str, ...]
"""An option: its sections and its name, such as `("KubeSpawner", "image")`."""


class Journal:
    """What happened while the configuration was loaded."""

    def __init__(self, folder: Path) -> None:
        """Begins with nothing.

        Args:
            folder: That in which the folder `hub` is.
        """
        self.mistakes: list[Mistake] = []
        """What was found to be wrong so far."""
        self.overwritten: dict[Key, object] = {}
        """Value that a file set before another file, which it loads, set it again."""
        self._root = f"{folder}{os.sep}"
        self._places: dict[Key, Place] = {}
        self._files: list[str] = []
        self._is_muted = False

    def add(self, key: Key, text: str) -> None:
        """Add a mistake in an option: what is wrong, without the option's name."""
        self.mistakes.append(Mistake(place=self.place_of(key), text=f"{'.'.join(key)}: {text}"))

    def add_file(self, file: str) -> None:
        """Note that a configuration file, given by its absolute path, is about to run."""
        self._files.append(self._name(file))

    def note(self, key: Key) -> None:
        """Note that the configuration's running line sets this option or section."""
        if not self._is_muted:
            self._places[key] = self.here()

    def place_of(self, key: Key) -> Place:
        """Return where the option was set last; for a section where its last option was set."""
        if key in self._places:
            return self._places[key]
        inside = [place for noted, place in self._places.items() if noted[: len(key)] == key]
        return inside[-1] if inside else self._places.get(key[:-1], self.unknown)

    @property
    def unknown(self) -> Place:
        """The configuration as a whole."""
        return Place(CONFIG_FILE, None)

    def here(self) -> Place:
        """Return the line of the configuration that runs."""
        frame = inspect.currentframe()
        while frame is not None and not frame.f_code.co_filename.startswith(self._root):
            frame = frame.f_back
        return self.unknown if frame is None else Place(self._name(frame.f_code.co_filename), frame.f_lineno)

    def place_of_error(self, trace: TracebackType | None) -> Place:
        """Return where an error came up: the line of a configuration file, not of what that calls."""
        place = self.unknown
        while trace is not None:
            name = self._name(trace.tb_frame.f_code.co_filename)
            if name in self._files:
                place = Place(name, trace.tb_lineno)
            trace = trace.tb_next
        return place

    def has(self, file: str) -> bool:
        """Tell whether a file is a part of the configuration."""
        return file.startswith(self._root)

    def in_file(self, file: str, line: int | None) -> Place:
        """Return the place in a file that is given by its absolute path."""
        return Place(self._name(file), line)

    @contextmanager
    def muted(self) -> Generator[None]:
        """Note nothing while traitlets moves values about."""
        before, self._is_muted = self._is_muted, True
        try:
            yield
        finally:
            self._is_muted = before

    def _name(self, file: str) -> str:
        return file.removeprefix(self._root)


class RecordingConfig(Config):
    """A Config that tells its journal what is set. Without a journal, as a copy is made, it is a Config."""

    def __init__(self, *args: object, journal: Journal | None = None, key: Key = (), **kwargs: object) -> None:
        # Config would take these attributes for options.
        object.__setattr__(self, "_journal", journal)
        object.__setattr__(self, "_key", key)
        super().__init__(*args, **kwargs)

    def __getitem__(self, name: str) -> object:
        is_new = name not in _names(self)
        value = cast("object", super().__getitem__(name))
        journal = self._journal_of()
        if is_new and isinstance(value, Config) and journal is not None:
            value = RecordingConfig(journal=journal, key=(*self._key_of(), name))
            super().__setitem__(name, value)
        if is_new or isinstance(value, LazyConfigValue):
            # It is asked for to be changed: c.KubeSpawner.args.append(...)
            self._note(name)
        return value

    def __setitem__(self, name: str, value: object) -> None:
        super().__setitem__(name, value)
        self._note(name)

    def update(self, *args: object, **kwargs: object) -> None:
        """Is dict.update, which sets items without a call of `__setitem__`."""
        cast("dict[str, object]", super()).update(*args, **kwargs)
        for name in dict(*args, **kwargs):
            self._note(name)

    def merge(self, other: Mapping[str, object]) -> None:
        """Is Config.merge. Changes that fit no value, which that drops, are mistakes."""
        journal = self._journal_of()
        if journal is None:
            super().merge(other)
            return
        with journal.muted():
            for name in _names(self) & other.keys():
                key, value, change = (*self._key_of(), name), self[name], other[name]
                if isinstance(value, Config):
                    continue
                journal.overwritten.setdefault(key, deepcopy(value) if isinstance(value, LazyConfigValue) else value)
                if isinstance(change, LazyConfigValue) and not isinstance(value, LazyConfigValue):
                    lost = what_is_lost(change, value)
                    if lost is not None:
                        journal.add(key, lost)
            super().merge(other)

    def _note(self, name: str) -> None:
        journal = self._journal_of()
        if journal is not None:
            journal.note((*self._key_of(), name))

    def _journal_of(self) -> Journal | None:
        return cast("Journal | None", object.__getattribute__(self, "_journal"))

    def _key_of(self) -> Key:
        return cast("Key", object.__getattribute__(self, "_key"))


def _names(config: Config) -> KeysView[str]:
    """Return the items of a config. Its own `in` reads a dot in a name as a path into a section."""
    return cast("dict[str, object]", config).keys()


class RecordingLoader(PyFileConfigLoader):
    """Runs configuration files. What a file has set stays in `config`, even if the file ends with an error."""

    def __init__(self, filename: str, path: str | None = None, *, journal: Journal) -> None:
        self._journal = journal
        super().__init__(filename, path)

    def clear(self) -> None:
        """Start again."""
        self.config = RecordingConfig(journal=self._journal)

    def load_subconfig(self, fname: str, path: str | None = None) -> None:
        """Is what a configuration file calls to run another."""
        if path is None:
            path = self.path
        loader = RecordingLoader(fname, path, journal=self._journal)
        try:
            loader.load_config()
        except ConfigFileNotFound:
            if not Path(fname).is_absolute():
                # One with a full path may be in the hub's image.
                self._journal.mistakes.append(
                    Mistake(
                        place=self._journal.here(),
                        text=f'load_subconfig("{fname}"): finds no file, and JupyterHub would go on without it. A name '
                        "without a folder is looked for where the hub runs, not beside this file; "
                        "for that add path=str(Path(__file__).parent)",
                    )
                )
        finally:
            self.config.merge(loader.config)

    def _read_file_as_dict(self) -> None:
        self._journal.add_file(self.full_filename)
        super()._read_file_as_dict()
