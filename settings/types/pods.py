"""Named types for what an image needs of its pod: paths, command, user, labels and annotations."""

import re
from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from settings.types.model import Model
from settings.types.text import Check, Line, Text, WholeNumber, at_most, matching, pattern

_NAME = r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_DOMAIN = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*"
_KEY = rf"(?:(?=[^/]{{1,253}}/){_DOMAIN}/)?{_NAME}"
_MOST: Final = 2**31 - 1
_SYSTEM: Final = ("bin", "boot", "dev", "etc", "lib", "lib64", "proc", "run", "sbin", "sys", "tmp", "usr", "var")
"""Folders of every image, without which no server starts, and `/tmp`, which has Jupyter's own files."""

_NO_PATH = "is not an absolute path of a folder, such as /home/jovyan: letters, digits and . _ - between the /"
_NO_URL = "is not a path of the server, such as /lab or /rstudio: one / first, and no spaces"
_NO_KEY = "is not a key of a label or annotation, such as team or example.org/cost-center"

_RESERVED: Final = {
    "app": "KubeSpawner",
    "component": "KubeSpawner",
    "heritage": "KubeSpawner",
    "release": "KubeSpawner",
}
_RESERVED_DOMAINS: Final = {
    "hub.jupyter.org": "KubeSpawner",
    "app.kubernetes.io": "KubeSpawner",
    "cluster-autoscaler.kubernetes.io": "this program",
    "jupyterhub-on-gke": "this program",
    "security.beta.kubernetes.io": "Pod Security",
    "security.alpha.kubernetes.io": "Pod Security",
}
"""By domain, or last part of one, who sets its keys."""
_RESERVED_OF_HUB: Final = {
    "app.kubernetes.io": "this program",
    "security.beta.kubernetes.io": "Pod Security",
    "security.alpha.kubernetes.io": "Pod Security",
}
"""The same, in the pods of hub and proxy."""
_RESERVED_OF_ENDPOINT: Final = {"pulumi.com": "Pulumi", "jupyterhub-on-gke": "this program"}
"""The same, at the endpoint."""


def _home_path(path: str) -> str:
    first, *others = path.removeprefix("/").split("/")
    if {".", ".."}.intersection((first, *others)):
        raise ValueError(_NO_PATH)
    if first in _SYSTEM:
        msg = f"is in /{first}, which belongs to the image; the home hides what the image has there"
        raise ValueError(msg)
    return path


def _not_root(number: int) -> int:
    if number == 0:
        msg = (
            "is root, which Pod Security restricted refuses; choose the user that the image has for people, such as "
            "1000 (docs/notebook-images.md)"
        )
        raise ValueError(msg)
    return number


def _no_variables(text: str) -> str:
    # Kubernetes replaces the first, KubeSpawner the second in some of these texts.
    if "$(" in text:
        msg = "has $(, which Kubernetes would replace; put it into a script of the image"
        raise ValueError(msg)
    return text


def _key(text: str) -> str:
    domain, _, name = text.rpartition("/")
    return _free_key(text, _RESERVED_DOMAINS, None if domain else _RESERVED.get(name))


def _own_key(text: str) -> str:
    return _free_key(text, _RESERVED_OF_HUB)


def _endpoint_key(text: str) -> str:
    return _free_key(text, _RESERVED_OF_ENDPOINT)


def _free_key(text: str, domains: Mapping[str, str], whole: str | None = None) -> str:
    domain, _, name = text.rpartition("/")
    for reserved, owner in domains.items():
        if domain == reserved or domain.endswith(f".{reserved}"):
            whole = owner
    if whole:
        msg = f"belongs to {whole}; use a domain of your own, such as example.org/{name}"
        raise ValueError(msg)
    return text


def _no_braces(text: str) -> str:
    if re.search("[{}]", text):
        msg = "has { or }, which KubeSpawner would replace; leave them out"
        raise ValueError(msg)
    return text


HomePath = Annotated[
    Text,
    matching(r"(?:/[A-Za-z0-9._-]+)+", _NO_PATH),
    at_most(255, "the limit of Linux"),
    AfterValidator(_home_path),
]
"""Absolute path of a folder that hides nothing that every image needs."""

UrlPath = Annotated[Text, matching(r"/(?!/)[^\s{}]*", _NO_URL)]
"""Path of a page of the server, with its query."""

Argument = Annotated[Line, AfterValidator(_no_variables)]
"""One word of a command; no shell sees it."""

ShellScript = Annotated[Text, at_most(8192, "a longer script belongs into the image")]
"""Script for `sh`, in any number of lines."""

AnyLabelKey = Annotated[Text, matching(rf"(?:(?=[^/]{{1,253}}/){_DOMAIN}/)?{_NAME}", _NO_KEY)]
"""Key of a label, whoever sets it."""

LabelKey = Annotated[
    Text,
    Check(_key, pattern(_KEY, _NO_KEY)),
    matching(_KEY, _NO_KEY),
]
"""Key of a label or an annotation that neither KubeSpawner nor this program sets."""

OwnKey = Annotated[
    Text,
    Check(_own_key, pattern(_KEY, _NO_KEY)),
    matching(_KEY, _NO_KEY),
]
"""Key of a label or an annotation of hub and proxy that this program does not set."""

EndpointKey = Annotated[
    Text,
    Check(_endpoint_key, pattern(_KEY, _NO_KEY)),
    matching(_KEY, _NO_KEY),
]
"""Key of an annotation for the controller behind an endpoint, which may be one of Kubernetes' own."""

LabelValue = Annotated[
    Text,
    matching(
        rf"(?:{_NAME})?",
        "is not the value of a label: at most 63 letters, digits and - _ . with a letter or digit at the ends",
    ),
]
"""Value of a label; it may be empty."""

OwnAnnotationValue = Annotated[Text, at_most(4096, "annotations are no files")]
"""Value of an annotation of hub and proxy."""

AnnotationValue = Annotated[OwnAnnotationValue, AfterValidator(_no_braces)]
"""Value of an annotation of notebook servers."""

Id = Annotated[WholeNumber, Field(ge=0, le=_MOST), AfterValidator(_not_root)]
"""Number of a Linux user or group other than root."""


class RunAs(Model):
    """User and group of all processes of a server. The group also owns the files of the home."""

    user: Id
    """Number of the Linux user."""
    group: Id
    """Number of the Linux group."""
