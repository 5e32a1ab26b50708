"""The plan of a deployment, one line for each resource, to compare it with the approved plan."""

import hashlib
import json
from typing import Final

from tools.review.log import resources
from tools.review.log.model import Preview, ResourceState

_QUIET: Final = {"same", "read", "refresh", "create-replacement", "delete-replaced"}
"""Steps that change nothing, and the parts of a replacement."""
_ASK_THE_CLUSTER: Final = {
    f"pulumi-python:dynamic/jupyterhub:{name}"
    for name in ("Rollout", "ConnectionCheck", "ClusterIdentity", "IngressCheck")
}
"""Without digest: generations come from a server-side dry run, and the cluster's identity from a namespace, which not
every account may do and read. StatefulSet, NetworkPolicies and Ingress have their own lines."""
_DIGITS: Final = 16


def lines(preview: Preview) -> list[str]:
    """Return operation, URN, changed inputs and a digest of the new inputs of each resource that changes.

    The lines are public: they have no values, and secrets are not part of the digest. Auto-generated names are
    normalized, so equal plans give equal lines.
    """
    names = resources.auto_names((step.old for step in preview.steps), (step.new for step in preview.steps))
    return sorted(
        " ".join([step.operation, known.urn, *_changed(step.old, step.new, names), *_digest(step.new, names)])
        for step in preview.steps
        if step.operation not in _QUIET and (known := step.new or step.old) is not None
    )


def _changed(old: ResourceState | None, new: ResourceState | None, names: dict[str, str]) -> list[str]:
    """Return the paths of changed inputs; none for a new or deleted resource."""
    if old is None or new is None:
        return []
    return [change.path for change in resources.changes(old.inputs, new.inputs, names)]


def _digest(new: ResourceState | None, names: dict[str, str]) -> list[str]:
    if new is None or new.type in _ASK_THE_CLUSTER:
        return []
    text = json.dumps(resources.renamed(new.inputs, names), sort_keys=True)
    return [hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]]
