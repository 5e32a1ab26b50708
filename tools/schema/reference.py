"""docs/settings.md: each key with its type, default, meaning, example, and the effect of a change."""

import json
from collections.abc import Iterator, Mapping
from itertools import groupby
from types import NoneType, UnionType
from typing import Any, Final, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from settings.reading.keys import KEYS, PROJECT, SECRETS, default_of, fields_of
from settings.reading.stack_file import read_config
from settings.settings import Settings
from tools.paths import CHECKOUT
from tools.schema.effects import EFFECTS, effect_of
from tools.schema.project import description, type_of

_HEAD: Final = """\
<!-- Written by `make schema` from the docstrings in settings/groups/. Do not edit it. -->
# Settings

Set with `pulumi config set KEY VALUE`, or in `Pulumi.<stack>.yaml` with the prefix `jupyterhub:`. Only `auth.type` and
the images are required. Secrets are set with `--secret`; a secret in plain text is refused. The preview reports all
mistakes of a stack file at once, before anything is changed. [examples/](../examples) holds whole stack files. Editors
complete and check stack files with [a JSON Schema](../schemas/stack.schema.json).

The last column is the effect of a change on a running stack ([more](changes.md)); `make diff` shows all of it:

- **Restarts the hub**: its pages are unavailable for about 8 seconds. Running notebooks continue.
- **Restarts the proxy**: a new pod takes over first, so open notebooks stay connected.
- **Replaces**: these resources are deleted and created again. `protect` refuses that for those that hold people's work.
- **Updates**: these resources change in place.
- **Restarts nothing**: only Pulumi's state changes, or a resource is added or removed.
"""


def page() -> str:
    """Return the page."""
    examples = dict(_examples())
    lines: list[str] = [_HEAD]
    for group, keys in groupby(sorted(KEYS, key=lambda key: "." in key), key=lambda key: key.rpartition(".")[0]):
        if group:
            about = fields_of(Settings)[group].annotation.__doc__ or ""
            lines += [f"## {group}", "", about.partition("\n")[0], ""]
        lines += ["| key | type | default | meaning | a change |", "| --- | --- | --- | --- | --- |"]
        lines += [row for key in keys for row in _rows(key, examples.get(key))]
        lines.append("")
    return "\n".join(lines)


def _rows(key: str, example: object) -> Iterator[str]:
    field = KEYS[key]
    default = None if key in SECRETS else default_of(field)
    meaning = [description(field)]
    if key in SECRETS:
        meaning.append(f"Secret: `pulumi config set --secret {key}`.")
    if example is not None and key not in SECRETS:
        meaning.append(f"Example: {_code(example)}.")
    shown = "" if default in (None, {}, []) else _code(default)
    yield _row(f"`{key}`", _type(key, field), shown, " ".join(meaning), effect_of(key).text)
    for part, of in _parts(field.annotation):
        effect = EFFECTS.get(f"{key}.{part}")
        yield _row(
            f"&nbsp;&nbsp;`.{part}`", _choices(of.annotation), "", description(of), effect.text if effect else ""
        )


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def _type(key: str, field: FieldInfo) -> str:
    return _choices(field.annotation) or type_of(key)


def _choices(annotation: Any) -> str:  # noqa: ANN401 an annotation has no type of its own
    """Return the values of a Literal, also in a union with None; "" for anything else."""
    if get_origin(annotation) is UnionType:
        (annotation, *_) = [member for member in get_args(annotation) if member is not NoneType]
    return ", ".join(f"`{choice}`" for choice in get_args(annotation)) if get_origin(annotation) is Literal else ""


def _parts(annotation: Any) -> Iterator[tuple[str, FieldInfo]]:  # noqa: ANN401 see above
    if get_origin(annotation) is tuple:
        annotation = get_args(annotation)[0]
    for name, field in fields_of(annotation).items():
        inner = fields_of(field.annotation)
        yield from [(f"{name}.{part}", of) for part, of in inner.items()] or [(name, field)]


def _code(value: object) -> str:
    return f"`{json.dumps(value, ensure_ascii=False)}`" if isinstance(value, Mapping | list) else f"`{_scalar(value)}`"


def _scalar(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _examples() -> Iterator[tuple[str, object]]:
    """Yield values of the example stacks, Pulumi.gke.yaml last, which so comes first."""
    for file in (*sorted((CHECKOUT / "examples").glob("Pulumi.*.yaml")), CHECKOUT / "Pulumi.gke.yaml"):
        for name, value in read_config(file).items():
            key = name.removeprefix(f"{PROJECT}:")
            if key in KEYS and "\n" not in str(value) and str(value) != str(default_of(KEYS[key])):
                yield key, value
