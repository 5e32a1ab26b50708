"""The `restricted` Pod Security Standard, all of its controls as of Kubernetes 1.34.

Where a namespace enforces it, Kubernetes refuses such a pod only when it is made: of a Deployment that is after the
deployment. Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/
"""

from collections.abc import Iterator, Sequence
from typing import Final, cast

from policy import pods
from policy.pods import Pod, Properties, as_map

_VOLUMES: Final = {
    *("configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected"),
    "secret",
}
_SYSCTLS: Final = {
    "kernel.shm_rmid_forced",
    *(f"net.ipv4.ip_{name}" for name in ("local_port_range", "local_reserved_ports", "unprivileged_port_start")),
    *(f"net.ipv4.tcp_{name}" for name in ("fin_timeout", "rmem", "syncookies", "wmem")),
    *(f"net.ipv4.tcp_keepalive_{name}" for name in ("intvl", "probes", "time")),
    "net.ipv4.ping_group_range",
}
_PROFILES: Final = {"RuntimeDefault", "Localhost"}
_SELINUX_TYPES: Final = {"", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"}
_APP_ARMOR: Final = "container.apparmor.security.beta.kubernetes.io/"
"""How annotations begin by which AppArmor's profiles were named before there was a field."""


def restricted(type_: str, props: Properties) -> Iterator[str]:
    """What the `restricted` Pod Security Standard asks for."""
    for pod in pods.of(type_, props):
        yield from _of_pod(pod)
        yield from _of_context("The pod", as_map(pod.spec.get("securityContext")))
        for container in pod.containers:
            yield from _of_container(container)
            yield from _of_context(_named(container), as_map(container.get("securityContext")))
            yield from _unset(container, pod)


def _of_pod(pod: Pod) -> Iterator[str]:
    for share in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.spec.get(share):
            yield f"The pod shares what is the node's: leave {share} out."
    for volume in cast("Sequence[Properties]", pod.spec.get("volumes") or ()):
        for source, value in volume.items():
            if source not in {"name", *_VOLUMES} and value is not None:
                yield f"Volume {volume.get('name')} is a {source}: take a persistentVolumeClaim, or what else is safe."
    for sysctl in cast("Sequence[Properties]", as_map(pod.spec.get("securityContext")).get("sysctls") or ()):
        if sysctl.get("name") not in _SYSCTLS:
            yield f"The pod sets {sysctl.get('name')}, which is the node's: leave it out of securityContext.sysctls."
    for key, profile in as_map(pod.metadata.get("annotations")).items():
        if key.startswith(_APP_ARMOR) and not (
            profile in {"", "runtime/default"} or str(profile).startswith("localhost/")
        ):
            yield f"The pod runs without AppArmor's profile: leave the annotation {key} out."


def _of_context(who: str, security: Properties) -> Iterator[str]:
    """What pod and container can both say."""
    if as_map(security.get("windowsOptions")).get("hostProcess"):
        yield f"{who} is a process of the node: leave securityContext.windowsOptions.hostProcess out."
    if security.get("runAsNonRoot") is False:
        yield f"{who} may run as root: set securityContext.runAsNonRoot to true."
    if security.get("runAsUser") == 0:
        yield f"{who} runs as root: set securityContext.runAsUser to another number, or leave it out."
    for profile in ("seccompProfile", "appArmorProfile"):
        set_ = as_map(security.get(profile)).get("type")
        if set_ not in {None, *_PROFILES}:
            yield f"{who} has no limits ({set_}): set securityContext.{profile}.type to RuntimeDefault."
    selinux = as_map(security.get("seLinuxOptions"))
    if (selinux.get("type") or "") not in _SELINUX_TYPES or selinux.get("user") or selinux.get("role"):
        yield f"{who} takes other rights of SELinux: leave securityContext.seLinuxOptions out."


def _of_container(container: Properties) -> Iterator[str]:
    """What only a container can say."""
    name, security = _named(container), as_map(container.get("securityContext"))
    if security.get("privileged"):
        yield f"{name} is privileged: leave securityContext.privileged out."
    if security.get("procMount") not in {None, "Default"}:
        yield f"{name} sees all of /proc: leave securityContext.procMount out."
    for capability in as_map(security.get("capabilities")).get("add") or ():
        if capability != "NET_BIND_SERVICE":
            yield f"{name} gains {capability}: leave it out of securityContext.capabilities.add."
    for port in cast("Sequence[Properties]", container.get("ports") or ()):
        if port.get("hostPort"):
            yield f"{name} takes port {port['hostPort']:.0f} of the node: leave ports.hostPort out."
    for place, asked in _asked(container):
        if asked.get("host"):
            yield f"{name} lets the node ask {asked['host']}: leave {place}.host out."


def _unset(container: Properties, pod: Pod) -> Iterator[str]:
    """What a container, or its pod, has to say. Windows knows only one of these."""
    name, security = _named(container), as_map(container.get("securityContext"))
    of_pod = as_map(pod.spec.get("securityContext"))
    if security.get("runAsNonRoot") is None and of_pod.get("runAsNonRoot") is None:
        yield f"{name} may run as root: set securityContext.runAsNonRoot to true."
    if as_map(pod.spec.get("os")).get("name") == "windows":
        return
    if security.get("allowPrivilegeEscalation") is not False:
        yield f"{name} may gain rights: set securityContext.allowPrivilegeEscalation to false."
    if "ALL" not in (as_map(security.get("capabilities")).get("drop") or ()):
        yield f"{name} keeps capabilities: set securityContext.capabilities.drop to [ALL]."
    if not any(as_map(one.get("seccompProfile")).get("type") for one in (security, of_pod)):
        yield f"{name} may ask the kernel for all: set securityContext.seccompProfile.type to RuntimeDefault."


def _asked(container: Properties) -> Iterator[tuple[str, Properties]]:
    """What the node asks to learn how the container is, or to tell it something; and where that stands."""
    lifecycle = as_map(container.get("lifecycle"))
    askers = {
        **{probe: container.get(probe) for probe in ("livenessProbe", "readinessProbe", "startupProbe")},
        **{f"lifecycle.{hook}": lifecycle.get(hook) for hook in ("postStart", "preStop")},
    }
    for place, asker in askers.items():
        for way in ("httpGet", "tcpSocket"):
            yield f"{place}.{way}", as_map(as_map(asker).get(way))


def _named(container: Properties) -> str:
    return f"Container {container.get('name')}"
