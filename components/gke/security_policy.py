"""From where the gateway may be reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_gcp import compute

_MOST_RANGES: Final = 10
"""How many ranges one rule takes."""
_FIRST: Final = 1000
"""Priority of the first rule; rules that somebody adds by hand fit before it and between."""
_STEP: Final = 10
_LAST: Final = 2_147_483_647
"""Priority of the rule for everybody else, which each policy has."""


@dataclass(frozen=True, kw_only=True)
class SecurityPolicyArgs:
    """Inputs of `SecurityPolicy`."""

    hostname: str
    """Host name of the hub, for the description."""
    source_ranges: Sequence[str]
    """Ranges from which people come, one at least."""


class SecurityPolicy(pulumi.ComponentResource):
    """A Cloud Armor policy: some ranges may come, and all others get status 403.

    No more than that: limits on the rate of requests would hit a whole class behind one address, and Google learns what
    traffic is normal for some hours before its adaptive protection says anything.
    """

    policy_name: pulumi.Output[str]
    """Name of the policy, by which GKE finds it."""

    def __init__(self, name: str, args: SecurityPolicyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:gke/security_policy:SecurityPolicy", name, None, opts)
        ranges = args.source_ranges
        batches = [ranges[start : start + _MOST_RANGES] for start in range(0, len(ranges), _MOST_RANGES)]
        allowed = [
            _rule("allow", _FIRST + index * _STEP, batch, "endpoint.sourceRanges")
            for index, batch in enumerate(batches)
        ]
        policy = compute.SecurityPolicy(
            f"{name}-policy",
            description=f"From where {args.hostname} may be reached",
            type="CLOUD_ARMOR",
            rules=[*allowed, _rule("deny(403)", _LAST, ["*"], "Everybody else")],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.policy_name = policy.name
        self.register_outputs({"policy_name": self.policy_name})


def _rule(action: str, priority: int, ranges: Sequence[str], description: str) -> "compute.SecurityPolicyRuleArgs":
    return compute.SecurityPolicyRuleArgs(
        action=action,
        priority=priority,
        description=description,
        match=compute.SecurityPolicyRuleMatchArgs(
            versioned_expr="SRC_IPS_V1",
            config=compute.SecurityPolicyRuleMatchConfigArgs(src_ip_ranges=list(ranges)),
        ),
    )
