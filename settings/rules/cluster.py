"""Rules of the cluster, and of the groups that need one on GKE."""

from collections.abc import Mapping

from settings.groups.cluster import ClusterSettings
from settings.groups.gcp import GcpSettings
from settings.groups.identity import IdentitySettings
from settings.groups.kubernetes import KubernetesSettings
from settings.groups.network import NetworkSettings
from settings.groups.registry import RegistrySettings
from settings.types.networks import overlapping


def gke_only_errors(cluster: ClusterSettings, keys: Mapping[str, object]) -> list[str]:
    """Return an error for each of `keys` that has a value, unless the cluster is on GKE."""
    if cluster.on_gke:
        return []
    return [
        f"{key}: works on GKE only, where cluster.mode is existing or create; set that, or remove this: "
        f"pulumi config rm {key}"
        for key, value in keys.items()
        if value
    ]


def location_errors(cluster: ClusterSettings) -> list[str]:
    """Report a missing or unsuitable location."""
    if not cluster.on_gke:
        return gke_only_errors(cluster, {"cluster.autopilot": cluster.autopilot})
    if cluster.location is None:
        return [
            (
                f"cluster.location: is not set, but cluster.mode {cluster.mode} needs it: "
                "pulumi config set cluster.location europe-west1"
            )
        ]
    if cluster.autopilot and cluster.is_zonal:
        return [
            (
                f"cluster.location: {cluster.location} is a zone, but Autopilot clusters are regional: "
                f"pulumi config set cluster.location {cluster.region}"
            )
        ]
    return []


def endpoint_errors(cluster: ClusterSettings) -> list[str]:
    """Report an endpoint of the control plane without effect, or one that nobody could reach."""
    if errors := gke_only_errors(cluster, {"cluster.controlPlaneEndpoint": cluster.control_plane_endpoint}):
        return errors
    if cluster.mode != "create":
        return []
    if cluster.has_dns_endpoint and cluster.authorized_networks:
        return [
            (
                "cluster.authorizedNetworks: restricts the IP endpoint, which cluster.controlPlaneEndpoint dns turns "
                "off; remove one of them: pulumi config rm cluster.authorizedNetworks"
            )
        ]
    if cluster.has_dns_endpoint or cluster.authorized_networks:
        return []
    return [
        (
            "cluster.authorizedNetworks: is not set, so nobody could reach the control plane by its IP endpoint. Use "
            "the DNS endpoint: pulumi config set cluster.controlPlaneEndpoint dns; or allow your own address (curl -4 "
            "ifconfig.me): pulumi config set --path '[\"cluster.authorizedNetworks\"][0]' ADDRESS/32"
        )
    ]


def project_errors(cluster: ClusterSettings, gcp: GcpSettings) -> list[str]:
    """Report a missing project."""
    if not cluster.on_gke or gcp.project is not None:
        return []
    return [f"gcp.project: is not set, but cluster.mode {cluster.mode} needs it: pulumi config set gcp.project ID"]


def context_errors(cluster: ClusterSettings, kubernetes: KubernetesSettings) -> list[str]:
    """Report a kubeconfig context beside a GKE cluster."""
    if not cluster.on_gke or kubernetes.context is None:
        return []
    return [
        (
            f"kubernetes.context: names a cluster, but cluster.mode {cluster.mode} means another; remove one of them: "
            "pulumi config rm kubernetes.context"
        )
    ]


def network_errors(network: NetworkSettings) -> list[str]:
    """Report overlapping ranges."""
    return [
        f"{one}: overlaps with {other}; choose ranges without common addresses"
        for one, other in overlapping(network.cluster_ranges)
    ]


def identity_errors(cluster: ClusterSettings, identity: IdentitySettings) -> list[str]:
    """Report Google service accounts without GKE."""
    keys = {
        "identity.hubServiceAccount": identity.hub_service_account,
        "identity.notebookServiceAccount": identity.notebook_service_account,
        "identity.notebooks": identity.notebooks,
    }
    return gke_only_errors(cluster, keys)


def registry_errors(cluster: ClusterSettings, registry: RegistrySettings) -> list[str]:
    """Report `registry.create` without GKE."""
    return gke_only_errors(cluster, {"registry.create": registry.create})
