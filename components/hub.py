"""The hub: one pod, its name in the cluster's DNS, and the volume of an sqlite database."""

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

import pulumi
from pulumi_kubernetes.apps import v1 as apps
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta

from components import hub_secret, proxy
from components.hub_config import CODE_FOLDER, DATABASE_FOLDER
from components.metadata import KEPT, labels, selector
from components.node_purpose import core_nodes
from components.pod import container_security, from_secret, pod_security, probe, requirements
from components.rollout import Rollout, RolloutArgs
from hub.contract import HUB_PORT, PROXY_TOKEN_VARIABLE
from settings import Settings

_NO_WAIT: Final = {"pulumi.com/waitFor": "jsonpath={.metadata.uid}"}
"""Annotations of an object that is ready once it is there: `Rollout` waits for the hub, and tells why it fails."""


def connect_url(settings: Settings) -> str:
    """Returns where proxy and notebooks reach the hub. It follows from the settings, so nobody waits to learn it.

    It is a cluster address and not the pod's own, which the headless Service gives: while the hub restarts, a request
    to the cluster address is refused at once, and one to the gone pod's address hangs for a minute.
    """
    return f"http://{_api_name(settings)}.{settings.namespace}:{HUB_PORT}"


def _api_name(settings: Settings) -> str:
    return f"{settings.name}-api"


@dataclass(frozen=True, kw_only=True)
class HubArgs:
    """Inputs of `Hub`."""

    settings: Settings
    """The stack's settings: names, the hub's image, resources and volume, protection."""
    namespace: pulumi.Input[str]
    """Namespace of the hub."""
    service_account: pulumi.Input[str]
    """ServiceAccount with which the hub makes notebooks."""
    config_map: pulumi.Input[str]
    """ConfigMap with the hub's code and `hub.json`."""
    secret: pulumi.Input[str]
    """Secret with the hub's own secrets, under the names of `hub_secret.variables`."""
    proxy_token_secret: pulumi.Input[str]
    """Secret with the proxy's token."""
    storage_class: pulumi.Input[str] | None = None
    """StorageClass of a new volume for the database; none = the cluster's default. One that is there keeps its own."""
    kubeconfig: pulumi.Input[str] | None = None
    """The kubeconfig of a GKE cluster; none = the one that `kubernetes.context` is in."""
    proxy: pulumi.Resource
    """The proxy, without which the hub does not run. Only the wait for the hub depends on it, not the hub's pod."""


