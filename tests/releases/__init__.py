"""Releases, by what they left in this folder: the example stack files, their resources and exports, and the schema.

`python -m tests.releases` writes that of the version in docker/VERSION; `tests/unit/test_releases.py` reads it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

import settings
from tests.doubles.monitor import Registration
from tests.stacks import record_settings
from tools.local.images import UNBUILT
from tools.review.log.model import Properties, ResourceState
from tools.schema.stack import schema

FOLDER: Final = Path(__file__).parent
_LEFT_OUT: Final = {"__provider"}
"""Inputs that are not stored: the classes of dynamic resources. Nor is the content of ConfigMaps, the hub's code."""


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """A stack as one version deploys it."""

    resources: Mapping[str, ResourceState]
    """By URN without stack and project, with secrets replaced."""
    exports: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Change:
    """A replacement or deletion by an upgrade from a release, in its `changes.yaml`."""

    object: str
    """Operation, kind and logical name, such as `delete RoleBinding tf-hub-old`."""
    reason: str
    people: str
    """What people who use the hub notice."""


@dataclass(frozen=True, kw_only=True)
class Release:
    """A released version."""

    version: str

    @property
    def folder(self) -> Path:
        """Its folder."""
        return FOLDER / self.version

    @property
    def stack_files(self) -> tuple[Path, ...]:
        """The stack files of its examples."""
        return tuple(sorted((self.folder / "examples").glob("Pulumi.*.yaml")))

    @property
    def schema(self) -> dict[str, Any]:
        """The schema of its stack files."""
        return json.loads((self.folder / "schema.json").read_text(encoding="utf-8"))

    @property
    def changes(self) -> tuple[Change, ...]:
        """What an upgrade from it replaces or deletes."""
        return tuple(Change(**entry) for entry in yaml.safe_load((self.folder / "changes.yaml").read_text()) or ())

    def deployed(self, file: Path) -> Deployed:
        """Return the stack of an example, as the release deployed it."""
        found = json.loads((self.folder / "stacks.json").read_text(encoding="utf-8"))
        stack = found["stacks"][file.name]
        return Deployed(
            resources={
                urn: _state(urn, *options, found["inputs"][number])
                for urn, (number, *options) in stack["resources"].items()
            },
            exports=frozenset(stack["exports"]),
        )

    def write(self, stack_files: list[Path]) -> None:
        """Write its files, with the program of this checkout. `changes.yaml` is written by hand."""
        examples = self.folder / "examples"
        examples.mkdir(parents=True)
        inputs: dict[str, int] = {}
        stacks: dict[str, object] = {}
        for file in stack_files:
            (examples / file.name).write_bytes(file.read_bytes())
            stack = deploy(file)
            resources = {
                urn: [
                    # Equal inputs of several stacks are stored once.
                    inputs.setdefault(json.dumps(state.inputs, sort_keys=True), len(inputs)),
                    state.protected,
                    state.retained,
                ]
                for urn, state in sorted(stack.resources.items())
            }
            stacks[file.name] = {"exports": sorted(stack.exports), "resources": resources}
        _write(self.folder / "stacks.json", {"inputs": [*map(json.loads, inputs)], "stacks": stacks})
        _write(self.folder / "schema.json", schema())


def _write(file: Path, content: Mapping[str, Any]) -> None:
    """Write JSON with a line for each entry of the first two levels, so that Git shows and packs it well."""
    parts = [f'"{key}":{_lines(value)}' for key, value in content.items()]
    file.write_text("{" + ",\n".join(parts) + "}\n", encoding="utf-8")


def _lines(value: Any) -> str:  # noqa: ANN401 any JSON value
    compact = {"separators": (",", ":"), "sort_keys": True}
    if isinstance(value, list):
        return "[\n" + ",\n".join(json.dumps(item, **compact) for item in value) + "]"
    if isinstance(value, dict):
        return (
            "{\n" + ",\n".join(f"{json.dumps(key)}:{json.dumps(item, **compact)}" for key, item in value.items()) + "}"
        )
    return json.dumps(value)


def all_releases() -> tuple[Release, ...]:
    """Return the releases, the oldest first."""
    names = [path.parent.name for path in FOLDER.glob("*/stacks.json")]
    return tuple(Release(version=name) for name in sorted(names, key=lambda name: [*map(int, name.split("."))]))


def deploy(file: Path) -> Deployed:
    """Return the stack of a stack file, as the program of this checkout deploys it."""
    found = record_settings(settings.from_file(file, defaults=UNBUILT if file.name == "Pulumi.dev.yaml" else None))
    known = {resource.urn: resource for resource in found.resources}
    states = [
        _state(_urn(one, known), one.protect, one.retain_on_delete, _kept(one)) for one in known.values() if one.custom
    ]
    return Deployed(
        resources={state.urn: state for state in states},
        exports=frozenset(next(outputs for urn, outputs in found.outputs.items() if ":JupyterHub::" in urn)),
    )


def _urn(resource: Registration, known: Mapping[str, Registration]) -> str:
    """Return the end of a URN, with the types of all parents: that of the monitor has one of them."""
    types, parent = resource.type, known.get(resource.parent)
    while parent is not None:
        types, parent = f"{parent.type}${types}", known.get(parent.parent)
    return f"{types}::{resource.name}"


def _kept(resource: Registration) -> Properties:
    left_out = _LEFT_OUT | ({"data"} if resource.kind == "ConfigMap" else set())
    return {key: value for key, value in resource.public.items() if key not in left_out}


def _state(urn: str, protected: bool, retained: bool, inputs: Properties) -> ResourceState:  # noqa: FBT001 as stored
    type_ = urn.partition("::")[0].rpartition("$")[2]
    return ResourceState(urn=urn, type=type_, inputs=inputs, protected=protected, retained=retained)
