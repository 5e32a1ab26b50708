"""Traefik, as Ingress controller and as Gateway of the local cluster: a process of this machine, which is its node."""

import os
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, cast

import yaml
from kubernetes.client import NetworkingV1Api

from tests.doubles.google import definitions
from tests.e2e.custom_objects import put
from tools import toolchain
from tools.local import api

CONTROLLER: Final = "traefik.io/ingress-controller"
GATEWAY_CONTROLLER: Final = "traefik.io/gateway-controller"
_API: Final = "gateway.networking.k8s.io/v1"


@contextmanager
def gateway_api() -> Generator[None]:
    """Install the Gateway API of the version that Traefik is built with."""
    standard = toolchain.sources_of(toolchain.TRAEFIK.source, "sigs.k8s.io/gateway-api") / "config" / "crd" / "standard"
    found = [yaml.safe_load(file.read_text()) for file in sorted(standard.glob("gateway.networking.k8s.io_*.yaml"))]
    with definitions.installed(definitions=[one for one in found if one["kind"] == "CustomResourceDefinition"]):
        yield


@contextmanager
def running(address: str, kubeconfig: Path, ingress_class: str, log: Path) -> Generator[None]:
    """Run Traefik at ports 80 and 443 of a loopback address, with an IngressClass and a GatewayClass of its name.

    The Gateway API must be installed.
    """
    toolchain.build(toolchain.TRAEFIK)
    # The object is a map, as in manifests.
    networking = cast("Any", NetworkingV1Api(api.connect()))
    command = [
        str(toolchain.TRAEFIK.programs / "traefik"),
        "--global.checknewversion=false",
        "--global.sendanonymoususage=false",
        f"--entrypoints.web.address={address}:80",
        f"--entrypoints.websecure.address={address}:443",
        "--entrypoints.websecure.http.tls=true",
        # As docs/endpoint.md says: the default ends uploads after 60 s.
        "--entrypoints.websecure.transport.respondingtimeouts.readtimeout=0s",
        "--providers.kubernetesingress=true",
        f"--providers.kubernetesingress.ingressclass={ingress_class}",
        f"--providers.kubernetesingress.ingressendpoint.ip={address}",
        "--providers.kubernetesgateway=true",
        f"--providers.kubernetesgateway.statusaddress.ip={address}",
    ]
    metadata = {"name": ingress_class}
    networking.create_ingress_class({"metadata": metadata, "spec": {"controller": CONTROLLER}})
    try:
        gateway_class = {"apiVersion": _API, "kind": "GatewayClass", "metadata": metadata}
        put("gatewayclasses", {**gateway_class, "spec": {"controllerName": GATEWAY_CONTROLLER}})
        environment = {**os.environ, "KUBECONFIG": str(kubeconfig)}
        with (
            log.open("w") as output,
            subprocess.Popen(command, env=environment, stdout=output, stderr=output) as process,
        ):
            try:
                yield
            finally:
                process.terminate()
    finally:
        networking.delete_ingress_class(ingress_class)


def put_gateway(name: str, namespace: str, gateway_class: str, *, routes_of: str | None) -> None:
    """Make or change a Gateway for https, with the Secret `hub-tls` of its namespace, and for http.

    Args:
        name: Its name.
        namespace: Its namespace.
        gateway_class: Its class.
        routes_of: Namespace whose routes it accepts; None = its own.
    """
    selector = {"matchLabels": {"kubernetes.io/metadata.name": routes_of}}
    namespaces = {"from": "Same"} if routes_of is None else {"from": "Selector", "selector": selector}
    allowed = {"allowedRoutes": {"namespaces": namespaces}}
    tls = {"mode": "Terminate", "certificateRefs": [{"name": "hub-tls"}]}
    https = {"name": "https", "protocol": "HTTPS", "port": 443, "hostname": "*.example.org", "tls": tls, **allowed}
    spec = {
        "gatewayClassName": gateway_class,
        "listeners": [https, {"name": "http", "protocol": "HTTP", "port": 80, **allowed}],
    }
    metadata = {"name": name, "namespace": namespace}
    put("gateways", {"apiVersion": _API, "kind": "Gateway", "metadata": metadata, "spec": spec})
