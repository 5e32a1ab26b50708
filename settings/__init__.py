"""The settings of a stack, as frozen and validated models. This package reads config and creates nothing.

`parse`, `from_pulumi` and `from_file` return `Settings`, or raise a `SettingsError` with all mistakes.
"""

from settings.groups.choices import Choice, ChoiceImage, ChoiceSize
from settings.groups.cluster import ClusterSettings
from settings.groups.endpoint import EndpointSettings
from settings.groups.identity import NotebookIdentity
from settings.groups.images import ArtifactRegistry
from settings.groups.monitoring import METRICS_SERVICE, MonitoringSettings
from settings.groups.network import NetworkSettings
from settings.groups.nodes import GpuPool, NodePool
from settings.groups.services import Role, Service
from settings.groups.spare import Spare
from settings.reading.loader import from_file, from_pulumi, parse
from settings.reading.mistakes import SettingsError
from settings.settings import Settings
from settings.types import quantity
from settings.types.addresses import callback_of, is_loopback, logout_of, lti_urls_of, url_of
from settings.types.certificate import certificate_errors, key_errors
from settings.types.endpoint import CertManager
from settings.types.hours import weekly_hours
from settings.types.networks import PRIVATE
from settings.types.pages import logo_file
from settings.types.placement import PodOptions, Toleration
from settings.types.sizes import Bounds, Resources, Storage
from settings.types.traffic import LINK_LOCAL, Destination, Pods, bounds_of

__all__ = [
    "LINK_LOCAL",
    "METRICS_SERVICE",
    "PRIVATE",
    "ArtifactRegistry",
    "Bounds",
    "CertManager",
    "Choice",
    "ChoiceImage",
    "ChoiceSize",
    "ClusterSettings",
    "Destination",
    "EndpointSettings",
    "GpuPool",
    "MonitoringSettings",
    "NetworkSettings",
    "NodePool",
    "NotebookIdentity",
    "PodOptions",
    "Pods",
    "Resources",
    "Role",
    "Service",
    "Settings",
    "SettingsError",
    "Spare",
    "Storage",
    "Toleration",
    "bounds_of",
    "callback_of",
    "certificate_errors",
    "from_file",
    "from_pulumi",
    "is_loopback",
    "key_errors",
    "logo_file",
    "logout_of",
    "lti_urls_of",
    "parse",
    "quantity",
    "url_of",
    "weekly_hours",
]
