"""Releases, by what they left in this folder: the example stack files, their resources and exports, and the settings.

`python -m tests.releases` writes those of the version in docker/VERSION; `tests/unit/test_releases.py` reads them. Left
out are the classes of dynamic resources, and the content of ConfigMaps, which is the hub's code.
"""

import json
from collections.abc import Iterable, Mapping
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
_CHANGES: Final = """\
# What an upgrade from {} replaces or deletes, with the reason and what people notice. Nothing so far; an entry is:
# - object: delete RoleBinding tf-hub-rbac-old
#   reason: ...
#   people: ...
"""


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
    def settings(self) -> Mapping[str, object]:
        """The schema of each key of its stack files."""
        return self._read("settings.json")

    @property
    def changes(self) -> tuple[Change, ...]:
        """What an upgrade from it replaces or deletes."""
        return tuple(Change(**entry) for entry in yaml.safe_load((self.folder / "changes.yaml").read_text()) or ())

    def deployed(self, file: Path) -> Deployed:
        """Return the stack of an example, as the release deployed it."""
        inputs, stack = self._read("inputs.json"), self._read("stacks.json")[file.name]
        resources = {urn: _state(urn, inputs[number], *options) for urn, number, *options in stack["resources"]}
        return Deployed(resources=resources, exports=frozenset(stack["exports"]))

    def write(self, stack_files: Iterable[Path]) -> None:
        """Write its files, with the program of this checkout."""
        inputs: dict[str, int] = {}  # those of several stacks once
        stacks: dict[str, str] = {}
        deployed = [(file, deploy(file)) for file in stack_files]
        (self.folder / "examples").mkdir(parents=True)
        (self.folder / "changes.yaml").write_text(_CHANGES.format(self.version), encoding="utf-8")
        for file, stack in deployed:
            (self.folder / "examples" / file.name).write_bytes(file.read_bytes())
            resources = [
                (urn, inputs.setdefault(_json(state.inputs), len(inputs)), state.protected, state.retained)
                for urn, state in sorted(stack.resources.items())
            ]
            stacks[file.name] = _json({"exports": sorted(stack.exports), "resources": resources})
        self._write("inputs.json", "[]", inputs)
        self._write("stacks.json", "{}", (f"{_json(name)}:{stack}" for name, stack in stacks.items()))
        keys = schema()["definitions"]
        self._write("settings.json", "{}", (f"{_json(key)}:{_json(value)}" for key, value in keys.items()))

    def _read(self, name: str) -> Any:  # noqa: ANN401 any JSON
        return json.loads((self.folder / name).read_text(encoding="utf-8"))

    def _write(self, name: str, brackets: str, entries: Iterable[str]) -> None:
        """Write JSON with a line for each entry, whose changes Git shows."""
        text = ",\n".join(entries)
        (self.folder / name).write_text(f"{brackets[0]}\n{text}\n{brackets[1]}\n", encoding="utf-8")


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


def all_releases() -> tuple[Release, ...]:
    """Return the releases, the oldest first."""
    names = [path.parent.name for path in FOLDER.glob("*/stacks.json")]
    return tuple(Release(version=name) for name in sorted(names, key=lambda name: [*map(int, name.split("."))]))


def deploy(file: Path) -> Deployed:
    """Return the stack of a stack file, as the program of this checkout deploys it."""
    found = record_settings(settings.from_file(file, defaults=UNBUILT if file.name == "Pulumi.dev.yaml" else None))
    known = {resource.urn: resource for resource in found.resources}
    states = [
        _state(_urn(one, known), _kept(one), one.protect, one.retain_on_delete) for one in known.values() if one.custom
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
    left_out = {"__provider", "data"} if resource.kind == "ConfigMap" else {"__provider"}
    return {key: value for key, value in resource.public.items() if key not in left_out}


def _state(urn: str, inputs: Properties, protected: bool, retained: bool) -> ResourceState:  # noqa: FBT001 as stored
    type_ = urn.partition("::")[0].rpartition("$")[2]
    return ResourceState(urn=urn, type=type_, inputs=inputs, protected=protected, retained=retained)
