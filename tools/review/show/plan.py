"""What a deployment would do, one line for each resource, so that it can be compared with what was approved."""

import hashlib
import json
from typing import Final

from tools.review.log import resources
from tools.review.log.events import Log
from tools.review.log.resources import ResourceState

_QUIET: Final = {"same", "read", "refresh", "create-replacement", "delete-replaced"}
"""What changes nothing, and the parts of a replacement."""
_TRIED: Final = "pulumi-python:dynamic/jupyterhub:Rollout"
"""Has no digest: its inputs say which generation of the StatefulSet a trial in the cluster gave, and not every account
may make one. What it waits for has a line of its own."""
_DIGITS: Final = 16


def lines(log: Log) -> list[str]:
    """Returns what is done, to which resource, which inputs become others, and a digest of all that it will have.

    Everybody may read it: a line holds no value, and secrets are left out of the digest, so that none can be guessed
    from it. Names that Pulumi makes up are as they are shown. So it is the same for the same plan, whoever looks at it.
    """
    names = resources.made_up_names(
        [step.old for step in log.steps if step.old is not None],
        [step.new for step in log.steps if step.new is not None],
    )
    return sorted(
        " ".join([step.operation, known.urn, *_changed(step.old, step.new, names), *_digest(step.new, names)])
        for step in log.steps
        if step.operation not in _QUIET and (known := step.new or step.old) is not None
    )


def _changed(old: ResourceState | None, new: ResourceState | None, names: dict[str, str]) -> list[str]:
    """The inputs that differ; of a new resource and of one that goes, none is named."""
    if old is None or new is None:
        return []
    return [change.path for change in resources.changes(old.inputs, new.inputs, names)]


def _digest(new: ResourceState | None, names: dict[str, str]) -> list[str]:
    if new is None or new.type == _TRIED:
        return []
    text = json.dumps(resources.renamed(new.inputs, names), sort_keys=True)
    return [hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]]
