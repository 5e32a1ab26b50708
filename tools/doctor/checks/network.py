"""Checks of the NetworkPolicies. Whether the cluster enforces them is tried by `pulumi up`, with a pod."""

from collections.abc import Iterator
from typing import Final

from tools.doctor.facts import Facts
from tools.doctor.findings import Finding

_POLICIES: Final = ("closed", "hub", "proxy", "notebooks")
"""Suffixes of the policies that every stack has."""
_NOT_ENFORCING: Final = "flannel"
"""Network plugin that ignores NetworkPolicies, unless another program beside it enforces them."""
_ENFORCING: Final = ("calico", "canal", "cilium", "antrea", "kube-router", "network-polic", "anetd", "weave", "ovn")


def policies(facts: Facts) -> Iterator[Finding]:
    """Find policies that are not there, and a network plugin that ignores all."""
    if not facts.settings.network.policies or facts.namespace is None:
        return
    there = {one.metadata.name for one in facts.policies}
    names = [f"{facts.settings.name}-{suffix}" for suffix in _POLICIES]
    missing = [name for name in names if name not in there]
    if missing and "policies" not in facts.unread:
        yield Finding(
            title=f"NetworkPolicies are missing: {', '.join(missing)}",
            why=("Connections are open that should be closed, or ones that the hub needs are closed.",),
            fix="pulumi up --refresh",
        )
    plugins = [one.metadata.name for one in facts.plugins]
    ignores = next((name for name in plugins if _NOT_ENFORCING in name), None)
    if ignores and not any(word in name for name in plugins for word in _ENFORCING):
        yield Finding(
            title=f"The cluster does not enforce NetworkPolicies: its network plugin is {ignores}",
            fix="People reach notebooks of others and the private network. Use a plugin that enforces them: "
            "docs/network.md#check-after-the-rollout",
            severity="warning",
        )
