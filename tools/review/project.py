"""A project of a preview without secrets: a revision's program, with its stack file and placeholders."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

import yaml

import settings
from settings import SettingsError
from settings.reading import as_written
from settings.reading.keys import PROJECT, SECRETS
from settings.reading.stack_file import read_config
from tools.local.errors import LocalError
from tools.review import stack_file

_PREFIX: Final = f"{PROJECT}:"
_PLACEHOLDER: Final = "postgresql://placeholder:{}@placeholder.invalid:5432/placeholder"
"""With this, every check of a secret is content."""
_VARIABLE: Final = "PLACEHOLDER_FOR_AUTH_SECRET_ENVIRONMENT"
_IMAGES: Final = {"hub": ("hub",), "proxy": ("proxy",), "notebook": ("notebook", "hub/requirements.txt")}
"""What `make up` builds each image from, below docker/, where a stack leaves it open."""


@dataclass(frozen=True, kw_only=True)
class Project:
    """A folder for the engine, and what to tell of it."""

    folder: Path
    environment: Mapping[str, str]
    """Variables for the engine."""
    notes: tuple[str, ...]
    """What stands for something that is not there."""


def prepare(folder: Path, program: Path, stack: str, *, pulumi: str, port: int) -> Project:
    """Make a project in a folder, with a state of its own that goes with the folder.

    Args:
        folder: An empty folder.
        program: The folder of the program.
        stack: The stack, as in `Pulumi.<stack>.yaml`.
        pulumi: The engine.
        port: Where the recorder serves, which also stands for the cluster.

    Raises:
        NoStackFileError: There is no file for the stack, or one that cannot be read.
        LocalError: The engine does not take what is in it.
    """
    read, written = _config(stack_file.find(program, stack))
    own = {key.removeprefix(_PREFIX): value for key, value in read.items() if key.startswith(_PREFIX)}
    sealed = {key: _digest(json.dumps(value)) for key, value in own.items() if _is_encrypted(value)}
    images = open_images(program, own)
    missing = missing_secrets({**images, **own})
    config: dict[str, object] = {key: node for key, node in written.items() if not _is_encrypted(read[key])}
    config |= {f"{_PREFIX}{key}": value for key, value in images.items()}
    project = stack_file.project(program)
    project |= {"main": str(program), "runtime": {"name": "python", "options": {"virtualenv": sys.prefix}}}
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(project, sort_keys=False))
    (folder / f"Pulumi.{stack}.yaml").write_text(as_written.text({"config": config}))
    (folder / "state").mkdir()
    kubeconfig = folder / "kubeconfig"
    kubeconfig.write_text(json.dumps(kubeconfig_of(port, str(own.get("kubernetes.context") or "offline"))))
    environment = {
        "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "of a state that nobody keeps",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PYTHONDONTWRITEBYTECODE": "1",
        "KUBECONFIG": str(kubeconfig),
    }
    secret = {key: _PLACEHOLDER.format(digest) for key, digest in {**sealed, **dict.fromkeys(missing, "none")}.items()}
    # The one secret that is a map: of variables, whose names are as secret as what is in them.
    secret |= {key: json.dumps({_VARIABLE: secret[key]}) for key in secret if key == "auth.secretEnvironment"}
    _pulumi(pulumi, folder, environment, "stack", "init", stack)
    if secret:
        values = [word for key, value in sorted(secret.items()) for word in ("--secret", f"{key}={value}")]
        _pulumi(pulumi, folder, environment, "config", "set-all", "--stack", stack, *values)
    notes = tuple(f"{key} is not set in this stack file; a placeholder is used here." for key in missing)
    return Project(folder=folder, environment=environment, notes=notes)


def _config(file: Path) -> tuple[dict[str, object], dict[str, yaml.Node]]:
    """The config of a stack's file, as values and as it is written; by the keys with their prefix."""
    values, written = read_config(file), as_written.keys(as_written.read(file).get("config"))
    full = {key: key if ":" in key else f"{_PREFIX}{key}" for key in values}
    return {full[key]: value for key, value in values.items()}, {full[key]: node for key, node in written.items()}


def _is_encrypted(value: object) -> bool:
    return isinstance(value, dict) and set(cast("dict[str, object]", value)) == {"secure"}


def open_images(program: Path, own: Mapping[str, object]) -> dict[str, str]:
    """Returns names for the images that `make up` would build, each after what it is built from."""
    if "images.repository" in own:
        return {}
    return {
        f"{name}.image": f"localhost/jupyterhub/{name}:{_digest(*_contents(program / 'docker', sources))}"
        for name, sources in _IMAGES.items()
        if f"{name}.image" not in own
    }


def _contents(context: Path, sources: tuple[str, ...]) -> list[str]:
    files = [file for source in sources for file in [context / source, *sorted((context / source).rglob("*"))]]
    return [f"{file.relative_to(context)}\0{file.read_text(errors='replace')}" for file in files if file.is_file()]


def missing_secrets(own: Mapping[str, object]) -> list[str]:
    """Returns required secrets that the stack's file does not have: those of an example, for one, are not there."""
    try:
        settings.parse(own)
    except SettingsError as error:
        keys = {mistake.partition(":")[0] for mistake in error.mistakes}
        return sorted(key for key in keys & SECRETS if key not in own)
    return []


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def kubeconfig_of(port: int, context: str) -> dict[str, object]:
    """Returns one that leads to the recorder's port: the program wants to see that something answers there."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": context,
        "contexts": [{"name": context, "context": {"cluster": "offline", "user": "offline"}}],
        "clusters": [{"name": "offline", "cluster": {"server": f"https://127.0.0.1:{port}"}}],
        "users": [{"name": "offline", "user": {}}],
    }


def _pulumi(pulumi: str, folder: Path, environment: Mapping[str, str], *arguments: str) -> None:
    done = subprocess.run(
        [pulumi, "--cwd", str(folder), "--non-interactive", *arguments],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        message = f"`pulumi {' '.join(arguments[:2])}` failed: {done.stderr.strip()}"
        raise LocalError(message)
