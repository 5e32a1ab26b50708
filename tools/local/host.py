"""Requirements of the local cluster on this machine, checked before anything is created."""

import os
import platform
import shutil
import socket
from collections.abc import Mapping
from pathlib import Path

from tools.commands import attempt, run
from tools.errors import ToolError
from tools.local import layout
from tools.local.processes import is_running, start_time
from tools.steps import say, step

_ALTERNATIVE = (
    "To use another cluster instead: make up CLUSTER=kind, with Docker, or CLUSTER=<context of your kubeconfig>"
)
_KUBERNETES = {"kubelet", "kube-proxy", "k3s", "k3s-server", "microk8s"}


def check() -> None:
    """Check that the local cluster can run on this machine.

    Raises:
        ToolError: It cannot; the message has the reason and the alternative.
    """
    if reason := _obstacle():
        message = f"The local cluster cannot run here: {reason}.\n{_ALTERNATIVE}"
        raise ToolError(message)


def unsuitable() -> str:
    """Return why this kind of machine or user can never run the local cluster; empty if they can."""
    if platform.system() != "Linux":
        return f"it needs Linux, and this is {platform.system()}"
    if os.geteuid() != 0:
        return "it needs root (it makes network interfaces and mounts), and you are not root"
    return ""


def _obstacle() -> str:
    if reason := unsuitable():
        return reason
    if "\toverlay\n" not in Path("/proc/filesystems").read_text() and not attempt(["modprobe", "overlay"]):
        return "this kernel has no overlayfs"
    if not is_running("kubelet") and (other := other_kubernetes()):
        return f"another Kubernetes runs on this machine ({other})"
    ports = {
        "etcd": [layout.ETCD_PORT, layout.ETCD_PEER_PORT],
        "kube-apiserver": [layout.API_PORT],
        **{name: [port] for name, port in layout.HEALTH_PORTS.items()},
    }
    taken = [port for name, needed in ports.items() if not is_running(name) for port in needed if is_taken(port)]
    if taken:
        return f"port {', '.join(map(str, taken))} of 127.0.0.1 is in use by another program (see: ss -ltnp)"
    return ""


def install_packages(needed: Mapping[str, str] = layout.DEBIAN_PACKAGES) -> None:
    """Install the missing Debian packages, and print their names.

    Args:
        needed: The Debian package of each program.

    Raises:
        ToolError: A program is missing and there is no apt-get, or apt-get failed.
    """
    missing = sorted({package for program, package in needed.items() if shutil.which(program) is None})
    if not missing:
        return
    if shutil.which("apt-get") is None:
        message = (
            "These Debian packages are missing, and there is no apt-get to install them: "
            f"{', '.join(missing)}.\n{_ALTERNATIVE}"
        )
        raise ToolError(message)
    say(f"  Installing Debian packages: {', '.join(missing)}")
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *missing]
    with step("apt-get install"):
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        run(["apt-get", "update"], env=quiet, doing="apt-get update")
        run(install, env=quiet, doing=f"apt-get install {' '.join(missing)}")


def is_taken(port: int) -> bool:
    """Return whether a program on this machine listens at a port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def other_kubernetes() -> str:
    """Return a process of another Kubernetes on this machine; empty if there is none."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            name = (folder / "comm").read_text().strip()
        except OSError:
            continue  # it has ended meanwhile
        # After `down`, the cluster's own may be a zombie until the process ends that started it.
        if name in _KUBERNETES and start_time(int(folder.name)) is not None:
            return f"process {folder.name}, {name}"
    return ""
