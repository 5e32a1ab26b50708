"""Rules of the images and of their repository."""

from settings.groups.cluster import ClusterSettings
from settings.groups.gcp import GcpSettings
from settings.groups.hub import HubSettings
from settings.groups.images import ImagesSettings
from settings.groups.notebook import NotebookSettings
from settings.groups.proxy import ProxySettings
from settings.groups.registry import RegistrySettings
from settings.types.names import is_google_name

_SET_REPOSITORY = "pulumi config set images.repository europe-west1-docker.pkg.dev/PROJECT/jupyterhub"


def registry_errors(
    images: ImagesSettings, registry: RegistrySettings, gcp: GcpSettings, cluster: ClusterSettings
) -> list[str]:
    """Report a repository that the stack cannot create."""
    if not (registry.create and cluster.on_gke):
        return []
    place = images.artifact_registry
    if place is None:
        problem = "does not name what registry.create makes, LOCATION-docker.pkg.dev/PROJECT/NAME"
    elif not is_google_name(place.repository):
        problem = (
            "has no valid name for the repository that registry.create makes: at most 63 lower-case letters, digits "
            "and '-', a letter first"
        )
    elif gcp.project not in {None, place.project}:
        problem = "is in another project than gcp.project, where registry.create makes it"
    else:
        return []
    return [f"images.repository: {problem}: {_SET_REPOSITORY}"]


def remote_errors(registry: RegistrySettings, cluster: ClusterSettings) -> list[str]:
    """Report remote repositories without nodes that get the right to pull from them."""
    if not registry.remotes or cluster.mode == "create":
        return []
    return [
        (
            f"registry.remotes: needs a created cluster, whose nodes get the right to pull, but cluster.mode is "
            f"{cluster.mode}; remove it: pulumi config rm registry.remotes"
        )
    ]


def hub_errors(images: ImagesSettings, hub: HubSettings) -> list[str]:
    """Report a missing image of the hub."""
    return _missing("hub", hub.image, images)


def proxy_errors(images: ImagesSettings, proxy: ProxySettings) -> list[str]:
    """Report a missing image of the proxy."""
    return _missing("proxy", proxy.image, images)


def notebook_errors(images: ImagesSettings, notebook: NotebookSettings) -> list[str]:
    """Report a missing image of the notebooks."""
    return _missing("notebook", notebook.image, images)


def _missing(name: str, image: str, images: ImagesSettings) -> list[str]:
    if image:
        return []
    if images.repository is not None:
        problem = f"has no default, as docker/VERSION cannot be read; restore that file, or set {name}.image"
        return [f"{name}.image: {problem}"]
    return [
        (
            f"{name}.image: is not set; set it, or images.repository for all images: "
            "pulumi config set images.repository HOST/PROJECT/REPOSITORY"
        )
    ]
