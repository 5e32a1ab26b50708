"""The Cloud Armor policy of `endpoint.sourceRanges`."""

from collections.abc import Sequence
from typing import Final

import pulumi
from pulumi_gcp import compute

from settings import Settings

_RANGES_PER_RULE: Final = 10
"""Google's limit."""
FIRST_PRIORITY: Final = 1000
"""Priority of the first rule; it leaves room for rules that people add before it."""
_PRIORITY_STEP: Final = 10
"""Distance of priorities; it leaves room for rules that people add in between."""
DEFAULT_PRIORITY: Final = 2_147_483_647
"""Priority of the default rule, which each policy has."""


def security_policy(name: str, settings: Settings, opts: pulumi.ResourceOptions) -> "compute.SecurityPolicy":
    """Return a policy that lets `endpoint.sourceRanges` in and answers everybody else with status 403.

    It has no rate limits, which would hit a whole class behind one address, and no adaptive protection, which needs
    hours to learn what traffic is normal.
    """
    ranges = settings.endpoint.source_ranges
    batches = [ranges[start : start + _RANGES_PER_RULE] for start in range(0, len(ranges), _RANGES_PER_RULE)]
    allowed = [
        _rule("allow", FIRST_PRIORITY + index * _PRIORITY_STEP, batch, "endpoint.sourceRanges")
        for index, batch in enumerate(batches)
    ]
    return compute.SecurityPolicy(
        name,
        description=f"Source ranges of {settings.endpoint.hostname}",
        type="CLOUD_ARMOR",
        rules=[*allowed, _rule("deny(403)", DEFAULT_PRIORITY, ["*"], "Everybody else")],
        opts=opts,
    )


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
