"""The node: containerd, the kubelet, kube-proxy and the name server."""

import os
import shlex
import shutil
import signal
import time
from collections.abc import Sequence
from pathlib import Path

import yaml

from tools.commands import attempt, run
from tools.errors import ToolError
from tools.local import certificates, layout
from tools.local.control_plane import program
from tools.local.processes import require_running, start, stop

CONTAINERD = "containerd"
AGENTS = ("kubelet", "kube-proxy", "coredns")

CTR: Sequence[str] = ("ctr", "--address", str(layout.CONTAINERD_SOCKET))
"""containerd's own client, pointed at this cluster's containerd."""

_KUBERNETES: Sequence[str] = (*CTR, "--namespace", "k8s.io")

_KUBELET = layout.DATA / "kubelet"
_CONTAINERD_STATE = layout.RUN / "containerd"


def start_containerd() -> None:
    """Start containerd and wait until it answers."""
    root = layout.DATA / "containerd"
    root.mkdir(parents=True, exist_ok=True)
    layout.RUN.mkdir(parents=True, exist_ok=True)
    configuration = layout.DATA / "containerd.toml"
    configuration.write_text(_CONTAINERD.format(root=root, state=_CONTAINERD_STATE, layout=layout))
    start(CONTAINERD, ["containerd", "--config", configuration])
    for _ in range(150):
        require_running(CONTAINERD)
        if attempt([*CTR, "version"]):
            return
        time.sleep(0.2)
    message = f"containerd does not answer. Its log: {layout.LOGS / 'containerd.log'}"
    raise ToolError(message)


def start_agents() -> None:
    """Start the kubelet, kube-proxy and the name server; the API server must answer."""
    _KUBELET.mkdir(parents=True, exist_ok=True)
    node = certificates.kubeconfig(f"system:node:{layout.NAME}", ["system:nodes"])
    settings = layout.DATA / "kubelet.yaml"
    settings.write_text(yaml.safe_dump(_kubelet_settings(), sort_keys=False))
    start(
        "kubelet",
        [
            program("kubelet"),
            f"--config={settings}",
            f"--kubeconfig={node}",
            f"--root-dir={_KUBELET}",
            f"--hostname-override={layout.NAME}",
            f"--node-ip={layout.NODE_ADDRESS}",
        ],
    )
    start(
        "kube-proxy",
        [
            program("kube-proxy"),
            f"--kubeconfig={certificates.kubeconfig('system:kube-proxy')}",
            "--proxy-mode=iptables",
            f"--cluster-cidr={layout.PODS}",
            f"--hostname-override={layout.NAME}",
            f"--bind-address={layout.NODE_ADDRESS}",
            "--nodeport-addresses=127.0.0.0/8",
            f"--healthz-bind-address=127.0.0.1:{layout.HEALTH_PORTS['kube-proxy']}",
            f"--metrics-bind-address=127.0.0.1:{layout.PROXY_METRICS_PORT}",
            # The kernel's limit belongs to the machine, not to this cluster.
            "--conntrack-max-per-core=0",
        ],
    )
    corefile = layout.DATA / "Corefile"
    corefile.write_text(
        _COREFILE.format(layout=layout, kubeconfig=certificates.kubeconfig("coredns", ["system:masters"]))
    )
    start("coredns", [program("coredns"), "-conf", corefile])


def stop_agents() -> None:
    """Stop the kubelet, kube-proxy and the name server, and remove kube-proxy's firewall rules."""
    for name in AGENTS:
        stop(name)
    if program("kube-proxy").exists() and shutil.which("iptables"):
        run([program("kube-proxy"), "--cleanup"], doing="Removing kube-proxy's firewall rules")
        _remove_kubelet_chains()


def stop_containerd() -> None:
    """Stop all containers, then containerd, and remove their mounts and control groups."""
    try:
        start_containerd()  # after a crash only containerd can list and kill its containers
        remove_containers()
    finally:
        stop(CONTAINERD)
        _kill_shims()
        _unmount()
        _remove_cgroups()


def remove_containers() -> None:
    """Kill all containers of a stopped cluster; the images stay."""
    for task in run([*_KUBERNETES, "tasks", "list", "--quiet"]).split():
        attempt([*_KUBERNETES, "tasks", "kill", "--signal", "SIGKILL", task])
        attempt([*_KUBERNETES, "tasks", "delete", "--force", task])
    for container in run([*_KUBERNETES, "containers", "list", "--quiet"]).split():
        attempt([*_KUBERNETES, "containers", "delete", container])


