"""The stack's config as one checked, frozen model; all mistakes are reported at once."""

from collections.abc import Mapping
from typing import Annotated, Any

import pulumi
from pulumi.runtime import config
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails


def _text(pattern: str) -> StringConstraints:
    return StringConstraints(pattern=f"^{pattern}$")


class Settings(BaseModel):
    """Which repository may act in which project."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)

    project: Annotated[str, _text("[a-z][a-z0-9-]{4,28}[a-z0-9]")]
    """Id of the Google Cloud project."""
    location: Annotated[str, _text("[a-z]+-[a-z]+[0-9]+")]
    """Region of the state's bucket and key."""
    repository_id: Annotated[str, _text("[1-9][0-9]*")]
    """Number of the GitHub repository."""
    owner_id: Annotated[str, _text("[1-9][0-9]*")]
    """Number of the user or organization that owns it."""
    branch: Annotated[str, _text("[A-Za-z0-9][A-Za-z0-9._/-]*")] = "main"
    """Branch that is deployed."""
    environment: Annotated[str, _text("[A-Za-z0-9][A-Za-z0-9._-]*")] = "production"
    """GitHub environment whose reviewers approve a deployment."""
    state_bucket: Annotated[str, _text("[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")] | None = None
    """Name of the state's bucket; None is `<project>-pulumi-state`."""
    protect: bool = True
    """Whether Pulumi refuses to delete anything that would lock people out or lose the state."""

    @property
    def bucket(self) -> str:
        """Name of the state's bucket."""
        return self.state_bucket or f"{self.project}-pulumi-state"


class SettingsError(Exception):
    """The config is wrong. The text is for people: on one line for each mistake the key, the problem and the fix."""


_PROBLEMS = {
    "project": "is not the id of a project: pulumi config set project my-project-123",
    "location": "is not a region: pulumi config set location europe-west1",
    "repositoryId": "is not the number of a repository; to get it, gh api repos/OWNER/REPOSITORY --jq .id: "
    "pulumi config set repositoryId NUMBER",
    "ownerId": "is not the number of an owner; to get it, gh api repos/OWNER/REPOSITORY --jq .owner.id: "
    "pulumi config set ownerId NUMBER",
    "branch": "is not the name of a branch: pulumi config set branch main",
    "environment": "is not the name of an environment, of letters, digits, '.', '_' and '-': "
    "pulumi config set environment production",
    "stateBucket": "is not the name of a bucket, of 3 to 63 lower-case letters, digits and '-': "
    "pulumi config rm stateBucket",
    "protect": "is neither true nor false: pulumi config set protect true",
}


def parse(values: Mapping[str, object]) -> Settings:
    """Return the settings for config values, whose keys have no project prefix. An empty value is no value.

    Raises:
        SettingsError: with every mistake.
    """
    try:
        return Settings.model_validate({key: value for key, value in values.items() if value != ""}, by_name=False)
    except ValidationError as error:
        mistakes = [_told(detail) for detail in error.errors(include_url=False)]
        count = f"{len(mistakes)} mistake{'' if len(mistakes) == 1 else 's'}"
        raise SettingsError("\n".join([f"The config has {count}:", *(f"  * {line}" for line in mistakes)])) from None


def from_pulumi() -> Settings:
    """Return the settings of the stack that this program runs for.

    Raises:
        pulumi.RunError: with every mistake; Pulumi prints it without a traceback.
    """
    prefix = f"{pulumi.get_project()}:"
    given: dict[str, Any] = {**config.get_config_env(), **config.CONFIG.get()}
    try:
        return parse({key.removeprefix(prefix): value for key, value in given.items() if key.startswith(prefix)})
    except SettingsError as error:
        raise pulumi.RunError(str(error)) from None


def _told(detail: ErrorDetails) -> str:
    key = str(detail["loc"][0])
    if key not in _PROBLEMS:
        return f"{key}: is not known; known are {', '.join(_PROBLEMS)}. Remove it: pulumi config rm {key}"
    if detail["type"] == "missing":
        problem, _, fix = _PROBLEMS[key].rpartition(": ")
        hint = problem.partition("; ")[2]
        return f"{key}: is not set{'; ' if hint else ''}{hint}: {fix}"
    return f'{key}: "{detail["input"]}" {_PROBLEMS[key]}'
