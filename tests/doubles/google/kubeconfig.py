"""The cluster that stands in for every GKE cluster."""

import base64
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

KUBECONFIG = "GCP_STAND_IN_KUBECONFIG"
"""Environment variable with the path of its kubeconfig."""


@dataclass(frozen=True, kw_only=True)
class Access:
    """Address and credentials of a cluster."""

    endpoint: str
    """Address of the control plane, with its port unless that is 443."""
    ca_certificate: str
    """PEM in base64."""
    certificate: str
    """Of the client, PEM."""
    key: str
    """Of the client, PEM."""


def access() -> Access | None:
    """Return the access of the kubeconfig's current context; None without a kubeconfig."""
    file = os.environ.get(KUBECONFIG)
    return of_file(Path(file)) if file else None


def of_file(file: Path) -> Access:
    """Return the access of the current context of a kubeconfig."""
    content = cast("dict[str, Any]", yaml.safe_load(file.read_text()))
    context = _named(content["contexts"], content["current-context"])["context"]
    cluster = _named(content["clusters"], context["cluster"])["cluster"]
    user = _named(content["users"], context["user"])["user"]
    return Access(
        endpoint=str(cluster["server"]).removeprefix("https://"),
        ca_certificate=base64.b64encode(_bytes(cluster, "certificate-authority")).decode(),
        certificate=_bytes(user, "client-certificate").decode(),
        key=_bytes(user, "client-key").decode(),
    )


def _named(items: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(item for item in items if item["name"] == name)


def _bytes(holder: dict[str, Any], name: str) -> bytes:
    """Return a value that a kubeconfig has inline (base64) or in a file."""
    data = holder.get(f"{name}-data")
    return base64.b64decode(data) if data is not None else Path(holder[name]).read_bytes()
