"""A GKE cluster that somebody else made: found, and looked over before anything is made."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import pulumi
import pulumi_gcp as gcp
from pulumi_gcp import container

from settings import Settings, SettingsError
from settings.groups.node_zones import home_zones
from settings.rules.disks import COPIES, gpu_types

_Part = TypeVar("_Part")


def find(settings: Settings, google: gcp.Provider) -> "container.GetClusterResult":
    """Returns the cluster that `cluster.*` names.

    Raises:
        pulumi.RunError: There is none, Google does not let it be looked up, or it cannot do what the settings ask of
            it. Pulumi prints the message, which has all mistakes with their keys, without a traceback.
    """
    cluster, project = settings.cluster, settings.gcp.project_id
    try:
        # At once, and not as an output: nothing is to be made before the answer is there.
        found = container.get_cluster(
            name=cluster.name,
            location=cluster.location,
            project=project,
            opts=pulumi.InvokeOptions(provider=google),
        )
    except Exception as error:  # noqa: BLE001 Pulumi raises nothing more exact
        raise pulumi.RunError(_unfound(settings, str(error))) from None
    if found_mistakes := [*mistakes(settings, found)]:
        where = f"For the cluster {cluster.name} that is there, the config of stack {pulumi.get_stack()}"
        raise pulumi.RunError(str(SettingsError(found_mistakes, where=where)))
    return found


def mistakes(settings: Settings, found: "container.GetClusterResult") -> Iterator[str]:
    """Yields what the settings ask of the cluster and it cannot do, each with its key and how to mend it.

    What the answer is silent about is no mistake: a comparison without Google gets no more than the program reads.
    """
    cluster = settings.cluster
    if found.enable_autopilot not in {None, cluster.autopilot}:
        is_one, value = ("is one", "true") if found.enable_autopilot else ("is none", "false")
        yield f"cluster.autopilot: the cluster {is_one} of Autopilot: pulumi config set cluster.autopilot {value}"
    if settings.endpoint.type == "gateway" and _is_off(
        found.gateway_api_configs, lambda api: api.channel not in {"", "CHANNEL_DISABLED"}
    ):
        yield (
            "endpoint.type: gateway needs the Gateway API, which is off in the cluster: "
            f"{_update(settings)} --gateway-api=standard"
        )
    if not found.enable_autopilot:
        yield from _off_by_choice(settings, found)
    yield from _zone_mistakes(settings, found.node_locations)


def _off_by_choice(settings: Settings, found: "container.GetClusterResult") -> Iterator[str]:
    """What is switched off in the cluster, and always on in one of Autopilot."""
    if (key := _identity_key(settings)) and _is_off(
        found.workload_identity_configs, lambda identities: bool(identities.workload_pool)
    ):
        yield (
            f"{key}: needs Workload Identity, which is off in the cluster: {_update(settings)} "
            f"--workload-pool={settings.gcp.workload_pool}, then for each pool: gcloud container node-pools update "
            f"POOL --cluster={settings.cluster.name} {_place(settings)} --workload-metadata=GKE_METADATA"
        )
    if settings.notebook.storage.disk == "filestore" and _is_off(
        found.addons_configs, lambda addons: any(driver.enabled for driver in addons.gcp_filestore_csi_driver_configs)
    ):
        yield (
            "notebook.storage.disk: filestore needs GKE's Filestore driver, which is off in the cluster: "
            f"{_update(settings)} --update-addons=GcpFilestoreCsiDriver=ENABLED"
        )


def _zone_mistakes(settings: Settings, told: Sequence[str]) -> Iterator[str]:
    """What needs nodes in zones in which there are none. Settings alone know only which zones there could be."""
    location = settings.cluster.location or ""
    # In a zone, Google names only the zones beside it.
    nodes = {*told, *([location] if settings.cluster.is_zonal else [])}
    listed, widen = ", ".join(sorted(nodes)), f"{_update(settings)} --node-locations=ZONE,ZONE"
    gpus = gpu_types(settings.nodes, settings.notebook.accelerator)
    volumes = [("notebook.storage", settings.notebook.storage, gpus)]
    if settings.database.type == "sqlite":
        volumes.insert(0, ("hub.storage", settings.hub.storage, frozenset()))
    for key, storage, wanted in volumes:
        if storage.storage_class is not None or storage.disk == "filestore":
            continue  # the stack's classes of disks alone are made for zones
        fitting = nodes.intersection(home_zones(wanted, settings.cluster))
        with_gpus = f" with {', '.join(sorted(wanted))}" if wanted else ""
        if wanted and not fitting:
            yield (
                f"notebook.accelerator: no zone of the cluster's nodes ({listed}) has {', '.join(sorted(wanted))}, "
                f"which {' and '.join(home_zones(wanted, settings.cluster))} have; choose another, or: {widen}"
            )
        elif storage.regional and len(fitting) < COPIES:
            yield (
                f"{key}.regional: needs nodes in two zones{with_gpus}, but the cluster has them in {listed}: {widen}, "
                f"""or remove it: pulumi config rm --path '["{key}"].regional'"""
            )


def _is_off(parts: Sequence[_Part] | None, is_on: Callable[[_Part], bool]) -> bool:
    """Whether Google says that something is off; a part of the cluster comes as a list of it or of nothing."""
    return parts is not None and not any(is_on(part) for part in parts)


def _identity_key(settings: Settings) -> str | None:
    """The key by which the stack needs Workload Identity, if it does."""
    identity = settings.identity
    keys = {
        "identity.hubServiceAccount": identity.hub_service_account,
        "identity.notebookServiceAccount": identity.notebook_service_account,
        "identity.notebooks": identity.notebooks,
    }
    return next((key for key, value in keys.items() if value), None)


def _place(settings: Settings) -> str:
    return f"--location={settings.cluster.location} --project={settings.gcp.project_id}"


def _update(settings: Settings) -> str:
    return f"gcloud container clusters update {settings.cluster.name} {_place(settings)}"


def _unfound(settings: Settings, error: str) -> str:
    """Why there is no cluster; `error` is Pulumi's text, at the end of which are Google's words."""
    cluster, project = settings.cluster, settings.gcp.project_id
    if "not found" in error.lower():
        return (
            f"cluster.name, cluster.location: there is no GKE cluster {cluster.name} in {cluster.location} of project "
            f"{project}. Each cluster's name and location: gcloud container clusters list --project={project}"
        )
    words = " ".join(error.rpartition("returned an error:")[2].split())
    return (
        f"cluster.name: the GKE cluster {cluster.name} in {cluster.location} of project {project} cannot be looked up; "
        f"look at gcp.project too. It takes the role Kubernetes Engine Cluster Viewer. Google says: {words}"
    )
