"""Named types for names of objects of Kubernetes and Google Cloud."""

import re
from typing import Annotated, Final

from settings.types.text import Text, at_most, matching

LABEL: Final = r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?"
"""Regular expression of `DnsLabel`."""
_DNS_NAME: Final = rf"(?=[^/]{{1,253}}(?:/|$)){LABEL}(?:\.{LABEL})*"
RESOURCE: Final = rf"{_DNS_NAME}/[A-Za-z0-9](?:[-A-Za-z0-9_.]{{0,61}}[A-Za-z0-9])?"
"""Regular expression of `ResourceName`."""
_GOOGLE = r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?"


def is_google_name(text: str) -> bool:
    """Return whether a text is a valid name of most Google Cloud resources (RFC 1035)."""
    return re.fullmatch(_GOOGLE, text) is not None


DnsLabel = Annotated[
    Text,
    matching(
        LABEL,
        "is not a DNS label: 1 to 63 lower-case letters, digits and '-', with a letter or digit first and last, such "
        "as jupyterhub",
    ),
]
"""DNS label (RFC 1123): at most 63 lower-case letters, digits and `-`."""

DnsName = Annotated[
    Text, matching(_DNS_NAME, "is not a DNS name: lower-case letters, digits, '-' and '.', such as default-admin")
]
"""DNS subdomain name (RFC 1123): labels separated by dots, at most 253 characters."""

HubName = Annotated[
    DnsLabel,
    matching(
        r"[a-z].{0,39}", "must start with a letter and have at most 40 characters, as other names are made from it"
    ),
]
"""DNS label that is short enough to be the prefix of other names. Names of Services (RFC 1035) begin with a letter."""

HubNamespace = Annotated[
    DnsLabel,
    at_most(53, "the notebooks' namespace is this name with -notebooks behind it (63 at most)"),
    matching(
        r"(?!default$|kube-).*",
        "is reserved for Kubernetes itself; give the hub a namespace of its own, such as jupyterhub",
    ),
]
"""Namespace that is short enough for `<namespace>-notebooks`, and not reserved by Kubernetes."""

AccountName = Annotated[DnsLabel, at_most(53, "its ServiceAccount is notebooks- with this name behind it (63 at most)")]
"""DNS label that is short enough for the ServiceAccount `notebooks-<name>`."""

GoogleName = Annotated[
    Text,
    matching(
        _GOOGLE,
        "is not a name for Google Cloud: at most 63 lower-case letters, digits and '-', a letter first",
    ),
]
"""Name of most Google Cloud resources (RFC 1035): at most 63 lower-case letters, digits and `-`, a letter first."""

GkeName = Annotated[GoogleName, at_most(40, "the limit of GKE")]
"""Name of a GKE cluster or node pool: at most 40 characters."""

PoolName = Annotated[GkeName, at_most(22, "Pulumi adds some to the names of node pools")]
"""Name of a node pool that is short enough for `gke-pools-<name>-0123abc`, which GKE limits to 40 characters."""

ResourceName = Annotated[
    Text,
    matching(RESOURCE, "is not an extended resource of nodes, which has a domain in front, such as nvidia.com/gpu"),
]
"""Extended resource of nodes, such as `nvidia.com/gpu`; not CPU and memory."""
