"""Stack configuration as frozen, checked models. It reads config and creates nothing.

`parse`, `from_pulumi` and `from_file` return `Settings`, or tell all mistakes at once in a `SettingsError`.
"""

from settings import quantity
from settings.database import DatabaseSettings
from settings.errors import SettingsError
from settings.gke.iap import IapSettings
from settings.gke.identities import IdentitySettings, NotebookIdentity
from settings.gke.sections import (
    ClusterSettings,
    DnsZone,
    GcpSettings,
    GpuPool,
    NetworkSettings,
    NodePool,
    NodesSettings,
    RegistrySettings,
)
from settings.images import ImagePattern, ImageReference, ImageRepository
from settings.loader import from_file, from_pulumi, parse
from settings.names import DnsLabel, DnsName, ResourceName
from settings.quantity import Cpu, Memory, Quantity
from settings.sections import (
    ClusterAdminSettings,
    EndpointSettings,
    HubSettings,
    ImagesSettings,
    KubernetesSettings,
    NotebookSettings,
    ProxySettings,
    SecretsSettings,
)
from settings.settings import Settings
from settings.sign_in import AuthSettings, GitHubSettings
from settings.sizes import Bounds, Limits, Requests, Resources, Storage

__all__ = [
    "AuthSettings",
    "Bounds",
    "ClusterAdminSettings",
    "ClusterSettings",
    "Cpu",
    "DatabaseSettings",
    "DnsLabel",
    "DnsName",
    "DnsZone",
    "EndpointSettings",
    "GcpSettings",
    "GitHubSettings",
    "GpuPool",
    "HubSettings",
    "IapSettings",
    "IdentitySettings",
    "ImagePattern",
    "ImageReference",
    "ImageRepository",
    "ImagesSettings",
    "KubernetesSettings",
    "Limits",
    "Memory",
    "NetworkSettings",
    "NodePool",
    "NodesSettings",
    "NotebookIdentity",
    "NotebookSettings",
    "ProxySettings",
    "Quantity",
    "RegistrySettings",
    "Requests",
    "ResourceName",
    "Resources",
    "SecretsSettings",
    "Settings",
    "SettingsError",
    "Storage",
    "from_file",
    "from_pulumi",
    "parse",
    "quantity",
]
