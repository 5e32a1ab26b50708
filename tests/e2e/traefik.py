"""Traefik, as Ingress controller and as Gateway of the local cluster: a process of this machine, which is its node."""

import json
import os
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import yaml
from kubernetes.client import CustomObjectsApi, NetworkingV1Api

from tests.doubles.google import definitions
from tools import toolchain
from tools.commands import run
from tools.local import api

CONTROLLER = "traefik.io/ingress-controller"
GATEWAY_CONTROLLER = "traefik.io/gateway-controller"
API = ("gateway.networking.k8s.io", "v1")
"""Group and version of the Gateway API."""


@contextmanager
def gateway_api() -> Generator[None]:
    """Install the Gateway API of the version that Traefik is built with."""
    with definitions.installed(definitions=_definitions()):
        yield


def _definitions() -> list[Any]:
    command = ["go", "mod", "download", "-json", "sigs.k8s.io/gateway-api"]
    downloaded = json.loads(run(command, cwd=toolchain.TRAEFIK.source, env={"GOWORK": "off"}))
    standard = Path(downloaded["Dir"]) / "config" / "crd" / "standard"
    found = [yaml.safe_load(file.read_text()) for file in sorted(standard.glob("gateway.networking.k8s.io_*.yaml"))]
    return [one for one in found if one["kind"] == "CustomResourceDefinition"]


@contextmanager
def running(address: str, kubeconfig: Path, ingress_class: str, log: Path) -> Generator[None]:
    """Run Traefik at ports 80 and 443 of a loopback address, with an IngressClass and a GatewayClass of its name."""
    toolchain.build(toolchain.TRAEFIK)
    connection = api.connect()
    # The objects are maps, as in manifests.
    networking, custom = cast("Any", NetworkingV1Api(connection)), cast("Any", CustomObjectsApi(connection))
    command = [
        str(toolchain.TRAEFIK.programs / "traefik"),
        "--global.checknewversion=false",
        "--global.sendanonymoususage=false",
        f"--entrypoints.web.address={address}:80",
        f"--entrypoints.websecure.address={address}:443",
        "--entrypoints.websecure.http.tls=true",
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
        custom.create_cluster_custom_object(
            *API,
            "gatewayclasses",
            {
                "apiVersion": "/".join(API),
                "kind": "GatewayClass",
                "metadata": metadata,
                "spec": {"controllerName": GATEWAY_CONTROLLER},
            },
        )
        with (
            log.open("w") as output,
            subprocess.Popen(
                command, env={**os.environ, "KUBECONFIG": str(kubeconfig)}, stdout=output, stderr=output
            ) as process,
        ):
            try:
                yield
            finally:
                process.terminate()
    finally:
        networking.delete_ingress_class(ingress_class)
        # With the definitions of a killed run, it may still be there.
        custom.delete_cluster_custom_object(*API, "gatewayclasses", ingress_class)


def gateway(name: str, namespace: str, gateway_class: str, *, routes_of: str | None) -> None:
    """Make or change a Gateway for https, with the Secret `hub-tls` of its namespace, and for http.

    Args:
        name: Its name.
        namespace: Its namespace.
        gateway_class: Its class.
        routes_of: Namespace whose routes it takes; None = its own.
    """
    custom = cast("Any", CustomObjectsApi(api.connect()))
    selector = {"matchLabels": {"kubernetes.io/metadata.name": routes_of}}
    namespaces = {"from": "Same"} if routes_of is None else {"from": "Selector", "selector": selector}
    allowed = {"allowedRoutes": {"namespaces": namespaces}}
    tls = {"mode": "Terminate", "certificateRefs": [{"name": "hub-tls"}]}
    body = {
        "apiVersion": "/".join(API),
        "kind": "Gateway",
        "metadata": {"name": name},
        "spec": {
            "gatewayClassName": gateway_class,
            "listeners": [
                {"name": "https", "protocol": "HTTPS", "port": 443, "hostname": "*.example.org", "tls": tls, **allowed},
                {"name": "http", "protocol": "HTTP", "port": 80, **allowed},
            ],
        },
    }
    there = custom.list_namespaced_custom_object(*API, namespace, "gateways")["items"]
    if any(one["metadata"]["name"] == name for one in there):
        custom.patch_namespaced_custom_object(*API, namespace, "gateways", name, body)
    else:
        custom.create_namespaced_custom_object(*API, namespace, "gateways", body)
