"""Named types for names of objects of Kubernetes and Google Cloud."""

import re
from typing import Annotated

from pydantic import AfterValidator

from settings.types.text import Text

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_RESOURCE = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_GOOGLE = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")
_RESERVED_NAMESPACE = re.compile(r"default|kube-.*")


def _dns_label(text: str) -> str:
    if _LABEL.fullmatch(text) is None:
        msg = (
            "is not a DNS label: 1 to 63 lower-case letters, digits and '-', with a letter or digit first and last, "
            "such as jupyterhub"
        )
        raise ValueError(msg)
    return text


def _is_dns_name(text: str) -> bool:
    return len(text) <= 253 and all(_LABEL.fullmatch(label) for label in text.split("."))


def _dns_name(text: str) -> str:
    if not _is_dns_name(text):
        msg = "is not a DNS name: lower-case letters, digits, '-' and '.', such as default-admin"
        raise ValueError(msg)
    return text


def _hub_name(text: str) -> str:
    if len(text) > 40 or not text[0].isalpha():
        msg = "must start with a letter and have at most 40 characters, as other names are made from it"
        raise ValueError(msg)
    return text


def _hub_namespace(text: str) -> str:
    if len(text) > 53:
        msg = (
            "has more than 53 characters; the notebooks' namespace is this name with -notebooks behind it (63 at most)"
        )
        raise ValueError(msg)
    if _RESERVED_NAMESPACE.fullmatch(text):
        msg = "belongs to Kubernetes itself; give the hub a namespace of its own, such as jupyterhub"
        raise ValueError(msg)
    return text


def is_google_name(text: str) -> bool:
    """Tells whether most things in Google Cloud may be called so (RFC 1035)."""
    return _GOOGLE.fullmatch(text) is not None


def _google_name(text: str) -> str:
    if not is_google_name(text):
        msg = "is not a name as Google Cloud has them: at most 63 lower-case letters, digits and '-', a letter first"
        raise ValueError(msg)
    return text


def _gke_name(text: str) -> str:
    if len(text) > 40:
        msg = "has more than 40 characters, the most that GKE takes"
        raise ValueError(msg)
    return text


def _pool_name(text: str) -> str:
    if len(text) > 22:
        msg = "is too long; the most is 22 characters, as Pulumi adds some to the names of node pools"
        raise ValueError(msg)
    return text


def _account_name(text: str) -> str:
    if len(text) > 53:
        msg = "has more than 53 characters; its ServiceAccount is notebooks- with this name behind it (63 at most)"
        raise ValueError(msg)
    return text


def _resource_name(text: str) -> str:
    domain, _, name = text.partition("/")
    if not _is_dns_name(domain) or _RESOURCE.fullmatch(name) is None:
        msg = "is not an extended resource of nodes; right ones have a domain in front, such as nvidia.com/gpu"
        raise ValueError(msg)
    return text


DnsLabel = Annotated[Text, AfterValidator(_dns_label)]
"""A DNS label (RFC 1123): at most 63 lower-case letters, digits and `-`."""

DnsName = Annotated[Text, AfterValidator(_dns_name)]
"""A DNS name (RFC 1123 subdomain): labels with dots between them, at most 253 characters."""

HubName = Annotated[DnsLabel, AfterValidator(_hub_name)]
"""A DNS label short enough for the names made from it; Services (RFC 1035) want a letter first."""

HubNamespace = Annotated[DnsLabel, AfterValidator(_hub_namespace)]
"""A namespace short enough for `<namespace>-notebooks`, and none of Kubernetes' own."""

AccountName = Annotated[DnsLabel, AfterValidator(_account_name)]
"""A DNS label short enough for the ServiceAccount `notebooks-<name>`."""

GoogleName = Annotated[Text, AfterValidator(_google_name)]
"""A name of most things in Google Cloud (RFC 1035): at most 63 lower-case letters, digits and `-`, a letter first."""

GkeName = Annotated[GoogleName, AfterValidator(_gke_name)]
"""A name of a GKE cluster or node pool: at most 40 characters."""

ResourceName = Annotated[Text, AfterValidator(_resource_name)]
"""An extended resource of nodes, such as `nvidia.com/gpu`. CPU and memory are none: they have bounds of their own."""

PoolName = Annotated[GkeName, AfterValidator(_pool_name)]
"""A name of GKE short enough for what Pulumi puts around it: `gke-pools-<name>-0123abc`, of which GKE allows 40."""
