"""docs/settings.md: each key with its type, default, meaning, example, and the effect of a change."""

import json
from collections.abc import Iterator
from itertools import groupby
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from settings.reading.keys import KEYS, SECRETS, default_of, fields_of
from settings.settings import Settings
from tools.schema.effects import EFFECTS, effect_of
from tools.schema.project import description, type_of

_HEAD: Final = """\
<!-- Written by `make schema` from the docstrings in settings/groups/. Do not edit it. -->
# Settings

Set a key with `pulumi config set KEY VALUE`, or write it into `Pulumi.<stack>.yaml` with the prefix `jupyterhub:`. Only
`auth.type` and the images are required. Lists and maps are YAML or JSON. Rows that begin with a dot are the parts of a
map: `pulumi config set --path '["nodes.core"].max' 5` sets a single part. Secrets are set with `--secret`; a secret in
plain text is refused.

The preview reports all mistakes of a stack file at once, before anything is changed. Editors complete and check stack
files with [a JSON Schema](../schemas/stack.schema.json). [Examples](examples.md) are complete stack files.

The last column is the effect of a change on a running stack on GKE; a stack without such a resource has no such effect.
`make diff` shows the effects on your stack ([more](changes.md)).

- **Restarts the hub**: its pages are unavailable for about 8 seconds. Running notebooks continue.
- **Restarts the proxy**: a new pod takes over first, so that open notebooks stay connected.
- **Replaces**: these resources are deleted and created again. `protect` refuses this for those that hold people's work.
- **Updates**: these resources change in place.
- **Restarts nothing**: a resource is added or removed, or only Pulumi's state changes.
"""


def page() -> str:
    """Return the page."""
    lines: list[str] = [_HEAD]
    for group, keys in groupby(sorted(KEYS, key=lambda key: "." in key), key=lambda key: key.rpartition(".")[0]):
        if group:
            about = fields_of(Settings)[group].annotation.__doc__ or ""
            lines += [f"## {group}", "", about.partition("\n")[0], ""]
        lines += ["| key | type | default | meaning | effect of a change |", "| --- | --- | --- | --- | --- |"]
        lines += [row for key in keys for row in _rows(key)]
        lines.append("")
    return "\n".join(lines)


def _rows(key: str) -> Iterator[str]:
    field = KEYS[key]
    default = None if key in SECRETS else default_of(field)
    meaning = [description(field)]
    if key in SECRETS:
        meaning.append(f"Secret: `pulumi config set --secret {key}`.")
    if field.examples:
        meaning.append(f"Example: {_code(field.examples[0])}.")
    shown = "" if default in (None, {}, []) else _code(default)
    type_ = "string" if key in SECRETS else _type(field.annotation)
    yield _row(f"`{key}`", type_, shown, " ".join(meaning), effect_of(key).text)
    for part, of in _parts(field.annotation):
        effect = EFFECTS.get(f"{key}.{part}")
        yield _row(f"&nbsp;&nbsp;`.{part}`", _type(of.annotation), "", description(of), effect.text if effect else "")


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def _type(annotation: Any) -> str:  # noqa: ANN401 an annotation has no type of its own
    """Return the type of a value, or the choices of a Literal."""
    if get_origin(annotation) in {Union, UnionType}:
        (annotation, *_) = [member for member in get_args(annotation) if member is not NoneType]
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{choice}`" for choice in get_args(annotation))
    return type_of(annotation)


def _parts(annotation: Any) -> Iterator[tuple[str, FieldInfo]]:  # noqa: ANN401 see above
    if get_origin(annotation) is tuple:
        annotation = get_args(annotation)[0]
    for name, field in fields_of(annotation).items():
        inner = fields_of(field.annotation)
        yield from [(f"{name}.{part}", of) for part, of in inner.items()] or [(name, field)]


def _code(value: object) -> str:
    return f"`{value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}`"
