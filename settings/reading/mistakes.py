"""Messages about wrong settings: `<key>: <value> <problem; fix>`.

The models' messages never contain the value. This module adds it, unless the key is secret.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from reprlib import Repr
from typing import cast, get_args, get_origin

from pydantic_core import ErrorDetails

from settings.reading.keys import GROUPS, KEYS, REMOVED, SECRETS, default_of, fields_of, is_structured
from settings.types.spelling import nearest

_LONGEST = 80
_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxother = _LONGEST
_PROBLEMS = {
    "value_error": "{error}",
    "greater_than_equal": "is too small; the least is {ge}",
    "less_than_equal": "is too large; the most is {le}",
    "literal_error": "is not known; choose {expected}",
    "string_type": "is not a text; write a single text, not a list or map",
    "model_type": "must be a map{example}",
    "mapping_type": "must be a map{example}",
    "dict_type": "must be a map{example}",
    "tuple_type": "must be a list{example}",
}
"""Problems by pydantic's type of error; rare types have pydantic's message."""
_PASSWORD_IN_URL = re.compile(r"//[^/@]*@")


class SettingsError(Exception):
    """A stack's settings are wrong.

    The message begins with the place of the settings. Then each mistake has a line with the key, the problem and the
    fix. It contains no values of secret keys.
    """

    def __init__(self, mistakes: Sequence[str], *, where: str = "The stack's config") -> None:
        self.mistakes = tuple(mistakes)
        """One text for each mistake, each beginning with its key."""
        count = f"{len(self.mistakes)} mistake{'' if len(self.mistakes) == 1 else 's'}"
        super().__init__("\n".join([f"{where} has {count}:", *(f"  * {mistake}" for mistake in self.mistakes)]))


def unknown_key(key: str) -> str:
    """Return the mistake of an unknown key, with what to write in its place, or the most similar key."""
    if key in REMOVED:
        return f"{_plain(key)}: {REMOVED[key]} Remove it with: pulumi config rm {_plain(key)}"
    parent = next(
        (known for known, field in KEYS.items() if is_structured(field) and key.startswith(f"{known}.")), None
    )
    if parent is not None:
        path = f"""'["{parent}"]{_plain(key.removeprefix(parent))}'"""
        return f"{_plain(key)}: is a part of {parent}, no key of its own: pulumi config set --path {path} VALUE"
    if key in GROUPS:
        members = ", ".join(known for known in KEYS if known.startswith(f"{key}."))
        return f"{key}: is a group of keys; write each on its own: {members}"
    meant = _meant(key, KEYS) or "Pulumi.yaml lists the keys."
    return f"{_plain(key)}: is not known; {meant} Remove it with: pulumi config rm {_plain(key)}"


def empty_key(key: str) -> str:
    """Return the mistake of a key with a default whose value is empty."""
    return f"{key}: has no value; give it one, or remove the line for the default {_yaml(default_of(KEYS[key]))}"


def encrypted_key(key: str) -> str:
    """Return the mistake of an encrypted value, or part of one, of a key that is not secret."""
    group = key.partition(".")[0]
    # The passwords of auth.* are for some kinds of sign-in only.
    places = [] if group == "auth" else sorted(secret for secret in SECRETS if secret.startswith(f"{group}."))
    place = ", ".join(places) or "auth.secretEnvironment, which hub.extraConfig reads with os.environ"
    return (
        f"{key}: is encrypted, but is not a secret setting: the stack's state and its objects show the value. "
        f"Remove it: pulumi config rm {key}. A secret belongs to {place}; only a value that everybody may read is set "
        f"here, without --secret"
    )


def sealed_parts(key: str) -> str:
    """Return the mistake of a secret of which only parts are encrypted. Pulumi takes secrets as texts."""
    return f"{key}: is encrypted in parts, but must be one secret, with maps as JSON: pulumi config set --secret {key}"


def wrong_json(key: str, text: str, error: Exception, hidden: Collection[str]) -> str:
    """Return the mistake of a text that is not the JSON of a list or a map."""
    if isinstance(error, json.JSONDecodeError) and text.lstrip().startswith(("{", "[")):
        problem = f"is not JSON: {error.msg} (character {error.pos + 1})"
    else:
        kind = "tuple_type" if get_origin(KEYS[key].annotation) is tuple else "model_type"
        problem = _PROBLEMS[kind].format(example=_example(key, []))
    return f"{key}: {_value(key, text, hidden)} {problem}"


def plain_secret(key: str) -> str:
    """Return the mistake of a secret in plain text."""
    return (
        f"{key}: is in plain text, which everybody who sees the stack file can read. Renew the secret, then: "
        f"pulumi config set --secret {key}"
    )


def wrong_value(error: ErrorDetails, hidden: Collection[str]) -> str:
    """Return the mistake of an error of a model; `hidden` are the keys whose values are secret."""
    location = list(error["loc"])
    if location[-1] == "[key]" and error["type"] != "extra_forbidden":
        location.pop()  # the name is wrong: the part before it
    depth = 2 if location[0] in GROUPS else 1
    key, path = ".".join(map(str, location[:depth])), location[depth:]
    if key in hidden:
        return f"{key}: {_problem(error, key, path, hidden)}"
    return f"{key}{_inside(path)}: {_problem(error, key, path, hidden)}"


def _inside(path: list[int | str]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{_plain(part)}" for part in path)


def _problem(error: ErrorDetails, key: str, path: list[int | str], hidden: Collection[str]) -> str:
    if error["type"] == "missing":
        return _missing(key, path)
    if error["type"] == "extra_forbidden":
        known = _names_beside(key, path)
        return "is not known; " + (_meant(str(path[-1]), known) or f"known are {', '.join(known)}")
    if error["input"] is None:
        return "has no value; give it one, or remove it"
    template = _PROBLEMS.get(error["type"], "is wrong: {message}")
    problem = template.format(**error.get("ctx", {}), message=error["msg"], example=_example(key, path))
    return f"{_value(key, error['input'], hidden)} {problem}"


def _missing(key: str, path: list[int | str]) -> str:
    if path:
        return f"""is not set: pulumi config set --path '["{key}"]{_inside(path)}' VALUE"""
    return f"is not set: pulumi config set {key} {'|'.join(get_args(KEYS[key].annotation)) or 'VALUE'}"


def _meant(name: str, known: Iterable[str]) -> str | None:
    match = nearest(name, known)
    return None if match is None else f"did you mean {match}?"


def _names_beside(key: str, path: list[int | str]) -> Collection[str]:
    model: object = KEYS[key].annotation
    for part in path[:-1]:
        if get_origin(model) is Mapping:
            model = get_args(model)[1]
        else:
            model = get_args(model)[0] if isinstance(part, int) else fields_of(model)[part].annotation
    return fields_of(model)


def _example(key: str, path: list[int | str]) -> str:
    """Return the default or else the example of a list or a map."""
    example = default_of(KEYS[key]) or next(iter(KEYS[key].examples or ()), None)
    for part in path:
        if isinstance(example, list):
            example = next(iter(cast("list[object]", example)), None)
        elif isinstance(example, dict):
            example = cast("dict[object, object]", example).get(part)
    return f", such as {_yaml(cast('object', example))}" if isinstance(example, dict | list) and example else ""


def _value(key: str, value: object, hidden: Collection[str]) -> str:
    """Return a value as one short line, without secrets and without the password in a URL."""
    if key in hidden:
        return "the value (secret)"
    if isinstance(value, str):
        value = _yaml(value if len(value) <= _LONGEST else value[:_LONGEST] + "...")
    elif isinstance(value, bool):
        value = _yaml(value)
    else:
        value = _SHORT.repr(value)
    return _PASSWORD_IN_URL.sub("//***@", value)


def _yaml(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isprintable() else json.dumps(value)


def _plain(text: str) -> str:
    """Return a name as it is, or quoted if it would break the line."""
    return text if text.isprintable() and len(text) <= _LONGEST else _yaml(text[:_LONGEST])
