"""What a deployment would do, one line for each resource, so that it can be compared with what was approved."""

import hashlib
import json
from typing import Final

from review import states
from review.events import Log
from review.states import State

_QUIET: Final = {"same", "read", "refresh", "create-replacement", "delete-replaced"}
"""What changes nothing, and the parts of a replacement."""
_DIGITS: Final = 16


def lines(log: Log) -> list[str]:
    """Returns what is done, to which resource, which inputs become others, and a digest of all that it will have.

    Everybody may read it: a line holds no value, and secrets are left out of the digest, so that none can be guessed
    from it. Names that Pulumi makes up are as they are shown. So it is the same for the same plan, whoever looks at it.
    """
    steps = [step for step in log.steps if step[0] not in _QUIET]
    names = states.made_up_names(
        [old for _, old, _ in log.steps if old is not None], [new for _, _, new in log.steps if new is not None]
    )
    return sorted(
        " ".join([operation, known.urn, *_changed(old, new, names), *_digest(new, names)])
        for operation, old, new in steps
        if (known := new or old) is not None
    )


def _changed(old: State | None, new: State | None, names: dict[str, str]) -> list[str]:
    """The inputs that differ; of a new resource and of one that goes, none is named."""
    if old is None or new is None:
        return []
    return [change.path for change in states.changes(old.inputs, new.inputs, names)]


def _digest(new: State | None, names: dict[str, str]) -> list[str]:
    if new is None:
        return []
    text = json.dumps(states.renamed(new.inputs, names), sort_keys=True)
    return [hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]]