class Hub(pulumi.ComponentResource):
    """JupyterHub as a StatefulSet of one: there are never two hubs at one database.

    The pod needs the proxy's API to start, but no resource here waits for the proxy: the hub tries again until it is
    there.
    """

    database_claim: pulumi.Output[str | None]
    """Name of the PersistentVolumeClaim of the database; none where that is not on a volume of the stack."""

    def __init__(self, name: str, args: HubArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:hub:Hub", name, None, opts)
        settings, child = args.settings, pulumi.ResourceOptions(parent=self)
        service_name = f"{settings.name}-0"
        claim = _database_claim(name, args, parent=self) if settings.database.type == "sqlite" else None
        self.database_claim = pulumi.Output.from_input(claim)
        core.Service(
            f"{name}-service",
            metadata=meta.ObjectMetaArgs(name=service_name, namespace=args.namespace, labels=labels(settings, "hub")),
            spec=core.ServiceSpecArgs(
                cluster_ip="None",
                # The pod's name resolves from its first moment on, as a StatefulSet's should.
                publish_not_ready_addresses=True,
                selector=selector(settings, "hub"),
                ports=[core.ServicePortArgs(name="hub", port=HUB_PORT, target_port="hub")],
            ),
            opts=child,
        )
        core.Service(
            f"{name}-api",
            metadata=meta.ObjectMetaArgs(
                name=_api_name(settings),
                namespace=args.namespace,
                labels=labels(settings, "hub"),
                annotations=_NO_WAIT,
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
                annotations=_NO_WAIT,
            ),
            spec=apps.StatefulSetSpecArgs(
                replicas=1,
                service_name=service_name,
                # With OrderedReady a pod that never gets ready is not replaced by its mended successor.
                pod_management_policy="Parallel",
                revision_history_limit=3,
                selector=meta.LabelSelectorArgs(match_labels=selector(settings, "hub")),
                template=core.PodTemplateSpecArgs(
                    metadata=meta.ObjectMetaArgs(labels=labels(settings, "hub")),
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
        self.register_outputs({"database_claim": self.database_claim})


def _database_claim(name: str, args: HubArgs, *, parent: pulumi.Resource) -> pulumi.Output[str]:
    settings = args.settings
    claim = core.PersistentVolumeClaim(
        f"{name}-database",
        metadata=meta.ObjectMetaArgs(
            name=f"{settings.name}-database",
            namespace=args.namespace,
            labels=labels(settings, "hub"),
            # The wait for the hub covers the volume. The provider's own would never end for a claim that is bound
            # already (one kept from before, or one that grows) if its class binds with the first pod, as GKE's do:
            # up to 4.26 it then waits to see the claim pending (pulumi-kubernetes#4179).
            annotations={**KEPT, "pulumi.com/skipAwait": "true"},
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
            # A claim keeps its class all its life: with another one it would be another volume, and an empty one.
            ignore_changes=["spec.storageClassName"],
        ),
    )
    return claim.metadata.name


def _pod(args: HubArgs, *, database_claim: pulumi.Output[str] | None) -> core.PodSpecArgs:
    health = "/hub/health"
    mounts = [core.VolumeMountArgs(name="code", mount_path=CODE_FOLDER, read_only=True)]
    volumes = [core.VolumeArgs(name="code", config_map=core.ConfigMapVolumeSourceArgs(name=args.config_map))]
    if database_claim is not None:
        source = core.PersistentVolumeClaimVolumeSourceArgs(claim_name=database_claim)
        mounts.append(core.VolumeMountArgs(name="database", mount_path=DATABASE_FOLDER))
        volumes.append(core.VolumeArgs(name="database", persistent_volume_claim=source))
    mounts.append(core.VolumeMountArgs(name="tmp", mount_path="/tmp"))  # noqa: S108 inside the pod
    volumes.append(core.VolumeArgs(name="tmp", empty_dir=core.EmptyDirVolumeSourceArgs()))
    return core.PodSpecArgs(
        service_account_name=args.service_account,
        automount_service_account_token=True,
        enable_service_links=False,
        node_selector=core_nodes(args.settings),
        # JupyterHub stops in about 3 s; the rest is for a busy node.
        termination_grace_period_seconds=30,
        security_context=pod_security(user=1000),
        containers=[
            core.ContainerArgs(
                name="hub",
                image=args.settings.hub.image,
                # As args, so that the image's own entry point (tini) stays.
                args=["jupyterhub", "-f", f"{CODE_FOLDER}/jupyterhub_config.py"],
                env=[
                    from_secret(PROXY_TOKEN_VARIABLE, secret=args.proxy_token_secret, key=proxy.TOKEN_KEY),
                    *(
                        from_secret(variable, secret=args.secret, key=variable)
                        for variable in hub_secret.variables(args.settings)
                    ),
                    core.EnvVarArgs(name="PYTHONPATH", value=str(PurePosixPath(CODE_FOLDER).parent)),
                    core.EnvVarArgs(name="PYTHONDONTWRITEBYTECODE", value="1"),
                ],
                ports=[core.ContainerPortArgs(name="hub", container_port=HUB_PORT)],
                # Seconds in which the proxy learns that this pod gets no requests any more: one that is sent to a pod
                # that is gone would hang.
                lifecycle=core.LifecycleArgs(pre_stop=core.LifecycleHandlerArgs(sleep=core.SleepActionArgs(seconds=2))),
                # Three minutes: a new version first brings the database up to date.
                startup_probe=probe(health, port=HUB_PORT, period=1, failures=180),
                readiness_probe=probe(health, port=HUB_PORT, period=5, failures=3),
                liveness_probe=probe(health, port=HUB_PORT, period=10, failures=6),
                resources=requirements(args.settings.hub.resources),
                security_context=container_security(),
                volume_mounts=mounts,
            )
        ],
        volumes=volumes,
    )
