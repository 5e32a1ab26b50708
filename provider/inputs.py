"""Inputs of the component as settings: `{"notebook": {"prepull": true}}` is the key `notebook.prepull`."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, cast

from pulumi.runtime import rpc

import settings
from settings import Settings, SettingsError
from settings.reading.keys import GROUPS, KEYS, SECRETS, is_structured
from settings.types.secret import SEALED

_HEAD: Final = "JupyterHub {} (a key is an input: for `pulumi config set a.b VALUE`, set b of the input a)"


def settings_of(name: str, inputs: Mapping[str, Any]) -> Settings:
    """Return the settings of a component.

    Args:
        name: The component's name in its program.
        inputs: Its inputs as JSON, with Pulumi's markers of secrets and of unknown values.

    Raises:
        SettingsError: with all mistakes.
    """
    values = dict(_members(inputs))
    # The SDKs mark the values of secret settings: they are secret without a mark, too.
    encrypted = {*SECRETS, *(key for key, value in values.items() if _has(value, rpc.is_rpc_secret))}
    where = _HEAD.format(name)
    if mistakes := [_unknown(key) for key, value in values.items() if key not in SECRETS and _has(value, _is_unknown)]:
        raise SettingsError(mistakes, where=where)
    # In a preview, a secret may be the output of a resource that does not exist yet; a map of secrets is then not set.
    known = {
        key: _bare(value)
        for key, value in values.items()
        if not (_is_unknown(rpc.unwrap_rpc_secret(value)) and is_structured(KEYS[key]))
    }
    try:
        return settings.parse(known, encrypted=encrypted)
    except SettingsError as error:
        raise SettingsError(error.mistakes, where=where) from None


def _members(inputs: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield each key with its value; the parts of a secret group are secret."""
    for name, value in inputs.items():
        group = rpc.unwrap_rpc_secret(value)
        if name not in GROUPS or not isinstance(group, dict):
            yield name, value
            continue
        for part, member in cast("dict[str, Any]", group).items():
            yield f"{name}.{part}", rpc.wrap_rpc_secret(member) if rpc.is_rpc_secret(value) else member


def _has(value: object, is_it: Callable[[Any], bool]) -> bool:
    """Return whether a value, or a part of it at any depth, is so."""
    if is_it(value):
        return True
    if isinstance(value, dict):
        return any(_has(part, is_it) for part in cast("dict[str, object]", value).values())
    return isinstance(value, list) and any(_has(part, is_it) for part in cast("list[object]", value))


def _is_unknown(value: object) -> bool:
    return value == rpc.UNKNOWN


def _bare(value: Any) -> Any:  # noqa: ANN401 any JSON value
    """Return a value without the markers; Pulumi's protocol knows no whole numbers."""
    if rpc.is_rpc_secret(value):
        return _bare(rpc.unwrap_rpc_secret(value))
    if isinstance(value, dict):
        return {key: _bare(part) for key, part in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_bare(part) for part in cast("list[Any]", value)]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return SEALED.get_secret_value() if _is_unknown(value) else value


def _unknown(key: str) -> str:
    return (
        f"{key}: is the output of a resource that does not exist yet, but settings decide which resources a hub has. "
        "Write the value itself, or an output that is known in the preview, such as that of a stack reference"
    )
