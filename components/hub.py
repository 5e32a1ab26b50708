"""The hub: a StatefulSet of one pod, its Services, and the volume of an sqlite database."""

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

import pulumi
from pulumi_kubernetes.apps import v1 as apps
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta

from components import hub_files, hub_secret, pages, proxy, service_names
from components.disruption_budget import DisruptionBudget, DisruptionBudgetArgs
from components.dynamic.rollout import Rollout, RolloutArgs
from components.hub_paths import CODE_FOLDER, DATABASE_FOLDER
from components.metadata import FIXED_FIELD_MANAGER, NO_WAIT, labels, selector
from components.node_purpose import core_nodes
from components.pod import (
    TMP_SIZE,
    container_security,
    from_secret,
    placed,
    pod_metadata,
    pod_security,
    probe,
    requirements,
)
from hub.contract import HUB_PORT, PROXY_TOKEN_VARIABLE
from settings import Settings

_USER: Final = 10001
"""UID, GID and fsGroup of the hub: no user of a notebook or of a node has this number. The fsGroup must change with the
UID, as `OnRootMismatch` then gives the group the files of a volume on which the hub had another UID."""


@dataclass(frozen=True, kw_only=True)
class HubArgs:
    """Inputs of `Hub`."""

    settings: Settings
    """The stack's settings: names, image, resources and volume of the hub, protection."""
    namespace: pulumi.Input[str]
    """Namespace of the hub."""
    service_account: pulumi.Input[str]
    """ServiceAccount with which the hub creates notebooks."""
    config_map: pulumi.Input[str]
    """ConfigMap with the hub's code and `hub.json`."""
    files: pulumi.Input[str] | None
    """ConfigMap with the operator's files; None = there are none."""
    pages: pulumi.Input[str] | None
    """ConfigMap with logo and templates; None = there are none."""
    secret: pulumi.Input[str]
    """Secret of the hub, with the keys `hub_secret.variables`."""
    proxy_token_secret: pulumi.Input[str]
    """Secret with the proxy's token."""
    storage_class: pulumi.Input[str] | None = None
    """StorageClass of a new volume for the database; None = the cluster's default. An existing volume keeps its own."""
    kubeconfig: pulumi.Input[str] | None = None
    """Kubeconfig of a GKE cluster; None = the user's own."""
    proxy: pulumi.Resource
    """The proxy, without which the hub does not start. The wait for the hub depends on it, the hub's pod does not."""


