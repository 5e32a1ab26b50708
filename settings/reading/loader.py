"""Loading of a stack's config: from Pulumi, from a stack file, or from values."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import cast

from settings.reading.keys import (
    GROUPS,
    KEYS,
    SECRETS,
    default_of,
    full_key,
    is_structured,
    own_values,
)
from settings.reading.mistakes import (
    SettingsError,
    empty_key,
    encrypted_key,
    plain_secret,
    sealed_parts,
    unknown_key,
    wrong_json,
    wrong_value,
)
from settings.reading.stack_file import StackFileError, read_config
from settings.settings import InvalidError, Settings, validate
from settings.types.secret import SEALED, has_sealed, is_sealed


def parse(values: Mapping[str, object], *, encrypted: Collection[str] = ()) -> Settings:
    """Return the settings of config values.

    A list or map can be structured, as in YAML, or JSON text, as Pulumi passes it to the program. A scalar can be text:
    `"true"`, `"0.5"`, `"600"`. An empty value is the same as none.

    Args:
        values: The values by key, without the project's prefix: `hub.image`.
        encrypted: Keys whose values Pulumi encrypts: no message contains these values.

    Raises:
        SettingsError: with all mistakes.
    """
    tree: dict[str, object] = {group: {} for group in GROUPS}
    hidden = {*encrypted, *SECRETS}
    mistakes: list[str] = []
    for key, value in values.items():
        if key in encrypted and key in KEYS and key not in SECRETS:
            mistakes.append(encrypted_key(key))
        try:
            _put(tree, key, _content(key, value, encrypted))
        except _MistakeError as error:
            mistakes.append(str(error))
            if key in SECRETS and not is_structured(KEYS[key]):
                _put(tree, key, SEALED)  # so that it is not reported as missing
        except (ValueError, RecursionError) as error:
            if key not in encrypted or key in SECRETS:
                mistakes.append(wrong_json(key, str(value), error, hidden))
    try:
        settings = validate(tree)
    except InvalidError as error:
        found = [*(wrong_value(detail, hidden) for detail in error.details), *error.errors]
        # A key whose value could not be read is missing in the models: that is not a second mistake.
        reported = {text.partition(":")[0] for text in mistakes}
        mistakes += [text for text in found if text.partition(":")[0] not in reported]
        raise SettingsError(mistakes) from None
    if mistakes:
        raise SettingsError(mistakes)
    return settings


def from_pulumi() -> Settings:
    """Return the settings of the stack that this program runs for.

    Raises:
        pulumi.RunError: with all mistakes; Pulumi prints it without a traceback.
    """
    import pulumi  # noqa: PLC0415 the rest of this package must not need, or wait for, Pulumi
    from pulumi.runtime import config  # noqa: PLC0415 see above

    values = own_values({**config.get_config_env(), **config.CONFIG.get()})
    try:
        settings = parse(values, encrypted={key for key in values if config.is_config_secret(full_key(key))})
    except SettingsError as error:
        message = SettingsError(error.mistakes, where=f"The config of stack {pulumi.get_stack()}")
        raise pulumi.RunError(str(message)) from None
    for warning in settings.warnings:
        pulumi.log.warn(warning)
    return settings


def from_file(
    path: Path, *, defaults: Mapping[str, str] | None = None, overrides: Mapping[str, str] | None = None
) -> Settings:
    """Return the settings of a stack file, without Pulumi. Encrypted values stay unknown.

    Args:
        path: A `Pulumi.<stack>.yaml`.
        defaults: Values of keys that the file does not set, such as images that are built later.
        overrides: Values that take precedence over those of the file, such as the endpoint in another cluster.

    Raises:
        SettingsError: with the path and all mistakes.
    """
    try:
        config = {full_key(name): value for name, value in read_config(path).items()}
        return parse({**(defaults or {}), **own_values(config), **(overrides or {})})
    except StackFileError as error:
        raise SettingsError([str(error)], where=str(path)) from None
    except SettingsError as error:
        raise SettingsError(error.mistakes, where=str(path)) from None


class _MistakeError(Exception):
    """A mistake in a key, or in the form of its value."""


class _NotSet:
    """Marker of a key without a value."""


def _content(key: str, value: object, encrypted: Collection[str]) -> object:
    """Return the value for the model.

    Raises:
        _MistakeError: The key is unknown, the value is missing, or it must or must not be encrypted.
        ValueError, RecursionError: The text is not JSON.
    """
    field = KEYS.get(key)
    if field is None:
        raise _MistakeError(unknown_key(key))
    if value is None or value == "":
        # The default of a secret map in Pulumi.yaml is an empty text, since secrets are texts for Pulumi.
        if default_of(field) is not None and key not in SECRETS:
            raise _MistakeError(empty_key(key))
        return _NotSet
    if key not in SECRETS and has_sealed(value):
        raise _MistakeError(encrypted_key(key))
    if is_sealed(value):
        return _NotSet if is_structured(field) else SEALED
    if has_sealed(value):
        raise _MistakeError(sealed_parts(key))
    if key in SECRETS and key not in encrypted:
        raise _MistakeError(plain_secret(key))
    return cast("object", json.loads(value) if is_structured(field) and isinstance(value, str) else value)


def _put(tree: dict[str, object], key: str, value: object) -> None:
    if value is _NotSet:
        return
    group, dot, name = key.partition(".")
    if dot:
        cast("dict[str, object]", tree[group])[name] = value
    else:
        tree[key] = value
