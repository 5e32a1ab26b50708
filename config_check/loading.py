"""Runs the hub's configuration, and says what Python has against it."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, cast

from traitlets.config import Config

from config_check import words
from config_check.mistake import Mistake
from config_check.recording import CONFIG_FILE, RecordingLoader

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from config_check.mistake import Place
    from config_check.recording import Journal, Key


def load(folder: Path, journal: Journal) -> Config:
    """Return what the configuration in `folder`/hub sets, up to a line that ends it; that is a mistake."""
    loader = RecordingLoader(str(folder / CONFIG_FILE), journal=journal)
    try:
        loader.load_config()
    except (Exception, SystemExit) as error:  # noqa: BLE001 -- anything that the operator's code may raise
        journal.mistakes.append(python_mistake(error, journal))
    return _plain(loader.config)


def python_mistake(error: BaseException, journal: Journal) -> Mistake:
    """Return the mistake for what ended the configuration."""
    place = journal.place_of_error(error.__traceback__)
    if isinstance(error, SyntaxError) and error.filename and journal.has(error.filename):
        return Mistake(
            place=journal.in_file(error.filename, error.lineno),
            text=f"{type(error).__name__}: {words.one_line(error.msg)}",
        )
    return Mistake(place=place, text=_words(error) + _deeper(error, place, journal))


def _words(error: BaseException) -> str:
    if isinstance(error, SystemExit):
        is_message = isinstance(error.code, str)
        return f"ends the hub{': ' if is_message else ' with exit code '}{words.one_line(str(error.code or 0))}"
    if isinstance(error, KeyError) and _is_environment(error):
        return f"the hub's pod has no environment variable {words.one_line(str(error))}"
    text = words.of_error(error)
    if isinstance(error, ModuleNotFoundError):
        return f"{text}; {words.IN_IMAGE}"
    if "LazyConfigValue" in text:
        return (
            f"{text}; this file does not see what was set before it. Change that with .append(), .extend(), "
            ".prepend(), .insert(), .update() or .add(), or set it as a whole"
        )
    return text


def _is_environment(error: KeyError) -> bool:
    """Tell whether it comes from `os.environ[...]`."""
    return traceback.extract_tb(error.__traceback__)[-1].filename == "<frozen os>"


def _deeper(error: BaseException, place: Place, journal: Journal) -> str:
    """Name the line of the hub's own code that raised the error, if the configuration only called it."""
    inner = [frame for frame in traceback.extract_tb(error.__traceback__) if journal.has(frame.filename)]
    if not inner or (found := journal.in_file(inner[-1].filename, inner[-1].lineno)) == place:
        return ""
    return f" (raised in {found.file}, line {found.line})"


def _plain(config: Mapping[str, object]) -> Config:
    """Return the same without the journal: JupyterHub copies configs in its own way."""
    plain = Config()
    for name, value in config.items():
        plain[name] = _plain(cast("Mapping[str, object]", value)) if isinstance(value, Config) else value
    return plain


def options(config: Mapping[str, object], section: Key = ()) -> Iterator[tuple[Key, object]]:
    """Yield every option that is set, with its sections, and its value."""
    for name, value in config.items():
        if isinstance(value, Config):
            yield from options(cast("Mapping[str, object]", value), (*section, name))
        else:
            yield (*section, name), value
