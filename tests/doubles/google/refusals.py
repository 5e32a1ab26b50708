"""Failures of the stand-in on demand of a test, with the messages of the Google provider."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from tests.doubles.google.cloud import GoogleError
from tests.doubles.google.wire import Properties

FAIL = "GCP_STAND_IN_FAIL"
"""Environment variable with the path of a JSON file of failures. It is read at each operation, so tests can change the
failures of a running stand-in."""

NEW_API: Literal["new-api"] = "new-api"
"""Failure of the first attempt alone: the API was enabled a moment ago."""

Verb = Literal["create", "update", "delete"]

_BY_CALL = ("permission", "quota")
_LATER = ("gcp:artifactregistry/", "gcp:certificatemanager/", "gcp:compute/", "gcp:projects/service:", "gcp:sql/")
"""Types with long-running operations."""
_HALF_MADE = ("gcp:container/", "gcp:sql/databaseInstance:")
"""Types with long-running operations whose failure leaves a resource."""
_ASKED = set[str]()
"""Resources that have failed with `NEW_API`."""


class RefusedOnDemandError(GoogleError):
    """A failure on demand."""

    def __init__(self, message: str, *, after: float, identity: str, outputs: Properties | None) -> None:
        super().__init__(message)
        self.after = after
        """Seconds until Google reports it."""
        self.identity = identity
        self.outputs = outputs
        """Outputs of the resource, if it exists after the failure."""


def ways(token: str) -> tuple[str, ...]:
    """Return the kinds of failure of a creation: `permission`, `quota`, `timeout`, `half-made`."""
    if token.startswith(_HALF_MADE):
        return (*_BY_CALL, "timeout", "half-made")
    return (*_BY_CALL, "timeout") if token.startswith(_LATER) else _BY_CALL


def says(way: str) -> str:
    """Return a text in every message of this kind of failure."""
    return {
        "permission": "Permission '",
        "quota": "quota",
        "timeout": "timeout while waiting",
        "half-made": 'was created in the error state "ERROR"',
    }[way]


def demand(file: Path, fail: Mapping[str, str], *, after: float = 0) -> None:
    """Make resources fail from now on; it replaces the earlier demand.

    Args:
        file: The file of the variable `FAIL`.
        fail: By type or URN, the kind of failure.
        after: Seconds until a failure. Operations in parallel with the first failing one start before it fails.
    """
    file.write_text(json.dumps({"after": after, "fail": dict(fail)}))


def refuse_on_demand(verb: Verb, *, urn: str, token: str, identity: str, outputs: Properties | None = None) -> None:
    """Fail if a test demands it.

    Args:
        verb: The operation.
        urn: URN of the resource.
        token: Its type.
        identity: Its id.
        outputs: Its outputs if it exists; then only the failure `half-made` is raised.

    Raises:
        RefusedOnDemandError: A test demands the failure.
    """
    file = os.environ.get(FAIL)
    if not file:
        return
    demanded: dict[str, Any] = json.loads(Path(file).read_text())
    way: str | None = demanded["fail"].get(urn) or demanded["fail"].get(token)
    if way == NEW_API:
        if urn in _ASKED:
            return
        _ASKED.add(urn)
    if way is not None and (way == "half-made") is (outputs is not None):
        message = _message(way, verb, token, identity)
        raise RefusedOnDemandError(message, after=demanded["after"], identity=identity, outputs=outputs)


def _message(way: str, verb: Verb, token: str, identity: str) -> str:
    service, _, resource = token.split(":")[1].partition("/")
    kind = token.rpartition(":")[2]
    cpus = (
        'Error 403: Insufficient regional quota to satisfy request: resource "CPUS": request requires '
        "'12.0' and is short '4.0'. project has a quota of '8.0' with '8.0' available, quotaExceeded"
    )
    calls = (
        "Error 429: Quota exceeded for quota metric 'Write requests' and limit 'Write requests per minute' of service "
        f"'{service}.googleapis.com', rateLimitExceeded"
    )
    return {
        "permission": (
            f"googleapi: Error 403: Permission '{service}.{resource}s.{verb}' denied on '{identity}'., forbidden"
        ),
        "quota": f"googleapi: {cpus if service == 'container' else calls}",
        "timeout": (
            f"Error waiting to {verb} {kind}: timeout while waiting for state to become 'DONE' "
            "(last state: 'RUNNING', timeout: 20m0s)"
        ),
        "half-made": f'{kind} {identity} was created in the error state "ERROR"',
        NEW_API: (
            f"googleapi: Error 403: {service} API has not been used in project 123456789012 before or it is disabled. "
            "[...] If you enabled this API recently, wait a few minutes for the action to propagate to our systems and "
            "retry., accessNotConfigured"
        ),
    }[way]
