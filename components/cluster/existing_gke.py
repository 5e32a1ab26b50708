"""An existing GKE cluster: looked up, and checked against the settings before anything is created."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import pulumi
import pulumi_gcp as gcp
from pulumi_gcp import container

from components.cluster.control_plane import ControlPlane, offered
from settings import Settings, SettingsError

_Part = TypeVar("_Part")
_REPLICA_ZONES: Final = 2
"""Zones of a regional disk."""


@dataclass(frozen=True, kw_only=True)
class ExistingGke:
    """A GKE cluster that fits the settings."""

    google: gcp.Provider
    """The provider that it was looked up with."""
    cluster: "container.GetClusterResult"
    """Google's description of the cluster."""
    control_plane: ControlPlane
    """Its endpoint."""


def find(settings: Settings, google: gcp.Provider) -> ExistingGke:
    """Return the cluster that `cluster.*` names.

    Raises:
        pulumi.RunError: It does not exist, may not be looked up, or does not fit the settings. The message has all
            mistakes with their keys; Pulumi prints it without a traceback.
    """
    cluster, project = settings.cluster, settings.gcp.project_id
    try:
        # Not the form with an output: the answer must be known before anything is created.
        found = container.get_cluster(
            name=cluster.name,
            location=cluster.location,
            project=project,
            opts=pulumi.InvokeOptions(provider=google),
        )
    except Exception as error:  # noqa: BLE001 Pulumi raises nothing more exact
        raise pulumi.RunError(_lookup_error(settings, str(error))) from None
    control_plane = offered(cluster.control_plane_endpoint, found)
    errors = [*cluster_errors(settings, found, control_plane)]
    if control_plane is None or errors:
        where = f"For the existing cluster {cluster.name}, the config of stack {pulumi.get_stack()}"
        raise pulumi.RunError(str(SettingsError(errors, where=where)))
    return ExistingGke(google=google, cluster=found, control_plane=control_plane)


def cluster_errors(
    settings: Settings, found: "container.GetClusterResult", control_plane: ControlPlane | None
) -> Iterator[str]:
    """Yield each setting that the cluster cannot fulfil, with its key and the fix.

    A missing part of the answer is no error: reviews without Google fill in only what the program reads.
    """
    cluster = settings.cluster
    if found.enable_autopilot not in {None, cluster.autopilot}:
        mode, value = ("Autopilot", "true") if found.enable_autopilot else ("Standard", "false")
        yield f"cluster.autopilot: the cluster is in mode {mode}: pulumi config set cluster.autopilot {value}"
    if control_plane is None:
        yield _endpoint_error(settings)
    if settings.is_behind_google and _is_off(
        found.gateway_api_configs, lambda api: api.channel not in {"", "CHANNEL_DISABLED"}
    ):
        yield (
            f"endpoint.type: {settings.endpoint.type} needs the Gateway API, which is off in the cluster: "
            f"{_update(settings)} --gateway-api=standard"
        )
    if settings.monitoring.metrics == "managed-prometheus" and _is_off(
        found.monitoring_configs, lambda config: any(one.enabled for one in config.managed_prometheuses)
    ):
        yield (
            "monitoring.metrics: needs Google Cloud Managed Service for Prometheus, which is off in the cluster: "
            f"{_update(settings)} --enable-managed-prometheus"
        )
    if settings.backup.days is not None and _is_off(
        found.addons_configs, lambda addons: any(agent.enabled for agent in addons.gke_backup_agent_configs)
    ):
        yield (
            "backup.days: needs the agent of Backup for GKE, which is off in the cluster: "
            f"{_update(settings)} --update-addons=BackupRestore=ENABLED"
        )
    if not found.enable_autopilot:
        yield from _feature_errors(settings, found)
    yield from _zone_errors(settings, found.node_locations)


def _endpoint_error(settings: Settings) -> str:
    key, enable = "cluster.controlPlaneEndpoint", f"{_update(settings)} --enable-dns-access"
    match settings.cluster.control_plane_endpoint:
        case "ip":
            return f"{key}: the IP endpoint of the cluster is off: pulumi config set {key} dns; enable it by: {enable}"
        case "dns":
            return f"{key}: the DNS endpoint of the cluster accepts no requests from outside Google Cloud: {enable}"
        case None:
            return f"{key}: both endpoints of the cluster are off for requests from outside Google Cloud: {enable}"


