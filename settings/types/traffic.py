"""Named types for the other ends of connections: pods of the cluster, and ranges of addresses."""

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from settings.types.model import Model
from settings.types.names import DnsLabel
from settings.types.networks import Range
from settings.types.pods import AnyLabelKey, LabelValue
from settings.types.text import Text, matching

LINK_LOCAL: Final = IPv4Network("169.254.0.0/16")
"""Addresses of a node's own services, such as the metadata server of a cloud."""
_LAST_PORT: Final = 65535
_NO_PORT: Final = "is not a port, such as 5432, or a range of ports, such as 8000-8100; the last is 65535"


def _port(text: str) -> str:
    first, last = bounds_of(text)
    if not 1 <= first <= last <= _LAST_PORT:
        raise ValueError(_NO_PORT)
    return text


def _outside(text: str) -> str:
    if IPv4Network(text).overlaps(LINK_LOCAL):
        msg = (
            f"has addresses of {LINK_LOCAL}, where clouds serve credentials of the node; name smaller ranges, such as "
            "10.0.0.0/8. The internet needs no range (notebook.internet)"
        )
        raise ValueError(msg)
    return text


Port = Annotated[Text, matching(r"[1-9][0-9]{0,4}(?:-[1-9][0-9]{0,4})?", _NO_PORT), AfterValidator(_port)]
"""A port, or a range of ports: `8000-8100`."""

OutsideRange = Annotated[Range, AfterValidator(_outside)]
"""Range of IPv4 addresses without link-local ones."""


def bounds_of(port: str) -> tuple[int, int]:
    """Return the first and the last port of a `Port`."""
    first, _, last = port.partition("-")
    return int(first), int(last or first)


class Pods(Model):
    """Pods of other namespaces."""

    namespace: DnsLabel | None = None
    """Name of their namespace, such as `mlflow`."""
    namespace_labels: Mapping[AnyLabelKey, LabelValue] = {}
    """Labels of their namespaces, in place of the name."""
    pods: Mapping[AnyLabelKey, LabelValue] = {}
    """Labels of the pods. Empty: all pods of the namespace."""

    @model_validator(mode="after")
    def _has_one_place(self) -> Self:
        if bool(self.namespace) == bool(self.namespace_labels):
            msg = "needs one of namespace and namespaceLabels"
            raise ValueError(msg)
        return self


class Destination(Pods):
    """Addresses, or pods of other namespaces, to which connections are allowed."""

    range: OutsideRange | None = None
    """Range of IPv4 addresses, such as `10.20.0.0/16`; a single one is `10.20.0.7/32`. In place of pods: no range
    contains pods and nodes on GKE."""
    ports: Annotated[tuple[Port, ...], Field(examples=[[5432, "8000-8100"]])] = ()
    """Ports, and ranges of ports: those of the pods, not of a Service in front of them. Empty: all ports."""
    protocol: Literal["TCP", "UDP"] = "TCP"
    """Protocol of `ports`."""

    @model_validator(mode="after")
    def _has_one_place(self) -> Self:
        if sum(bool(place) for place in (self.range, self.namespace, self.namespace_labels)) != 1:
            msg = "needs one of range, namespace and namespaceLabels"
            raise ValueError(msg)
        if self.range is not None and self.pods:
            msg = "has a range and pods, which have no fixed addresses; name their namespace in place of the range"
            raise ValueError(msg)
        if self.protocol == "UDP" and not self.ports:
            msg = "has a protocol without ports, which means all ports of all protocols; add ports, or remove it"
            raise ValueError(msg)
        return self

    def has_port(self, port: int) -> bool:
        """Return whether connections to a TCP port are allowed."""
        bounds = (bounds_of(one) for one in self.ports)
        return not self.ports or (self.protocol == "TCP" and any(first <= port <= last for first, last in bounds))
