"""Custom resource definitions that the local cluster lacks: those of a GKE cluster, and of the Prometheus Operator."""

import json
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from kubernetes.client import ApiextensionsV1Api
from kubernetes.client.api_client import ApiClient
from kubernetes.client.exceptions import ApiException

from tools.commands import run
from tools.local import api

_FOLDER = Path(__file__).with_name("crds")
_CONFLICT = 409


@contextmanager
def installed(client: ApiClient | None = None, *, definitions: Iterable[Any] | None = None) -> Generator[None]:
    """Install definitions until the end of the block.

    Args:
        client: Of the cluster; None = the local one.
        definitions: The definitions; None = those of a GKE cluster.
    """
    extensions = ApiextensionsV1Api(client or api.connect())
    made: list[str] = []
    try:
        for definition in of_gke() if definitions is None else definitions:
            try:
                extensions.create_custom_resource_definition(definition)
            except ApiException as error:
                if error.status != _CONFLICT:
                    raise
                # It is from a killed run, maybe in an older version.
                extensions.patch_custom_resource_definition(definition["metadata"]["name"], definition)
            else:
                made.append(definition["metadata"]["name"])
        for name in made:
            _wait_until_served(extensions, name)
        yield
    finally:
        for name in made:
            extensions.delete_custom_resource_definition(name)


def of_gke() -> list[Any]:
    """Return those of a GKE cluster: the Gateway API, and those of Google's policies and metrics."""
    standard = _sources_of("sigs.k8s.io/gateway-api") / "config" / "crd" / "standard"
    kinds = ("gateways", "httproutes")
    return _content(
        *(standard / f"gateway.networking.k8s.io_{kind}.yaml" for kind in kinds),
        _FOLDER / "gke-policies.yaml",
        _FOLDER / "managed-prometheus.yaml",
    )


def of_prometheus_operator() -> list[Any]:
    """Return those of the Prometheus Operator that a hub uses."""
    folder = _sources_of("github.com/prometheus-operator/prometheus-operator") / "example" / "prometheus-operator-crd"
    return _content(*(folder / f"monitoring.coreos.com_{kind}.yaml" for kind in ("podmonitors", "prometheusrules")))


def _sources_of(module: str) -> Path:
    return Path(json.loads(run(["go", "mod", "download", "-json", module], cwd=_FOLDER))["Dir"])


def _content(*files: Path) -> list[Any]:
    return [document for file in files for document in yaml.safe_load_all(file.read_text()) if document]


def _wait_until_served(extensions: ApiextensionsV1Api, name: str) -> None:
    for _ in range(100):
        status = extensions.read_custom_resource_definition(name).status
        conditions = (status and status.conditions) or []
        if any(one.type == "Established" and one.status == "True" for one in conditions):
            return
        time.sleep(0.1)
    message = f"the API server does not serve {name}"
    raise TimeoutError(message)
