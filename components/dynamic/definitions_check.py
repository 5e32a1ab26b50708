"""Checks in each preview that a cluster has the custom resource definitions that the stack's objects need."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import dynamic
from pulumi.runtime.known_types import is_unknown

from components.dynamic.api_client import ApiClientArgs
from components.dynamic.objects import UnreadableError, look_up
from components.dynamic.resource import Resource


class DefinitionsCheckProvider(dynamic.ResourceProvider):
    """Looks the definitions up."""

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> dynamic.CheckResult:
        """Reject a cluster without them; Pulumi calls this in each preview and before each update.

        Without it, `pulumi up` would fail in the middle.
        """
        if any(map(is_unknown, news.values())):  # the cluster does not exist yet
            return dynamic.CheckResult(inputs=news, failures=[])
        missing = missing_definitions(news, news["definitions"])
        reasons = [f"{news['key']}: the cluster has no {name}; {news['fix']}" for name in missing]
        failures = [dynamic.CheckFailure(property_="definitions", reason=reason) for reason in reasons]
        return dynamic.CheckResult(inputs=news, failures=failures)

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Record the check."""
        return dynamic.CreateResult(id_=f"{props['namespace']}/{props['key']}", outs=props)

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> dynamic.UpdateResult:
        """Record the check again."""
        return dynamic.UpdateResult(outs=_news)


@dataclass(frozen=True, kw_only=True)
class DefinitionsCheckArgs(ApiClientArgs):
    """Inputs of `DefinitionsCheck`. The namespace is that of the objects."""

    definitions: Sequence[str]
    """Names of the definitions, such as `podmonitors.monitoring.coreos.com`."""
    key: str
    """The setting that needs them."""
    fix: str
    """What to do if there are none."""


class DefinitionsCheck(Resource, provider=DefinitionsCheckProvider):
    """A check that a cluster has custom resource definitions. It creates nothing."""

    def __init__(self, name: str, args: DefinitionsCheckArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, vars(args), opts)


def missing_definitions(address: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    """Return the definitions that a cluster has not; none for users who may not read them, as in pull requests."""

    def is_there(name: str) -> bool:
        kind = "CustomResourceDefinition"
        wanted = {"apiVersion": "apiextensions.k8s.io/v1", "kind": kind, "metadata": {"name": name}}
        try:
            return look_up(address, wanted) is not None
        except UnreadableError:
            return True

    return [name for name in names if not is_there(name)]
