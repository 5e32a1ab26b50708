"""Turns stack config into settings, or into one error with all mistakes in it."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import cast

from pydantic import ValidationError

from settings.errors import SettingsError
from settings.keys import GROUPS, KEYS, PROJECT, default_of, is_structured
from settings.mistakes import empty_key, encrypted_key, unknown_key, wrong_json, wrong_value
from settings.settings import Settings
from settings.stack_file import StackFileError, read_config

_PREFIX = f"{PROJECT}:"


def parse(values: Mapping[str, object], *, hidden: Collection[str] = ()) -> Settings:
    """Returns the settings for config values, whose keys have no project prefix: `hub.image`.

    A list or map may be structured, as in YAML, or JSON text, as Pulumi hands it to the program. A scalar may be text
    too: `"true"`, `"0.5"`, `"600"`. An empty value is no value.

    Args:
        values: The stack's config.
        hidden: Keys whose values are secret and must not be in an error message.

    Raises:
        SettingsError: with every mistake, each with its key and how to mend it.
    """
    tree: dict[str, object] = {group: {} for group in GROUPS}
    mistakes: list[str] = []
    for key, value in values.items():
        field = KEYS.get(key)
        if field is None:
            mistakes.append(unknown_key(key))
        elif value is None or value == "":
            if default_of(field) is not None:
                mistakes.append(empty_key(key))
        elif _is_encrypted(value):
            mistakes.append(encrypted_key(key))
        elif is_structured(field) and isinstance(value, str):
            try:
                _put(tree, key, json.loads(value))
            except (ValueError, RecursionError) as error:
                mistakes.append(wrong_json(key, value, error, hidden))
        else:
            _put(tree, key, value)
    try:
        settings = Settings.model_validate(tree, by_alias=True, by_name=False)
    except ValidationError as error:
        mistakes += [wrong_value(detail, hidden) for detail in error.errors(include_url=False)]
        raise SettingsError(mistakes) from None
    if mistakes:
        raise SettingsError(mistakes)
    return settings


def from_pulumi() -> Settings:
    """Returns the settings of the stack that this program runs for.

    Raises:
        pulumi.RunError: with every mistake; Pulumi prints it without a traceback.
    """
    import pulumi  # noqa: PLC0415 the rest of this package must not need, or wait for, Pulumi
    from pulumi.runtime import config  # noqa: PLC0415 see above

    values = _own({**config.get_config_env(), **config.CONFIG.get()})
    try:
        return parse(values, hidden={key for key in values if config.is_config_secret(f"{_PREFIX}{key}")})
    except SettingsError as error:
        message = SettingsError(error.mistakes, where=f"The config of stack {pulumi.get_stack()}")
        raise pulumi.RunError(str(message)) from None


def from_file(path: Path, *, defaults: Mapping[str, str] | None = None) -> Settings:
    """Returns the settings in a stack file, without Pulumi.

    Args:
        path: A `Pulumi.<stack>.yaml`.
        defaults: Values of keys that the file does not set, such as images that are built later.

    Raises:
        SettingsError: with every mistake; it names the file.
    """
    try:
        config = {name if ":" in name else f"{_PREFIX}{name}": value for name, value in read_config(path).items()}
        return parse({**(defaults or {}), **_own(config)})
    except StackFileError as error:
        raise SettingsError([str(error)], where=str(path)) from None
    except SettingsError as error:
        raise SettingsError(error.mistakes, where=str(path)) from None


def _own(config: Mapping[str, object]) -> dict[str, object]:
    """Leaves out keys of providers and of Pulumi itself, and the prefix."""
    return {name.removeprefix(_PREFIX): value for name, value in config.items() if name.startswith(_PREFIX)}


def _is_encrypted(value: object) -> bool:
    return isinstance(value, Mapping) and set(cast("Mapping[object, object]", value)) == {"secure"}


def _put(tree: dict[str, object], key: str, value: object) -> None:
    group, dot, name = key.partition(".")
    if dot:
        cast("dict[str, object]", tree[group])[name] = value
    else:
        tree[key] = value
