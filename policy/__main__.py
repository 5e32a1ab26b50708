"""The policy pack for `pulumi preview --policy-pack policy`: one policy for each rule of `rules.py`."""

import sys
from pathlib import Path

from pulumi_policy import (
    EnforcementLevel,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
)

# The engine runs this folder; the package is in its parent.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from policy.rules import RULES, Rule


def _policy(rule: Rule) -> ResourceValidationPolicy:
    def validate(args: ResourceValidationArgs, report_violation: ReportViolation) -> None:
        for violation in rule.check(args.resource_type, args.props):
            report_violation(violation, None)

    level = EnforcementLevel.MANDATORY if rule.mandatory else EnforcementLevel.ADVISORY
    return ResourceValidationPolicy(
        name=rule.name, description=rule.description, enforcement_level=level, validate=validate
    )


PolicyPack(name="jupyterhub", policies=[_policy(rule) for rule in RULES])