class Hub(pulumi.ComponentResource):
    """JupyterHub as a StatefulSet of one pod: two hubs never share a database.

    The hub retries until the proxy's API answers, so the StatefulSet does not wait for the proxy.
    """

    database_claim: pulumi.Output[str | None]
    """Name of the PersistentVolumeClaim of the database; None with a database server."""

    def __init__(self, name: str, args: HubArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:hub:Hub", name, None, opts)
        settings, child = args.settings, pulumi.ResourceOptions(parent=self)
        claim = _database_claim(name, args, parent=self) if settings.database.type == "sqlite" else None
        self.database_claim = pulumi.Output.from_input(claim)
        core.Service(
            f"{name}-service",
            metadata=meta.ObjectMetaArgs(
                name=service_names.hub_pod(settings), namespace=args.namespace, labels=labels(settings, "hub")
            ),
            spec=core.ServiceSpecArgs(
                cluster_ip="None",
                # The name of the pod must resolve before the pod is ready.
                publish_not_ready_addresses=True,
                selector=selector(settings, "hub"),
                ports=[core.ServicePortArgs(name="hub", port=HUB_PORT, target_port="hub")],
            ),
            opts=child,
        )
        core.Service(
            f"{name}-api",
            metadata=meta.ObjectMetaArgs(
                name=service_names.hub_api(settings),
                namespace=args.namespace,
                labels=labels(settings, "hub"),
                annotations=NO_WAIT,
            ),
            spec=core.ServiceSpecArgs(
                selector=selector(settings, "hub"),
                ports=[core.ServicePortArgs(name="hub", port=HUB_PORT, target_port="hub")],
            ),
            opts=child,
        )
        statefulset = apps.StatefulSet(
            f"{name}-statefulset",
            metadata=meta.ObjectMetaArgs(
                name=settings.name,
                namespace=args.namespace,
                labels=labels(settings, "hub"),
                annotations=NO_WAIT,
            ),
            spec=apps.StatefulSetSpecArgs(
                replicas=1,
                service_name=service_names.hub_pod(settings),
                # With OrderedReady a pod that never gets ready is not replaced by the pod of a fixed revision.
                pod_management_policy="Parallel",
                revision_history_limit=3,
                selector=meta.LabelSelectorArgs(match_labels=selector(settings, "hub")),
                template=core.PodTemplateSpecArgs(
                    metadata=pod_metadata(settings, "hub", settings.hub.pod),
                    spec=_pod(args, database_claim=claim),
                ),
            ),
            opts=child,
        )
        Rollout(
            f"{name}-rollout",
            RolloutArgs(
                context=settings.kubernetes.context,
                kubeconfig=args.kubeconfig,
                namespace=args.namespace,
                name=settings.name,
                generation=statefulset.metadata.generation,
            ),
            pulumi.ResourceOptions(parent=self, depends_on=args.proxy),
        )
        if settings.hub.pod.disruption_budget:
            budget = DisruptionBudgetArgs(settings=settings, namespace=args.namespace, component="hub")
            DisruptionBudget(f"{name}-disruption", budget, child)
        self.register_outputs({"database_claim": self.database_claim})


def _database_claim(name: str, args: HubArgs, *, parent: pulumi.Resource) -> pulumi.Output[str]:
    settings = args.settings
    claim = core.PersistentVolumeClaim(
        f"{name}-database",
        metadata=meta.ObjectMetaArgs(
            name=f"{settings.name}-database",
            namespace=args.namespace,
            labels=labels(settings, "hub"),
            # The wait for the hub covers the volume. The provider's own wait never ends for a bound claim (one kept
            # from before, or one that is expanded) whose class binds with the first pod, as GKE's classes do: up to
            # 4.26 it waits for the claim to be pending (pulumi-kubernetes#4179).
            annotations={**FIXED_FIELD_MANAGER, "pulumi.com/skipAwait": "true"},
        ),
        spec=core.PersistentVolumeClaimSpecArgs(
            access_modes=["ReadWriteOnce"],
            storage_class_name=args.storage_class,
            resources=core.VolumeResourceRequirementsArgs(requests={"storage": settings.hub.storage.size}),
        ),
        opts=pulumi.ResourceOptions(
            parent=parent,
            protect=settings.protect,
            retain_on_delete=settings.hub.keep_database,
            # The class of a claim is immutable: a change would replace the claim by an empty one.
            ignore_changes=["spec.storageClassName"],
        ),
    )
    return claim.metadata.name


def _pod(args: HubArgs, *, database_claim: pulumi.Output[str] | None) -> core.PodSpecArgs:
    # The database, the proxy and Kubernetes do not count: a restart repairs none of them, and without its Service the
    # hub could not show people what is wrong. `/hub/health` itself tells all of it.
    health = f"{args.settings.hub.path}/hub/health?process"
    mounts = [core.VolumeMountArgs(name="code", mount_path=CODE_FOLDER, read_only=True)]
    volumes = [core.VolumeArgs(name="code", config_map=core.ConfigMapVolumeSourceArgs(name=args.config_map))]
    if database_claim is not None:
        source = core.PersistentVolumeClaimVolumeSourceArgs(claim_name=database_claim)
        mounts.append(core.VolumeMountArgs(name="database", mount_path=DATABASE_FOLDER))
        volumes.append(core.VolumeArgs(name="database", persistent_volume_claim=source))
    mounts.append(core.VolumeMountArgs(name="tmp", mount_path="/tmp"))  # noqa: S108 inside the pod
    volumes.append(core.VolumeArgs(name="tmp", empty_dir=core.EmptyDirVolumeSourceArgs(size_limit=TMP_SIZE)))
    mounts += [*pages.mounts(args.settings), *hub_files.mounts(args.settings)]
    volumes += [*pages.volumes(args.settings, args.pages), *hub_files.volumes(args.settings, args.files)]
    spec = core.PodSpecArgs(
        service_account_name=args.service_account,
        automount_service_account_token=True,
        enable_service_links=False,
        # JupyterHub stops in about 3 s; the rest is for a busy node.
        termination_grace_period_seconds=30,
        security_context=pod_security(user=_USER),
        containers=[
            core.ContainerArgs(
                name="hub",
                image=args.settings.hub.image,
                image_pull_policy=args.settings.hub.pod.image_pull_policy,
                # Not as command: the image's entry point, tini, stays.
                args=["jupyterhub", "-f", f"{CODE_FOLDER}/jupyterhub_config.py"],
                env=[
                    from_secret(PROXY_TOKEN_VARIABLE, secret=args.proxy_token_secret, key=proxy.TOKEN_KEY),
                    *(
                        from_secret(variable, secret=args.secret, key=variable)
                        for variable in hub_secret.variables(args.settings)
                    ),
                    core.EnvVarArgs(name="PYTHONPATH", value=str(PurePosixPath(CODE_FOLDER).parent)),
                    core.EnvVarArgs(name="PYTHONDONTWRITEBYTECODE", value="1"),
                    # So that print() in hub.extraConfig is in the log at once.
                    core.EnvVarArgs(name="PYTHONUNBUFFERED", value="1"),
                    *_own_variables(args.settings),
                ],
                ports=[core.ContainerPortArgs(name="hub", container_port=HUB_PORT)],
                # Time for the removal of the endpoint: requests to a deleted pod would hang.
                lifecycle=core.LifecycleArgs(pre_stop=core.LifecycleHandlerArgs(sleep=core.SleepActionArgs(seconds=2))),
                # Three minutes: a new version first upgrades the database.
                startup_probe=probe(health, port=HUB_PORT, period=1, failures=180),
                readiness_probe=probe(health, port=HUB_PORT, period=5, failures=3),
                # Five minutes: while a database does not answer, the hub waits for it, and answers nothing else.
                liveness_probe=probe(health, port=HUB_PORT, period=10, failures=30),
                resources=requirements(args.settings.hub.resources, autopilot=args.settings.cluster.autopilot),
                security_context=container_security(),
                volume_mounts=mounts,
            )
        ],
        volumes=volumes,
    )
    return placed(spec, args.settings.hub.pod, core_nodes(args.settings))


def _own_variables(settings: Settings) -> list[core.EnvVarArgs]:
    """Return the operator's own environment variables. Kubernetes would replace `$(NAME)` in a value."""
    hub = settings.hub
    return [
        *(core.EnvVarArgs(name=name, value=value.replace("$(", "$$(")) for name, value in hub.environment.items()),
        *(from_secret(name, secret=of.secret, key=of.key) for name, of in hub.secret_key_refs.items()),
    ]
