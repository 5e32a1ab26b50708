"""What a change of each setting may replace, as the engine sees it: more than the table of the unit tests knows."""

from collections.abc import Mapping
from typing import cast

from settings import SettingsError, parse
from settings.reading.keys import PROJECT, SECRETS
from tests.unit.components.test_replacements import table

TAKES_ALONG: Mapping[str, set[str]] = {
    "cluster.name": {"NodePool", "IAMMember", "RepositoryIamMember"},
    "cluster.location": {"NodePool"},
    "network.nodeRange": {"Cluster", "NodePool"},
    "network.controlPlaneRange": {"NodePool"},
}
"""By setting, what goes too because it is in what is replaced, or is named after it. Only the engine knows."""

_CERTIFICATE = {"Certificate", "CertificateMap", "CertificateMapEntry", "DnsAuthorization", "RecordSet"}
_AUTOPILOT: Mapping[str, object] = {"cluster.autopilot": True, "nodes.gpu": [], "notebook.additionalResources": {}}
ANOTHER_SHAPE: Mapping[str, tuple[Mapping[str, object], set[str]]] = {
    # The node pools go with it, which Pulumi shows to people and leaves out of its JSON.
    "cluster.autopilot": (_AUTOPILOT, {"Cluster"}),
    # The Service is the API of Certificate Manager, which stays enabled.
    "endpoint.type": ({"endpoint.type": "load-balancer"}, {"GlobalAddress", "Service", *_CERTIFICATE}),
    # A rule of the network, an API and the cluster's driver come, and nothing goes.
    "notebook.storage": ({"notebook.storage": {"size": "20Gi", "disk": "filestore"}}, set()),
    "name": ({"name": "other"}, {"GlobalAddress", *_CERTIFICATE}),
    "namespace": ({"namespace": "other"}, set()),
}
"""Changes after which there are other resources: the kinds of Google's of which one is replaced, or gone."""

LOAD_BALANCER: Mapping[str, tuple[Mapping[str, object], set[str]]] = {
    "endpoint.internal": ({"endpoint.internal": True}, {"Address"}),
    "endpoint.address": ({"endpoint.address": "203.0.113.77"}, {"Address"}),
}
"""Changes of a stack with a load balancer in place of the gateway, and what they replace or take away."""


def harmless(base: Mapping[str, object]) -> list[dict[str, object]]:
    """The changes that replace nothing of Google's and fit the stack, in as few stacks as they go together in.

    What replaces nothing together replaces nothing alone.

    Args:
        base: The values that are to be changed, by key.
    """
    changes = [values for key, (values, replaced) in table().items() if not replaced and key != "protect"]
    changes.append({"protect": not base.get("protect", True)})
    together: list[dict[str, object]] = []
    for change in changes:
        fitting = (one for one in together if not one.keys() & change.keys() and _fits({**base, **one, **change}))
        if (one := next(fitting, None)) is not None:
            one.update(change)
        elif _fits({**base, **change}):
            together.append(dict(change))
    return together


def _fits(values: Mapping[str, object]) -> bool:
    try:
        parse(values, encrypted=SECRETS)
    except SettingsError:
        return False
    return True


def changed(config: Mapping[str, object], *changes: Mapping[str, object]) -> dict[str, object]:
    """A stack's config with changes by key; a new secret is the same as one that is there already, as it is sealed."""
    result = dict(config)
    sealed = next(value for value in config.values() if is_sealed(value))
    for change in changes:
        result |= {f"{PROJECT}:{key}": sealed if value and key in SECRETS else value for key, value in change.items()}
    return result


def is_sealed(value: object) -> bool:
    """Whether the value of a stack file is encrypted."""
    return isinstance(value, dict) and "secure" in cast("dict[str, object]", value)
