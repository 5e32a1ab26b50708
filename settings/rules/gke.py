"""What the keys about Google Cloud demand of each other.

The functions return mistakes, each with its key and how to mend it. They repeat a value only if it is out of a table of
this project, as any other may be one that somebody has encrypted.
"""

from collections.abc import Mapping

from settings.groups.cluster import ClusterSettings
from settings.groups.gcp import GcpSettings
from settings.groups.identity import IdentitySettings
from settings.groups.images import ImagesSettings
from settings.groups.kubernetes import KubernetesSettings
from settings.groups.network import NetworkSettings
from settings.groups.nodes import NodesSettings
from settings.groups.registry import RegistrySettings
from settings.rules.pools import place_mistakes, pool_mistakes, room_mistakes
from settings.types.names import is_google_name


def only_on_gke(cluster: ClusterSettings, keys: Mapping[str, object]) -> list[str]:
    """Returns a mistake for each of `keys` with a value, if the cluster is not one that is known to be of GKE."""
    if cluster.on_gke:
        return []
    return [
        f"{key}: works on GKE only, where cluster.mode is existing or create; set that, or remove this: "
        f"pulumi config rm {key}"
        for key, value in keys.items()
        if value
    ]


def gke_mistakes(groups: Mapping[str, object]) -> list[str]:
    """Returns the mistakes between the groups about Google Cloud; a group that is wrong in itself is left out."""
    mistakes: list[str] = []
    nodes, cluster = groups.get("nodes"), groups.get("cluster")
    if isinstance(nodes, NodesSettings):
        mistakes += pool_mistakes(nodes)
    if not isinstance(cluster, ClusterSettings):
        return mistakes
    mistakes += _cluster_mistakes(cluster)
    if isinstance(nodes, NodesSettings):
        mistakes += place_mistakes(nodes, cluster)
        if isinstance(network := groups.get("network"), NetworkSettings):
            mistakes += room_mistakes(nodes, cluster, network)
    for group in groups.values():
        mistakes += _demands(group, cluster)
    return mistakes


def image_mistakes(images: ImagesSettings, registry: RegistrySettings, gcp: GcpSettings | None) -> list[str]:
    """Returns why the stack could not make the repository of Artifact Registry in which the images are to be."""
    if not registry.create:
        return []
    mend = "pulumi config set images.repository europe-west1-docker.pkg.dev/PROJECT/jupyterhub"
    place = images.artifact_registry
    if place is None:
        return [
            f"images.repository: does not name what registry.create makes, LOCATION-docker.pkg.dev/PROJECT/NAME: {mend}"
        ]
    if not is_google_name(place.repository):
        many = "at most 63 lower-case letters, digits and '-', a letter first"
        return [f"images.repository: has no name that Google would give what registry.create makes, {many}: {mend}"]
    if gcp is not None and gcp.project not in {None, place.project}:
        return [f"images.repository: is in another project than gcp.project, where registry.create makes it: {mend}"]
    return []


def _demands(group: object, cluster: ClusterSettings) -> list[str]:
    """Returns what is wrong with a group for this kind of cluster."""
    match group:
        case GcpSettings(project=None) if cluster.on_gke:
            return [
                f"gcp.project: is not set, and cluster.mode {cluster.mode} needs it: pulumi config set gcp.project ID"
            ]
        case KubernetesSettings(context=str()) if cluster.on_gke:
            both = f"names a cluster, but cluster.mode {cluster.mode} means another"
            return [f"kubernetes.context: {both}; remove one of the two: pulumi config rm kubernetes.context"]
        case IdentitySettings():
            keys = {
                "identity.hubServiceAccount": group.hub_service_account,
                "identity.notebookServiceAccount": group.notebook_service_account,
                "identity.notebooks": group.notebooks,
            }
            return only_on_gke(cluster, keys)
        case RegistrySettings():
            return only_on_gke(cluster, {"registry.create": group.create})
        case _:
            return []


def _cluster_mistakes(cluster: ClusterSettings) -> list[str]:
    if not cluster.on_gke:
        return only_on_gke(cluster, {"cluster.autopilot": cluster.autopilot})
    mistakes: list[str] = []
    if cluster.location is None:
        mistakes.append(
            f"cluster.location: is not set, and cluster.mode {cluster.mode} needs it: "
            "pulumi config set cluster.location europe-west1"
        )
    elif cluster.autopilot and cluster.is_zonal:
        mistakes.append(
            f"cluster.location: {cluster.location} is a zone, but Autopilot clusters are in regions: "
            f"pulumi config set cluster.location {cluster.region}"
        )
    if cluster.mode == "create" and not cluster.authorized_networks:
        mistakes.append(
            "cluster.authorizedNetworks: is not set, so nobody could reach the control plane, and neither could this "
            "stack; curl -4 ifconfig.me tells your own address: "
            "pulumi config set --path '[\"cluster.authorizedNetworks\"][0]' ADDRESS/32"
        )
    return mistakes
