"""Keys `cluster.*`."""

from collections.abc import Collection
from typing import Annotated, Final, Literal

from pydantic import Field

from settings.google.accelerators import ACCELERATORS
from settings.types.dates import Day, Weekday
from settings.types.model import Model
from settings.types.names import DnsLabel, GkeName
from settings.types.networks import OperatorRange
from settings.types.places import Location, is_zone, region_of, zones_of
from settings.types.text import Flag, TimeOfDay, WholeNumber

_ZONES_OF_A_REGION: Final = 3
"""Number of zones with nodes in a region, if there is to be more than one."""


_EXAMS: Final = {"name": "exams", "first": "2027-01-18", "last": "2027-02-13"}


class MaintenanceExclusion(Model):
    """A time without upgrades of nodes and of minor versions. Security patches of the control plane go on."""

    name: DnsLabel
    """Unique name."""
    first: Day
    """First day, such as `2027-01-18`, from 00:00 UTC."""
    last: Day
    """Last day, such as `2027-02-13`, until 24:00 UTC. At most 180 days with the first."""


class ClusterSettings(Model):
    """The Kubernetes cluster."""

    mode: Literal["context", "existing", "create"] = "context"
    """Kubernetes cluster of the hub: `context` (the cluster of `kubernetes.context`), `existing` (an existing GKE
    cluster) or `create` (a GKE cluster that the stack creates, with its network and nodes)."""
    name: GkeName = "jupyterhub"
    """Name of the GKE cluster. At most 40 characters."""
    location: Location | None = None
    """Region, such as `europe-west1`, or zone, such as `europe-west1-b`, of the GKE cluster. Required unless
    `cluster.mode` is `context`. In a region, the control plane runs in three zones; those of the nodes are
    `nodes.zones`."""
    autopilot: Flag = False
    """Whether the GKE cluster is an Autopilot cluster, in which Google manages the nodes. Do not set `nodes.*` then."""
    release_channel: Literal["rapid", "regular", "stable"] = "regular"
    """Release channel of a created cluster, which determines when GKE upgrades Kubernetes."""
    control_plane_endpoint: Literal["dns", "ip"] | None = None
    """Endpoint of the GKE control plane: `dns` (a DNS name that is reachable from every network; Google checks the IAM
    permission `container.clusters.connect` of each request) or `ip` (an IP address, which in a created cluster only
    `cluster.authorizedNetworks` can reach). Default of a created cluster: `ip` with `cluster.authorizedNetworks`,
    otherwise `dns`; of an existing one: `ip` if it is enabled there."""
    authorized_networks: Annotated[tuple[OperatorRange, ...], Field(examples=[["203.0.113.0/24"]])] = ()
    """CIDR ranges that can reach the IP endpoint of a created cluster. Required with `cluster.controlPlaneEndpoint:
    ip`."""
    maintenance_start: TimeOfDay = "03:00"
    """Start of the maintenance windows of a created cluster, in UTC. GKE upgrades the nodes in a window, and so ends
    the notebooks on them. The Cloud SQL instance is maintained in the same hour on Sundays."""
    maintenance_days: Annotated[tuple[Weekday, ...], Field(min_length=1, examples=[["sunday"]])] = (
        "saturday",
        "sunday",
    )
    """Days with a maintenance window of a created cluster."""
    maintenance_hours: Annotated[WholeNumber, Field(ge=4, le=24)] = 6
    """Length of each maintenance window of a created cluster in hours. 4 to 24; at least 12 hours a week."""
    maintenance_exclusions: Annotated[tuple[MaintenanceExclusion, ...], Field(examples=[[_EXAMS]])] = ()
    """Times in which GKE upgrades no nodes of a created cluster, such as exams. At most 20."""

    @property
    def on_gke(self) -> bool:
        """Whether the cluster is a GKE cluster, existing or created."""
        return self.mode != "context"

    @property
    def makes_nodes(self) -> bool:
        """Whether the stack creates the node pools, with their labels."""
        return self.mode == "create" and not self.autopilot

    @property
    def has_dns_endpoint(self) -> bool:
        """Whether the control plane of a created cluster is reached by its DNS endpoint."""
        return self.control_plane_endpoint == "dns" or not (self.control_plane_endpoint or self.authorized_networks)

    @property
    def is_zonal(self) -> bool:
        """Whether the location is a zone."""
        return self.location is not None and is_zone(self.location)

    @property
    def region(self) -> str:
        """Region of the location; empty without `location`."""
        return "" if self.location is None else region_of(self.location)

    @property
    def zones(self) -> tuple[str, ...]:
        """Zones of the location, in which nodes can be. Empty without `location`."""
        return () if self.location is None else zones_of(self.location)

    @property
    def first_zones(self) -> tuple[str, ...]:
        """The first three zones of the location. In each region, they have all GPU types of the region."""
        return self.zones[:_ZONES_OF_A_REGION]

    def zones_with(self, gpus: Collection[str]) -> tuple[str, ...]:
        """Return those of `zones` that have all of these GPU types, so that a home there can be used with each.

        GPU types that are not known to be at the location do not restrict the zones; a warning reports them.
        """
        known = [ACCELERATORS[gpu].zones for gpu in gpus if self.has_known(gpu)]
        return tuple(zone for zone in self.zones if all(zone in zones for zones in known))

    def has_known(self, gpu: str) -> bool:
        """Return whether a GPU type is known to be in one of `zones`."""
        return gpu in ACCELERATORS and not ACCELERATORS[gpu].zones.isdisjoint(self.zones)
