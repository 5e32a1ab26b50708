"""The resources of the stand-in's Google Cloud, in a JSON file that all processes of the provider share."""

import fcntl
import json
import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.doubles.google.wire import Properties

STATE = "GCP_STAND_IN_STATE"
"""Environment variable with the path of the file."""

_PARTS = {
    "gcp:sql/databaseInstance:DatabaseInstance": ("gcp:sql/database:Database ", "gcp:sql/user:User "),
}
"""By type, the types of the parts that are deleted with it; their input `instance` is its id."""

_IDEMPOTENT = {"gcp:projects/service:Service", "gcp:servicenetworking/connection:Connection"}
"""Types that can be created twice, like members of IAM policies."""


class GoogleError(Exception):
    """An error of the Google API, with its message."""


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """All resources, each with `inputs` and `outputs` in wire format, with the markers of secrets."""

    file: Path

    @classmethod
    def of_environment(cls) -> "Cloud":
        """Return the cloud whose file the environment names."""
        return cls(file=Path(os.environ[STATE]))

    def find(self, token: str, identity: str) -> dict[str, Properties] | None:
        """Return a resource; None if it does not exist."""
        with self._resources() as resources:
            return resources.get(f"{token} {identity}")

    def inputs_of(self, token: str) -> list[Properties]:
        """Return the inputs of all resources of a type."""
        with self._resources() as resources:
            return [resource["inputs"] for key, resource in resources.items() if key.startswith(f"{token} ")]

    def create(self, token: str, identity: str, inputs: Properties, outputs: Properties) -> None:
        """Create a resource.

        Raises:
            GoogleError: It exists already.
        """
        with self._resources() as resources:
            key = f"{token} {identity}"
            if key in resources and token not in _IDEMPOTENT and not token.lower().endswith("iammember"):
                message = f"googleapi: Error 409: The resource '{identity}' already exists, alreadyExists"
                raise GoogleError(message)
            resources[key] = {"inputs": inputs, "outputs": outputs}

    def update(self, token: str, identity: str, inputs: Properties, outputs: Properties) -> None:
        """Update a resource.

        Raises:
            GoogleError: It does not exist.
        """
        with self._resources() as resources:
            if f"{token} {identity}" not in resources:
                message = f"googleapi: Error 404: The resource '{identity}' was not found, notFound"
                raise GoogleError(message)
            resources[f"{token} {identity}"] = {"inputs": inputs, "outputs": outputs}

    def delete(self, token: str, identity: str) -> None:
        """Delete a resource and its parts; a missing one is not an error."""
        with self._resources() as resources:
            resources.pop(f"{token} {identity}", None)
            for key in [key for key in resources if key.startswith(_PARTS.get(token, ()))]:
                if resources[key]["inputs"].get("instance") == identity:
                    del resources[key]

    @contextmanager
    def _resources(self) -> Generator[dict[str, dict[str, Properties]]]:
        """Lock the file and yield its resources, which are written back if they change."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.open("a+") as opened:
            fcntl.flock(opened, fcntl.LOCK_EX)
            opened.seek(0)
            before = opened.read()
            resources: dict[str, Any] = json.loads(before or "{}")
            yield resources
            after = json.dumps(resources, indent=2, sort_keys=True)
            if after != before:
                opened.truncate(0)
                opened.write(after)
