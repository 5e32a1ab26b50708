"""The pods' network: one bridge, without a route to anything but this machine.

Packets from the bridge use a routing table of their own, which has the pods only. All other addresses are unreachable
for a pod, independent of any firewall.
"""

import json
import shutil
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import cast

from tools.commands import attempt, run
from tools.errors import ToolError
from tools.local import layout

_TABLE = "210"
_PRIORITY = "210"
_SAVED = layout.RUN / "sysctls.json"
_CHAIN = "JUPYTERHUB-LOCAL"
_ADDRESSES = layout.RUN / "ipam"


def _wanted_sysctls() -> dict[str, str]:
    return {
        "net/ipv4/ip_forward": "1",
        # Packets to a load balancer's loopback address go on to a pod, from loopback to the bridge.
        "net/ipv4/conf/all/route_localnet": "1",
        "net/bridge/bridge-nf-call-iptables": "1",
        # No link-local address for the host's end of a pod's connection: a browser on this machine takes each new
        # address for a change of network, and cancels the requests under way. JupyterLab then never loads.
        "net/ipv6/conf/default/addr_gen_mode": "1",
    }


def check_free() -> None:
    """Check that this machine has no other route to the cluster's ranges.

    Raises:
        ToolError: It has one; the message names the route and its interface.
    """
    for route in _json("ip", "-j", "-4", "route", "show", "table", "main"):
        device = route.get("dev", "")
        target = route["dst"]
        if device == layout.BRIDGE or target == "default" or route.get("type") == "unreachable":
            continue
        for network in (layout.PODS, layout.SERVICES):
            if IPv4Network(target, strict=False).overlaps(network):
                message = (
                    f"The local cluster needs the addresses {network}, but this machine has a route to {target} "
                    f"(interface {device}). "
                    "Remove that route, or use a cluster of your own: set `kubernetes.context`."
                )
                raise ToolError(message)


def up() -> None:
    """Make the bridge, its routes and the CNI configuration, from any state that an earlier run left."""
    _set_sysctls()
    if not _exists():
        run(["ip", "link", "add", layout.BRIDGE, "type", "bridge"], doing="Making the pods' bridge")
    run(["ip", "address", "replace", f"{layout.NODE_ADDRESS}/{layout.PODS.prefixlen}", "dev", layout.BRIDGE])
    run(["ip", "link", "set", layout.BRIDGE, "up"])
    # Without this, packets to an unused Service address would take the default route.
    run(["ip", "route", "replace", "unreachable", str(layout.SERVICES)])
    run(["ip", "route", "replace", str(layout.PODS), "dev", layout.BRIDGE, "table", _TABLE])
    run(["ip", "route", "replace", "unreachable", "default", "table", _TABLE])
    if not _rules():
        run(["ip", "rule", "add", "priority", _PRIORITY, "iif", layout.BRIDGE, "lookup", _TABLE])
    _guard()
    _write_cni()


def down() -> None:
    """Remove all of it, and restore the kernel's settings."""
    if shutil.which("iptables"):
        _remove_guard()
    for _ in _rules():
        run(["ip", "rule", "delete", "priority", _PRIORITY])
    attempt(["ip", "route", "flush", "table", _TABLE])
    attempt(["ip", "route", "delete", "unreachable", str(layout.SERVICES)])
    if _exists():
        run(["ip", "link", "delete", layout.BRIDGE])
    _delete_namespaces()
    _restore_sysctls()


def forget_addresses() -> None:
    """Free the addresses of deleted pods, which the CNI plugin leaves behind after a crash."""
    shutil.rmtree(_ADDRESSES, ignore_errors=True)


def _exists() -> bool:
    return Path("/sys/class/net", layout.BRIDGE).exists()


def _rules() -> list[dict[str, str]]:
    return _json("ip", "-j", "rule", "show", "priority", _PRIORITY)


def _json(*command: str) -> list[dict[str, str]]:
    try:
        printed = run(command)
    except ToolError:
        return []  # "FIB table does not exist": nothing is in it
    return cast("list[dict[str, str]]", json.loads(printed or "[]"))


def _guard() -> None:
    """Allow only loopback and the pods to connect to the API server, which listens on every address."""
    if shutil.which("iptables"):
        _remove_guard()
        run(["iptables", "-N", _CHAIN])
        for interface in ("lo", layout.BRIDGE):
            run(["iptables", "-A", _CHAIN, "-i", interface, "-j", "RETURN"])
        run(["iptables", "-A", _CHAIN, "-p", "tcp", "--dport", str(layout.API_PORT), "-j", "REJECT"])
        run(["iptables", "-I", "INPUT", "1", "-j", _CHAIN])
        run(["iptables", "-I", "FORWARD", "1", "-i", layout.BRIDGE, "!", "-o", layout.BRIDGE, "-j", "REJECT"])


def _remove_guard() -> None:
    attempt(["iptables", "-D", "FORWARD", "-i", layout.BRIDGE, "!", "-o", layout.BRIDGE, "-j", "REJECT"])
    attempt(["iptables", "-D", "INPUT", "-j", _CHAIN])
    attempt(["iptables", "-F", _CHAIN])
    attempt(["iptables", "-X", _CHAIN])


def _set_sysctls() -> None:
    before = {name: _sysctl(name).read_text().strip() for name in _wanted_sysctls() if _sysctl(name).exists()}
    before |= _read_saved()
    if not _sysctl("net/bridge/bridge-nf-call-iptables").exists():
        attempt(["modprobe", "br_netfilter"])
    _SAVED.parent.mkdir(parents=True, exist_ok=True)
    _SAVED.write_text(json.dumps(before))
    for name, value in _wanted_sysctls().items():
        if _sysctl(name).exists():
            _sysctl(name).write_text(value)


def _restore_sysctls() -> None:
    for name, value in _read_saved().items():
        _sysctl(name).write_text(value)
    _SAVED.unlink(missing_ok=True)


def _read_saved() -> dict[str, str]:
    return cast("dict[str, str]", json.loads(_SAVED.read_text())) if _SAVED.exists() else {}


def _sysctl(name: str) -> Path:
    return Path("/proc/sys") / name


def _delete_namespaces() -> None:
    """Delete network namespaces that a crash left behind: those with an address of the pods."""
    folder = Path("/run/netns")
    for namespace in folder.glob("cni-*") if folder.is_dir() else ():
        links = _json("ip", "-n", namespace.name, "-j", "-4", "address")
        inside = [entry["local"] for link in links for entry in cast("list[dict[str, str]]", link.get("addr_info", []))]
        if any(IPv4Address(address) in layout.PODS for address in inside):
            attempt(["ip", "netns", "delete", namespace.name])


def _write_cni() -> None:
    folder = layout.DATA / "cni"
    folder.mkdir(parents=True, exist_ok=True)
    plugins = [
        {
            "type": "bridge",
            "bridge": layout.BRIDGE,
            "isDefaultGateway": True,
            "hairpinMode": True,
            "ipam": {
                "type": "host-local",
                "dataDir": str(_ADDRESSES),
                "ranges": [[{"subnet": str(layout.PODS), "gateway": str(layout.NODE_ADDRESS)}]],
            },
        },
        {"type": "portmap", "capabilities": {"portMappings": True}},
    ]
    configuration = {"cniVersion": "0.4.0", "name": layout.NAME, "plugins": plugins}
    (folder / "10-bridge.conflist").write_text(json.dumps(configuration, indent=2))