def _feature_errors(settings: Settings, found: "container.GetClusterResult") -> Iterator[str]:
    """Features that a Standard cluster may have switched off, and Autopilot always has."""
    if (key := _workload_identity_key(settings)) and _is_off(
        found.workload_identity_configs, lambda identities: bool(identities.workload_pool)
    ):
        yield (
            f"{key}: needs Workload Identity, which is off in the cluster: {_update(settings)} "
            f"--workload-pool={settings.gcp.workload_pool}, then for each pool: gcloud container node-pools update "
            f"POOL --cluster={settings.cluster.name} {_place(settings)} --workload-metadata=GKE_METADATA"
        )
    if settings.notebook.uses_buckets and _is_off(
        found.addons_configs, lambda addons: any(driver.enabled for driver in addons.gcs_fuse_csi_driver_configs)
    ):
        yield (
            "notebook.folders: a bucket needs GKE's Cloud Storage FUSE driver, which is off in the cluster: "
            f"{_update(settings)} --update-addons=GcsFuseCsiDriver=ENABLED"
        )
    if settings.notebook.uses_filestore and _is_off(
        found.addons_configs, lambda addons: any(driver.enabled for driver in addons.gcp_filestore_csi_driver_configs)
    ):
        key = "notebook.storage.disk" if settings.notebook.storage.disk == "filestore" else "notebook.folders"
        yield (
            f"{key}: filestore needs GKE's Filestore driver, which is off in the cluster: "
            f"{_update(settings)} --update-addons=GcpFilestoreCsiDriver=ENABLED"
        )


def _zone_errors(settings: Settings, locations: Sequence[str]) -> Iterator[str]:
    """Volumes and GPUs that need nodes in other zones. The settings alone know only the possible zones."""
    location = settings.cluster.location or ""
    # Of a zonal cluster, Google lists only the additional zones.
    nodes = {*locations, *([location] if settings.cluster.is_zonal else [])}
    listed, widen = ", ".join(sorted(nodes)), f"{_update(settings)} --node-locations=ZONE,ZONE"
    volumes = [("notebook.storage", settings.notebook.storage, settings.gpu_types)]
    if settings.database.type == "sqlite":
        volumes.insert(0, ("hub.storage", settings.hub.storage, frozenset()))
    for key, storage, wanted in volumes:
        if storage.storage_class is not None or storage.disk == "filestore":
            continue  # only disks of the stack's own StorageClasses are bound to zones
        fitting = nodes.intersection(settings.cluster.zones_with(wanted))
        with_gpus = f" with {', '.join(sorted(wanted))}" if wanted else ""
        if wanted and not fitting:
            yield (
                f"notebook.accelerator: no zone of the cluster's nodes ({listed}) has {', '.join(sorted(wanted))}; "
                f"{' and '.join(settings.cluster.zones_with(wanted))} have. Choose another GPU type, or: {widen}"
            )
        elif storage.regional and len(fitting) < _REPLICA_ZONES:
            yield (
                f"{key}.regional: needs nodes in two zones{with_gpus}, but the cluster has them in {listed}: {widen}, "
                f"""or remove it: pulumi config rm --path '["{key}"].regional'"""
            )


def _is_off(parts: Sequence[_Part] | None, is_on: Callable[[_Part], bool]) -> bool:
    """Return whether a feature is off. Google describes it in a list of one or none; None = unknown."""
    return parts is not None and not any(is_on(part) for part in parts)


def _workload_identity_key(settings: Settings) -> str | None:
    """Return the first key that needs Workload Identity; None if none does."""
    identity = settings.identity
    keys = {
        "identity.hubServiceAccount": identity.hub_service_account,
        "identity.notebookServiceAccount": identity.notebook_service_account,
        "identity.notebooks": identity.notebooks,
        "notebook.folders": settings.notebook.uses_buckets,
    }
    return next((key for key, value in keys.items() if value), None)


def _place(settings: Settings) -> str:
    return f"--location={settings.cluster.location} --project={settings.gcp.project_id}"


def _update(settings: Settings) -> str:
    return f"gcloud container clusters update {settings.cluster.name} {_place(settings)}"


def _lookup_error(settings: Settings, error: str) -> str:
    """Render the error of a failed lookup. `error` is Pulumi's text, which ends with Google's."""
    cluster, project = settings.cluster, settings.gcp.project_id
    if "not found" in error.lower():
        return (
            f"cluster.name, cluster.location: there is no GKE cluster {cluster.name} in {cluster.location} of project "
            f"{project}. To list name and location of each cluster: gcloud container clusters list --project={project}"
        )
    message = " ".join(error.rpartition("returned an error:")[2].split())
    return (
        f"cluster.name: the GKE cluster {cluster.name} in {cluster.location} of project {project} cannot be looked up. "
        f"Check gcp.project, and that you have the role Kubernetes Engine Cluster Viewer. Google says: {message}"
    )
