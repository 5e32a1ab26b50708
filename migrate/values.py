"""Values of the Helm chart: read, merged as Helm merges them, and looked up by path."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeGuard, cast

import yaml

from tools.errors import ToolError

Key = tuple[str, ...]
"""Path of a value: the keys of all maps around it, and its own."""

_ROOTS: Final[tuple[Key, ...]] = (
    ("basehub", "jupyterhub"),
    ("daskhub", "jupyterhub"),
    ("binderhub", "jupyterhub"),
    ("spec", "values", "jupyterhub"),
    ("spec", "values"),
    ("jupyterhub",),
)
"""Where charts around JupyterHub's have its values, and a HelmRelease of Flux."""
_SECTIONS: Final = {"hub", "singleuser", "proxy", "auth", "ingress", "cull", "scheduling", "prePuller"}
"""Sections of JupyterHub's chart, by which its values are known."""
_UNQUOTED: Final = re.compile(r"^(\s*(?:- )?(?:[^\s:#'\"]+:)?\s*)(\{\{.*\}\})\s*$", re.MULTILINE)
"""A template that is the whole value: YAML reads its braces as maps."""


def read(files: Iterable[Path]) -> dict[str, object]:
    """Return the chart's values of some files, later ones over earlier ones, as Helm merges them.

    Raises:
        ToolError: A file cannot be read, or has no values of the chart.
    """
    merged: dict[str, object] = {}
    for file in files:
        found = [values for document in _documents(file) if (values := _root(document))]
        if not found:
            sections = ", ".join(sorted(_SECTIONS))
            message = f"{file} has no values of JupyterHub's chart: none of {sections} in it, or below a chart's name."
            raise ToolError(message)
        for values in found:
            merged = _merge(merged, values)
    return merged


def without(values: Mapping[str, object], defaults: Mapping[str, object]) -> dict[str, object]:
    """Return the values that differ from the chart's defaults."""
    left: dict[str, object] = {}
    for name, value in values.items():
        default = defaults.get(name)
        if is_map(value) and is_map(default):
            if inner := without(value, default):
                left[name] = inner
        elif name not in defaults or value != default:
            left[name] = value
    return left


def is_map(value: object) -> TypeGuard[Mapping[str, object]]:
    """Return whether a value is a map."""
    return isinstance(value, Mapping)


def map_of(value: object) -> dict[str, object]:
    """Return a map with texts as keys; an empty one for anything else."""
    if not isinstance(value, Mapping):
        return {}
    return {str(name): inner for name, inner in cast("Mapping[object, object]", value).items()}


def list_of(value: object) -> list[object]:
    """Return a list; the values of a map by the order of its keys, as KubeSpawner 7 does; one value as a list of it."""
    if isinstance(value, Mapping):
        return [inner for _, inner in sorted(map_of(cast("object", value)).items())]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return list(cast("Sequence[object]", value))
    return [] if value is None or value == "" else [value]


def texts_of(value: object) -> list[str]:
    """Return a list of texts."""
    return [str(one) for one in list_of(value)]


def number_of(value: object) -> int | None:
    """Return a whole number, also if it is written as text; None for anything else."""
    text = str(value).strip()
    return int(text) if re.fullmatch(r"-?[0-9]+", text) else None


def key_of(path: str | Key) -> Key:
    """Return a path as a tuple: the keys in a text are separated by dots."""
    return tuple(path.split(".")) if isinstance(path, str) else path


def at(values: Mapping[str, object], path: str | Key) -> object:
    """Return the value at a path, such as `singleuser.cpu.limit`; None if there is none."""
    found: object = values
    for name in key_of(path):
        found = map_of(found).get(name)
    return found


def put(values: dict[str, object], key: Key, value: object) -> None:
    """Set the value at a path; the maps around it are made."""
    for name in key[:-1]:
        inner = values.get(name)
        if not isinstance(inner, dict):
            inner = values[name] = {}
        values = cast("dict[str, object]", inner)
    values[key[-1]] = value


def leaves(value: object, key: Key = ()) -> Iterator[Key]:
    """Yield the paths of all values that are set: no maps but empty ones, and lists as a whole."""
    if isinstance(value, Mapping) and value:
        for name, inner in map_of(cast("object", value)).items():
            yield from leaves(inner, (*key, name))
    elif value is not None and key:
        yield key


def _documents(file: Path) -> list[object]:
    try:
        text = _UNQUOTED.sub(lambda match: f"{match[1]}'{match[2].replace(chr(39), chr(39) * 2)}'", file.read_text())
        return list(yaml.safe_load_all(text))
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}. Give the files that `helm upgrade --values` gets."
        raise ToolError(message) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        problem = " ".join(str(error).split())
        message = f"{file} is no YAML: {problem}. Render templates first, or write the output of `helm get values`."
        raise ToolError(message) from None


def _root(document: object) -> dict[str, object]:
    for path in (*_ROOTS, ()):
        found = map_of(at(map_of(document), path))
        if _SECTIONS & found.keys():
            return found
    return {}


def _merge(below: Mapping[str, object], above: Mapping[str, object]) -> dict[str, object]:
    """Merge maps; everything else is replaced, and null removes it."""
    merged = dict(below)
    for name, value in above.items():
        if value is None:
            merged.pop(name, None)
        elif is_map(value) and is_map(merged.get(name)):
            merged[name] = _merge(map_of(merged[name]), map_of(value))
        else:
            merged[name] = map_of(value) if is_map(value) else value
    return merged
