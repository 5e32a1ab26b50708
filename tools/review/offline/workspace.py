"""The workspace of a preview without secrets: a revision's program and stack file, with placeholders."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import yaml

import settings
from settings import SettingsError
from settings.reading.keys import SECRETS, full_key, own_values
from settings.reading.stack_file import members, read_config, read_nodes, text
from settings.types.secret import has_sealed
from tools import image_tags
from tools.engine import Engine, Stack
from tools.errors import ToolError
from tools.review import stack_file

_PLACEHOLDER: Final = "postgresql://placeholder:{}@placeholder.invalid:5432/placeholder"
"""Passes the checks of every secret."""
_VARIABLE: Final = "PLACEHOLDER_FOR_AUTH_SECRET_ENVIRONMENT"


def prepare(folder: Path, program: Path, name: str, *, engine: Engine, port: int) -> tuple[Stack, list[str]]:
    """Make a workspace in a folder, with a state of its own in the same folder.

    Args:
        folder: An empty folder.
        program: The folder of the program.
        name: The stack, as in `Pulumi.<name>.yaml`.
        engine: The Pulumi CLI.
        port: Port of the recording provider, which also serves as the address of the cluster.

    Returns:
        The stack, and the required secrets that its file does not have; they have a placeholder, too.

    Raises:
        ToolError: The stack file or `Pulumi.yaml` is missing or cannot be read, or Pulumi refuses the stack file.
    """
    read, written = _config(stack_file.find(program, name))
    own = own_values(read)
    sealed = {key: _digest(value) for key, value in own.items() if has_sealed(value)}
    built = open_images(program, own)
    missing = missing_secrets({**built, **own})
    kubeconfig = folder / "kubeconfig"
    kubeconfig.write_text(json.dumps(kubeconfig_of(port, str(own.get("kubernetes.context") or "offline"))))
    file = folder / "without-secrets.yaml"
    readable = {key: node for key, node in written.items() if not has_sealed(read[key])}
    file.write_text(text({"config": readable}))
    stack = Stack(name=name, engine=engine, folder=folder, isolated=True, kubeconfig=kubeconfig, program=program)
    stack.prepare(file, built)
    secret = {key: _PLACEHOLDER.format(digest) for key, digest in {**sealed, **dict.fromkeys(missing, "none")}.items()}
    # This secret is a map of environment variables, and their names are secret too.
    secret |= {key: json.dumps({_VARIABLE: secret[key]}) for key in secret if key == "auth.secretEnvironment"}
    if secret:
        values = [word for key, value in sorted(secret.items()) for word in ("--secret", f"{key}={value}")]
        done = stack.run("config", "set-all", *values)
        if done.returncode:
            message = f"`pulumi config set-all` failed: {done.stdout.strip()}"
            raise ToolError(message)
    return stack, missing


def _config(file: Path) -> tuple[dict[str, object], dict[str, yaml.Node]]:
    """Return the config of a stack file as values and as YAML nodes, by prefixed key."""
    values, written = read_config(file), members(read_nodes(file).get("config"))
    return (
        {full_key(key): value for key, value in values.items()},
        {full_key(key): node for key, node in written.items()},
    )


def open_images(program: Path, own: Mapping[str, object]) -> dict[str, str]:
    """Return references for the images that `make up` would build, each with a tag from the files of docker/."""
    if "images.repository" in own:
        return {}
    return {
        f"{name}.image": f"localhost/jupyterhub/{name}:{image_tags.digest(name, program / 'docker')}"
        for name in image_tags.SOURCES
        if f"{name}.image" not in own
    }


def missing_secrets(own: Mapping[str, object]) -> list[str]:
    """Return required secrets that the stack file does not have, such as those of an example."""
    try:
        settings.parse(own)
    except SettingsError as error:
        keys = {mistake.partition(":")[0] for mistake in error.mistakes}
        return sorted(key for key in keys & SECRETS if key not in own)
    return []


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:12]


def kubeconfig_of(port: int, context: str) -> dict[str, object]:
    """Return a kubeconfig with the recording provider's port: the program checks that the API server is reachable."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": context,
        "contexts": [{"name": context, "context": {"cluster": "offline", "user": "offline"}}],
        "clusters": [{"name": "offline", "cluster": {"server": f"https://127.0.0.1:{port}"}}],
        "users": [{"name": "offline", "user": {}}],
    }
