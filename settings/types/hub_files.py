"""Environment variables, files and volumes of one's own in the hub's pod, beside those of this program."""

import re
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, model_validator

from hub.contract import CLIENT_ID_VARIABLE, CLIENT_SECRET_VARIABLE
from settings.types.files import FilePath, is_within, overlap
from settings.types.model import Model
from settings.types.names import DnsLabel, DnsName
from settings.types.secret import is_ours
from settings.types.text import Check, Flag, Text, at_most, matching

OWN_FOLDERS: Final = {
    "/etc/jupyterhub": "the hub's code and settings",
    "/var/lib/jupyterhub": "the hub's database",
    "/opt/jupyterhub": "the hub's Python packages; add one in an image of your own (docs/hub-pod.md)",
}
"""Folders of the hub's pod that this program owns, each with its content."""
_SYSTEM: Final = ("bin", "boot", "dev", "lib", "lib64", "proc", "run", "sbin", "sys", "tmp", "usr")
_LONGEST: Final = 8192

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def _variable(name: str) -> str:
    if _NAME.fullmatch(name) is None:
        msg = "is not the name of an environment variable: letters, digits and '_', no digit first, such as LDAP_SERVER"
        raise ValueError(msg)
    if is_ours(name) or name in {CLIENT_ID_VARIABLE, CLIENT_SECRET_VARIABLE}:
        msg = "is set by this stack itself, or by Python or Kubernetes; choose another variable"
        raise ValueError(msg)
    return name


def _value(text: str) -> str:
    if not re.sub(r"[\n\t]", " ", text).isprintable():
        msg = "has a control character in it; remove it"
        raise ValueError(msg)
    return text


def _not_owned(path: str) -> str:
    for folder, content in OWN_FOLDERS.items():
        if overlap(path, folder):
            msg = f"would hide {folder}, {content}; choose another path, such as /etc/hub/{path.rpartition('/')[2]}"
            raise ValueError(msg)
    if any(is_within(path, f"/{folder}") for folder in _SYSTEM):
        msg = "is in a folder of the system; choose another path, such as one below /etc or /srv"
        raise ValueError(msg)
    return path


HubVariable = Annotated[str, Field(max_length=100), AfterValidator(_variable)]
"""Name of an environment variable of the hub's pod that nothing else sets."""

HubValue = Annotated[Text, at_most(_LONGEST, "put long texts into hub.files"), Check(_value, {})]
"""Value of an environment variable of the hub."""

HubFilePath = Annotated[FilePath, AfterValidator(_not_owned)]
"""Absolute path of a file in the hub's pod."""

HubFolderPath = Annotated[
    Text,
    matching(
        r"(?:/(?!\.\.?(?:/|$))[A-Za-z0-9._-]+)+",
        "is not an absolute path of a folder, such as /srv/hub: letters, digits and . _ - between the /",
    ),
    at_most(255, "the limit of Linux"),
    AfterValidator(_not_owned),
]
"""Absolute path of a folder in the hub's pod."""

SecretKey = Annotated[
    Text,
    matching(r"[-._A-Za-z0-9]{1,253}", "is not a key of a Secret, such as password: letters, digits and . _ -"),
]
"""Key in a Secret."""


Package = Annotated[
    Text,
    matching(
        r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?==[A-Za-z0-9.!+_-]+",
        "is not a Python package with its version, such as jupyterhub-ldapauthenticator==2.0.2",
    ),
    at_most(200, "no package has such a name"),
]
"""Python package with its exact version, as in a requirements file."""


class SecretKeyRef(Model):
    """A value in an existing Secret of the hub's namespace."""

    secret: DnsName
    """Name of the Secret."""
    key: SecretKey
    """Key of the value."""


class HubVolume(Model):
    """A volume of the hub's pod from what exists in its namespace."""

    name: Annotated[DnsLabel, at_most(50, "names of volumes are made from it")]
    """Unique name. At most 50 characters."""
    path: HubFolderPath
    """Folder at which it is mounted, such as `/srv/certificates`."""
    claim: DnsName | None = None
    """Name of a PersistentVolumeClaim, such as `hub-data`."""
    config_map: DnsName | None = None
    """Name of a ConfigMap, such as `company-ca`."""
    secret: DnsName | None = None
    """Name of a Secret, such as `ldap-certificate`."""
    writable: Flag = False
    """Whether the hub may write to it; a claim only."""

    @model_validator(mode="after")
    def _has_one_source(self) -> Self:
        if sum(source is not None for source in (self.claim, self.config_map, self.secret)) != 1:
            msg = "needs one of claim, configMap and secret"
            raise ValueError(msg)
        if self.writable and self.claim is None:
            msg = "is writable, but only a claim can be; remove writable"
            raise ValueError(msg)
        return self
