"""Kubernetes API servers of their own: etcd and kube-apiserver on loopback ports, without nodes.

The only controllers are those that finish the deletion of objects and namespaces.
"""

import socket
import subprocess
import time
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme
import yaml
from kubernetes.client import CoreV1Api
from kubernetes.client.api_client import ApiClient
from kubernetes.client.exceptions import ApiException
from kubernetes.config import new_client_from_config
from urllib3.exceptions import HTTPError

from tools.local import control_plane

_SECONDS = 120


@dataclass(frozen=True, kw_only=True)
class ApiServer:
    """A running API server, and so a cluster of its own."""

    name: str
    """Name of the context in its kubeconfig."""
    kubeconfig: Path
    """The kubeconfig of its administrator."""
    command: Sequence[str | Path]
    """The command of the API server, without etcd."""
    processes: ExitStack
    """The running process of the command."""

    def start(self) -> None:
        """Start the API server, and wait until it answers."""
        log = self.kubeconfig.with_name("apiserver.log")
        process = self.processes.enter_context(running(self.command, log))
        deadline = time.monotonic() + _SECONDS
        while not _answers(self):
            assert process.poll() is None, log.read_text()[-3000:]
            assert time.monotonic() < deadline
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop the API server; etcd keeps the objects."""
        self.processes.close()

    @property
    def client(self) -> ApiClient:
        """A client with cluster-admin rights."""
        return new_client_from_config(str(self.kubeconfig))

    @property
    def core(self) -> CoreV1Api:
        """The core API."""
        return CoreV1Api(self.client)


@contextmanager
def api_server(name: str, folder: Path) -> Generator[ApiServer]:
    """Start an API server with its data in `folder`, and stop it at the end of the block."""
    folder.mkdir(parents=True)
    ca = trustme.CA()
    server, keys = folder / "server.pem", folder / "keys.pem"
    server.write_bytes(ca.issue_cert("127.0.0.1", "localhost").private_key_and_cert_chain_pem.bytes())
    keys.write_bytes(ca.issue_cert("keys", key_type=trustme.KeyType.RSA).private_key_pem.bytes())
    ca.cert_pem.write_to_path(str(folder / "ca.pem"))
    client, peer, port = free_port(), free_port(), free_port()
    etcd = [
        control_plane.etcd(),
        f"--data-dir={folder / 'etcd'}",
        f"--listen-client-urls=http://127.0.0.1:{client}",
        f"--advertise-client-urls=http://127.0.0.1:{client}",
        f"--listen-peer-urls=http://127.0.0.1:{peer}",
        f"--initial-advertise-peer-urls=http://127.0.0.1:{peer}",
        f"--initial-cluster=default=http://127.0.0.1:{peer}",
        "--unsafe-no-fsync",
    ]
    apiserver = [
        control_plane.program(control_plane.API_SERVER),
        f"--etcd-servers=http://127.0.0.1:{client}",
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        f"--secure-port={port}",
        f"--tls-cert-file={server}",
        f"--tls-private-key-file={server}",
        f"--client-ca-file={folder / 'ca.pem'}",
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
        f"--service-account-key-file={keys}",
        f"--service-account-signing-key-file={keys}",
        "--service-cluster-ip-range=10.96.0.0/24",
        "--authorization-mode=RBAC",
        "--endpoint-reconciler-type=none",
        # Nothing creates default ServiceAccounts, and nothing runs in this cluster.
        "--disable-admission-plugins=ServiceAccount",
        "--feature-gates=SizeBasedListCostEstimate=false",
        "--profiling=false",
    ]
    kubeconfig = _kubeconfig(name, folder, ca, port)
    controllers = [
        control_plane.program("kube-controller-manager"),
        f"--kubeconfig={kubeconfig}",
        "--controllers=garbage-collector-controller,namespace-controller",
        "--leader-elect=false",
        "--secure-port=0",
    ]
    with running(etcd, folder / "etcd.log"), ExitStack() as processes:
        started = ApiServer(name=name, kubeconfig=kubeconfig, command=apiserver, processes=processes)
        started.start()
        with running(controllers, folder / "controllers.log"):
            yield started


def _answers(server: ApiServer) -> bool:
    try:
        server.core.read_namespace("kube-system")
    except (ApiException, HTTPError):
        return False
    return True


def _kubeconfig(name: str, folder: Path, ca: trustme.CA, port: int) -> Path:
    user = ca.issue_cert("client", common_name="operator", organization_name="system:masters")
    pem = folder / "client.pem"
    pem.write_bytes(user.private_key_and_cert_chain_pem.bytes())
    cluster = {"server": f"https://127.0.0.1:{port}", "certificate-authority": str(folder / "ca.pem")}
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "clusters": [{"name": name, "cluster": cluster}],
        "users": [{"name": name, "user": {"client-certificate": str(pem), "client-key": str(pem)}}],
    }
    file = folder / "kubeconfig"
    file.write_text(yaml.safe_dump(content))
    return file


@contextmanager
def running(command: Sequence[str | Path], log: Path) -> Generator[subprocess.Popen[bytes]]:
    """Run a program with its output in a file, and end it at the end of the block."""
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT) as process:
        try:
            yield process
        finally:
            process.kill()  # an API server takes up to a minute to end by itself
            process.wait()


def free_port() -> int:
    """Return a port of this machine that nothing uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
