"""Reads which cluster a kubeconfig names, as kubectl does."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pulumi
import yaml
from pydantic import BaseModel, Field, ValidationError


@dataclass(frozen=True, kw_only=True)
class ClusterAddress:
    """A context of the kubeconfig, and the address of its cluster."""

    files: tuple[Path, ...]
    """The kubeconfig files that were read."""
    context: str
    """Name of the context."""
    server: str
    """URL of the API server."""
    proxy_url: str | None
    """URL of the proxy in front of it; None if the kubeconfig names none."""


class _Cluster(BaseModel):
    server: str = ""
    proxy_url: str | None = Field(default=None, alias="proxy-url")


class _NamedCluster(BaseModel):
    name: str
    cluster: _Cluster


class _Context(BaseModel):
    cluster: str = ""


class _NamedContext(BaseModel):
    name: str
    context: _Context


class _Kubeconfig(BaseModel):
    current_context: str | None = Field(default=None, alias="current-context")
    contexts: list[_NamedContext] | None = None
    clusters: list[_NamedCluster] | None = None


def find(context: str | None, environment: Mapping[str, str] = os.environ) -> ClusterAddress:
    """Return the cluster of `context`, or of the kubeconfig's current context if that is None.

    `KUBECONFIG` may list several files, some of them missing; the first entry of a name counts. Without that variable
    the file is `~/.kube/config`.

    Raises:
        pulumi.RunError: There is no kubeconfig, it cannot be read, or it has no such context. The message lists
            the contexts and says how to fix it.
    """
    candidates = _candidates(environment)
    read = {path: config for path in candidates if (config := _read(path)) is not None}
    if not read:
        raise pulumi.RunError(
            f"There is no kubeconfig, so no Kubernetes cluster to connect to. Looked for: {_list(candidates)}.\n"
            "To fix it, do one of these:\n"
            "  - start the local cluster: make up\n"
            "  - name your kubeconfig: export KUBECONFIG=FILE\n"
            "  - fetch one from GKE: gcloud container clusters get-credentials CLUSTER --location LOCATION"
        )
    files, configs = tuple(read), list(read.values())
    contexts = {named.name: named.context for config in reversed(configs) for named in config.contexts or []}
    clusters = {named.name: named.cluster for config in reversed(configs) for named in config.clusters or []}
    name = context or next((config.current_context for config in configs if config.current_context), None)
    if name is None:
        raise pulumi.RunError(
            f"The kubeconfig ({_list(files)}) has no current context, and the stack names none.\n{_fixes(contexts)}"
        )
    if name not in contexts:
        source = "kubernetes.context of the stack" if context else "current-context of the kubeconfig"
        raise pulumi.RunError(
            f"The kubeconfig ({_list(files)}) has no context {name!r}, which is the {source}.\n{_fixes(contexts)}"
        )
    cluster = clusters.get(contexts[name].cluster)
    if cluster is None or not cluster.server:
        raise pulumi.RunError(
            f"Context {name!r} of the kubeconfig ({_list(files)}) names cluster {contexts[name].cluster!r}, which "
            f"has no server in the kubeconfig.\n{_fixes(contexts)}"
        )
    return ClusterAddress(files=files, context=name, server=cluster.server, proxy_url=cluster.proxy_url or None)


def _candidates(environment: Mapping[str, str]) -> list[Path]:
    named = [Path(entry) for entry in environment.get("KUBECONFIG", "").split(os.pathsep) if entry]
    return named or [Path("~/.kube/config").expanduser()]


def _read(path: Path) -> _Kubeconfig | None:
    """Return the content of a file; None if it does not exist. No message quotes it: it may hold credentials."""
    try:
        document: object = yaml.safe_load(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise pulumi.RunError(f"Kubeconfig {path} cannot be read: {error.strerror}.") from None
    except yaml.YAMLError:
        raise pulumi.RunError(f"Kubeconfig {path} is not YAML. Fix it, or name another with KUBECONFIG.") from None
    try:
        return _Kubeconfig.model_validate({} if document is None else document)
    except ValidationError as error:
        fields = ", ".join(
            ".".join(str(part) for part in detail["loc"]) or "the whole file" for detail in error.errors()
        )
        raise pulumi.RunError(
            f"Kubeconfig {path} is not a kubeconfig; wrong: {fields}. Fix it, or name another with KUBECONFIG."
        ) from None


def _fixes(contexts: Mapping[str, object]) -> str:
    names = ", ".join(sorted(contexts)) if contexts else "none"
    return (
        f"Contexts: {names}.\n"
        "To fix it, do one of these:\n"
        "  - choose one of them: pulumi config set kubernetes.context NAME\n"
        "  - start the local cluster: make up\n"
        "  - fetch the context of a GKE cluster: gcloud container clusters get-credentials CLUSTER --location LOCATION"
    )


def _list(paths: tuple[Path, ...] | list[Path]) -> str:
    return ", ".join(str(path) for path in paths)