def import_image(archive: Path) -> None:
    """Import the images of a docker archive."""
    run([*_KUBERNETES, "images", "import", archive], doing=f"Importing {archive.name}")


def _kill_shims() -> None:
    """Kill container shims that outlived this cluster's containerd."""
    mark = str(layout.CONTAINERD_SOCKET)
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue  # it has ended meanwhile
        if "containerd-shim" in words[0] and mark in words:
            os.kill(int(folder.name), signal.SIGKILL)


def _unmount() -> None:
    for point in _mounts():
        run(["umount", "--lazy", point], doing=f"Unmounting {point}")


def _mounts() -> list[str]:
    """Mount points below our folders, the deepest first."""
    ours = (f"{_KUBELET}/", f"{_CONTAINERD_STATE}/", f"{layout.DATA}/containerd/")
    points = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    return sorted((point for point in points if f"{point}/".startswith(ours)), reverse=True)


def _remove_cgroups() -> None:
    """Remove the kubelet's control groups: one hierarchy in version 2, one a controller in version 1."""
    top = Path("/sys/fs/cgroup")
    for group in (*top.glob("kubepods"), *top.glob("*/kubepods")):
        for folder in sorted((path for path in group.rglob("*") if path.is_dir()), reverse=True):
            _remove_cgroup(folder)
        _remove_cgroup(group)


def _remove_cgroup(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return  # a process is ending in it; an empty group is harmless


def _remove_kubelet_chains() -> None:
    """Remove the firewall chains of the kubelet, which it leaves behind."""
    for table in ("mangle", "nat", "filter"):
        lines = [shlex.split(line) for line in run(["iptables-save", "--table", table]).splitlines()]
        for words in lines:
            if words[0] == "-A" and any(word.startswith("KUBE-") for word in words):
                attempt(["iptables", "--table", table, "-D", *words[1:]])
        for words in lines:
            if words[0].startswith(":KUBE-"):
                attempt(["iptables", "--table", table, "-X", words[0][1:]])


def _kubelet_settings() -> dict[str, object]:
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": str(layout.NODE_ADDRESS),
        "port": layout.KUBELET_PORT,
        "healthzBindAddress": "127.0.0.1",
        "healthzPort": layout.HEALTH_PORTS["kubelet"],
        "tlsCertFile": str(certificates.SERVER),
        "tlsPrivateKeyFile": str(certificates.SERVER),
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(certificates.CA_CERTIFICATE)},
        },
        "authorization": {"mode": "Webhook"},
        "containerRuntimeEndpoint": f"unix://{layout.CONTAINERD_SOCKET}",
        "cgroupDriver": "cgroupfs",
        "failCgroupV1": False,
        "failSwapOn": False,
        "enforceNodeAllocatable": [],
        "clusterDNS": [str(layout.NODE_ADDRESS)],
        "clusterDomain": "cluster.local",
        "resolvConf": "",
        "podLogsDir": str(layout.DATA / "pod-logs"),
        "volumePluginDir": str(_KUBELET / "plugins"),
        # Images come from `make up` only: the node must not delete them, even if the disk is full.
        "imageGCHighThresholdPercent": 100,
        "evictionHard": {"memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%"},
        "nodeStatusMaxImages": -1,
        "nodeStatusUpdateFrequency": "5s",
        "syncFrequency": "10s",
    }


_CONTAINERD = """\
version = 2
root = "{root}"
state = "{state}"

[grpc]
  address = "{layout.CONTAINERD_SOCKET}"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{layout.PAUSE_IMAGE}"
  disable_apparmor = true
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{layout.DATA}/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
"""

_COREFILE = """\
cluster.local in-addr.arpa {{
    bind {layout.NODE_ADDRESS}
    errors
    kubernetes {{
        kubeconfig {kubeconfig} {layout.NAME}
        ttl 1
    }}
}}
# No forward: no query leaves the machine, and names outside of the cluster do not exist. In a block of its own, as
# coredns runs `template` before `kubernetes`, whatever the order here.
. {{
    bind {layout.NODE_ADDRESS}
    errors
    template ANY ANY {{
        rcode NXDOMAIN
    }}
}}
"""
