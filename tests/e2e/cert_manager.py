"""cert-manager's controller, a process of this machine, and an issuer of the tests' certificate authority."""

import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import yaml
from kubernetes.client import CoreV1Api, V1ObjectMeta, V1Secret

from tests.doubles.certificates import CA_CERTIFICATE, CA_KEY
from tests.doubles.google import definitions
from tests.e2e.custom_objects import put
from tools import toolchain
from tools.local import api

_MODULE: Final = "github.com/cert-manager/cert-manager"
_API: Final = "cert-manager.io/v1"


@contextmanager
def running(kubeconfig: Path, namespace: str, log: Path) -> Generator[None]:
    """Install cert-manager's API, and run its controller.

    Args:
        kubeconfig: Of the cluster.
        namespace: Namespace of the Secrets of ClusterIssuers.
        log: File for what it prints.
    """
    toolchain.build(toolchain.CERT_MANAGER)
    folder = toolchain.sources_of(toolchain.CERT_MANAGER.source, _MODULE) / "deploy" / "crds"
    found = [yaml.safe_load(file.read_text()) for file in sorted(folder.glob("*cert-manager.io_*.yaml"))]
    program = toolchain.CERT_MANAGER.programs / "controller"
    command = [program, f"--kubeconfig={kubeconfig}", f"--cluster-resource-namespace={namespace}"]
    with (
        definitions.installed(definitions=found),
        log.open("w") as output,
        subprocess.Popen(command, stdout=output, stderr=output) as process,
    ):
        try:
            yield
        finally:
            process.terminate()


def put_ca_issuer(name: str, namespace: str) -> None:
    """Make a ClusterIssuer that signs with the key of the tests' authority.

    Args:
        name: Its name, and that of its Secret.
        namespace: The namespace of `running`.
    """
    pair = {"tls.crt": CA_CERTIFICATE, "tls.key": CA_KEY}
    secret = V1Secret(metadata=V1ObjectMeta(name=name), type="kubernetes.io/tls", string_data=pair)
    CoreV1Api(api.connect()).create_namespaced_secret(namespace, secret)
    spec = {"ca": {"secretName": name}}
    put("clusterissuers", {"apiVersion": _API, "kind": "ClusterIssuer", "metadata": {"name": name}, "spec": spec})
