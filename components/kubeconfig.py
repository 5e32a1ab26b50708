"""Finds in the kubeconfig which cluster is meant, as kubectl does."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pulumi
import yaml
from pydantic import BaseModel, Field, ValidationError


@dataclass(frozen=True, kw_only=True)
class ClusterAddress:
    """Which cluster is meant, and where it is."""

    files: tuple[Path, ...]
    """The kubeconfig files that were read."""
    context: str
    """Name of the context."""
    server: str
    """URL of the API server."""
    proxy_url: str | None
    """URL of the proxy that leads there, if the kubeconfig names one."""


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
    """Returns where the cluster of `context` is; without one, that of the kubeconfig's current context.

    `KUBECONFIG` may be a list of files, of which some are not there. Each entry counts where it is named first. Without
    that variable it is `~/.kube/config`.

    Raises:
        pulumi.RunError: There is no kubeconfig, it cannot be read, or it has no such context. The message says what
            there is and how to mend it.
    """
    candidates = _candidates(environment)
    read = {path: config for path in candidates if (config := _read(path)) is not None}
    if not read:
        raise pulumi.RunError(
            f"There is no kubeconfig, so no Kubernetes cluster to talk to. Looked for: {_list(candidates)}.\n"
            "To mend it, do one of these:\n"
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
            f"The kubeconfig ({_list(files)}) has no current context, and the stack names none.\n{_mend(contexts)}"
        )
    if name not in contexts:
        whose = "kubernetes.context of the stack" if context else "current-context of the kubeconfig"
        raise pulumi.RunError(
            f"The kubeconfig ({_list(files)}) has no context {name!r}, which is the {whose}.\n{_mend(contexts)}"
        )
    cluster = clusters.get(contexts[name].cluster)
    if cluster is None or not cluster.server:
        raise pulumi.RunError(
            f"Context {name!r} of the kubeconfig ({_list(files)}) is of cluster {contexts[name].cluster!r}, for which "
            f"the kubeconfig has no server.\n{_mend(contexts)}"
        )
    return ClusterAddress(files=files, context=name, server=cluster.server, proxy_url=cluster.proxy_url or None)


def _candidates(environment: Mapping[str, str]) -> list[Path]:
    named = [Path(entry) for entry in environment.get("KUBECONFIG", "").split(os.pathsep) if entry]
    return named or [Path("~/.kube/config").expanduser()]


def _read(path: Path) -> _Kubeconfig | None:
    """The file's content, or None if there is no such file. No message quotes it: it may hold credentials."""
    try:
        document: object = yaml.safe_load(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise pulumi.RunError(f"Kubeconfig {path} cannot be read: {error.strerror}.") from None
    except yaml.YAMLError:
        raise pulumi.RunError(f"Kubeconfig {path} is not YAML. Mend it, or name another with KUBECONFIG.") from None
    try:
        return _Kubeconfig.model_validate({} if document is None else document)
    except ValidationError as error:
        places = ", ".join(".".join(str(part) for part in detail["loc"]) or "all of it" for detail in error.errors())
        raise pulumi.RunError(
            f"Kubeconfig {path} is not a kubeconfig; wrong: {places}. Mend it, or name another with KUBECONFIG."
        ) from None


def _mend(contexts: Mapping[str, object]) -> str:
    there = ", ".join(sorted(contexts)) if contexts else "none"
    return (
        f"Contexts there are: {there}.\n"
        "To mend it, do one of these:\n"
        "  - choose one of them: pulumi config set kubernetes.context NAME\n"
        "  - start the local cluster: make up\n"
        "  - fetch the context of a GKE cluster: gcloud container clusters get-credentials CLUSTER --location LOCATION"
    )


def _list(paths: tuple[Path, ...] | list[Path]) -> str:
    return ", ".join(str(path) for path in paths)
