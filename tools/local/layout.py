"""Names, addresses and folders of the local cluster."""

from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from tools import paths

NAME = "jupyterhub-local"
"""The cluster, its kubeconfig context and its one node."""

PODS = IPv4Network("10.210.0.0/24")
"""The pods' addresses."""
SERVICES = IPv4Network("10.211.0.0/24")
"""The Services' cluster addresses."""
LOAD_BALANCERS = IPv4Network("127.100.0.0/24")
"""The addresses of Services of type LoadBalancer: on loopback, so that only this machine reaches them."""

BRIDGE = "jupyterhub0"
"""The network interface that joins the pods."""
NODE_ADDRESS = IPv4Address("10.210.0.1")
"""The node's address, which is the bridge's."""
API_ADDRESS = SERVICES[1]
"""The Service `kubernetes` of the namespace `default`."""

API_PORT = 16443
ETCD_PORT = 12379
ETCD_PEER_PORT = 12380
KUBELET_PORT = 20250
PROXY_METRICS_PORT = 20249
HEALTH_PORTS = {
    "kubelet": 20248,
    "kube-proxy": 20256,
    "kube-controller-manager": 20257,
    "kube-scheduler": 20259,
    "cloud": 20258,
}
"""Loopback ports of the health checks; unusual ones, to avoid conflicts with another cluster."""

DATA = paths.STATE / "cluster"
"""Data that survives a stop of the cluster: etcd, images, volumes, keys."""
LOCK = paths.STATE / "cluster.lock"
"""Lock of the process that starts or stops the cluster."""
KUBECONFIG = paths.STATE / "kubeconfig"
"""The kubeconfig of the cluster's administrator."""
VOLUMES = DATA / "volumes"
"""A folder for each PersistentVolume."""
LOGS = paths.STATE / "logs"
"""The log of each part of the cluster."""
RUN = Path("/run") / NAME
"""Sockets and process ids: gone after a reboot, as the processes are. Short, as a socket's path must be."""

CONTAINERD_SOCKET = RUN / "containerd.sock"
PAUSE_IMAGE = f"localhost/{NAME}/pause:1"
STORAGE_CLASS = "standard-rwo"
"""The default StorageClass, with its name on GKE."""
PROVISIONER = f"{NAME}/volumes"

DEBIAN_PACKAGES = {
    "containerd": "containerd",
    "runc": "runc",
    "/usr/lib/cni/bridge": "containernetworking-plugins",
    "iptables": "iptables",
    "conntrack": "conntrack",
    "ip": "iproute2",
    "buildah": "buildah",
    "mmdebstrap": "mmdebstrap",
}
"""The Debian package of each program."""
