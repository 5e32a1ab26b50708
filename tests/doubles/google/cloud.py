"""What exists in the stand-in's Google Cloud: a JSON file, as each process of the provider sees the same cloud."""

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
"""The variable that names the file."""

_PARTS = {
    "gcp:sql/databaseInstance:DatabaseInstance": ("gcp:sql/database:Database ", "gcp:sql/user:User "),
}
"""By type, the types of what goes when a resource goes, and has its id as the input `instance`."""

_IDEMPOTENT = {"gcp:projects/service:Service", "gcp:servicenetworking/connection:Connection"}
"""Types that Google makes twice without a word, as it does members of IAM policies."""


class GoogleError(Exception):
    """What the Google API refuses, with its own message."""


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """All resources, each with `inputs` and `outputs` as they travel, so that secrets stay marked."""

    file: Path

    @classmethod
    def of_environment(cls) -> "Cloud":
        """The one that the environment names."""
        return cls(file=Path(os.environ[STATE]))

    def find(self, token: str, identity: str) -> dict[str, Properties] | None:
        """A resource, or nothing."""
        with self._resources() as resources:
            return resources.get(f"{token} {identity}")

    def create(self, token: str, identity: str, inputs: Properties, outputs: Properties) -> None:
        """Make a resource.

        Raises:
            GoogleError: There is one already.
        """
        with self._resources() as resources:
            key = f"{token} {identity}"
            if key in resources and token not in _IDEMPOTENT and not token.lower().endswith("iammember"):
                message = f"googleapi: Error 409: The resource '{identity}' already exists, alreadyExists"
                raise GoogleError(message)
            resources[key] = {"inputs": inputs, "outputs": outputs}

    def update(self, token: str, identity: str, inputs: Properties, outputs: Properties) -> None:
        """Change a resource.

        Raises:
            GoogleError: There is none.
        """
        with self._resources() as resources:
            if f"{token} {identity}" not in resources:
                message = f"googleapi: Error 404: The resource '{identity}' was not found, notFound"
                raise GoogleError(message)
            resources[f"{token} {identity}"] = {"inputs": inputs, "outputs": outputs}

    def delete(self, token: str, identity: str) -> None:
        """Make a resource gone; that it is gone already is no mistake, as to the real provider."""
        with self._resources() as resources:
            resources.pop(f"{token} {identity}", None)
            for key in [key for key in resources if key.startswith(_PARTS.get(token, ()))]:
                if resources[key]["inputs"].get("instance") == identity:
                    del resources[key]

    @contextmanager
    def _resources(self) -> Generator[dict[str, dict[str, Properties]]]:
        """What the file holds, to be read and changed while no other process does."""
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
