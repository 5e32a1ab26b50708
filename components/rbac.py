"""The hub's rights: pods and claims in the notebooks' namespace, and the number of placeholders there."""

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta
from pulumi_kubernetes.rbac import v1 as rbac

from components.metadata import labels
from components.spare_servers import scaled_by_hub
from settings import NotebookIdentity, Settings

DEFAULT_SERVICE_ACCOUNT: Final = "notebooks"
"""Name of the ServiceAccount in the notebooks' namespace that owns the notebooks' pods, and that they run as unless
`identity.notebooks` has another one for their user."""

_GOOGLE_SERVICE_ACCOUNT: Final = "iam.gke.io/gcp-service-account"
"""Annotation of a ServiceAccount: the Google service account that its pods act as."""


def service_account_name(identity: NotebookIdentity) -> str:
    """Return the name of the ServiceAccount of an entry of `identity.notebooks`."""
    return f"{DEFAULT_SERVICE_ACCOUNT}-{identity.name}"


@dataclass(frozen=True, kw_only=True)
class RbacArgs:
    """Inputs of `Rbac`."""

    settings: Settings
    """The stack's settings: names, Google service accounts, and whether homes are kept."""
    namespace: pulumi.Input[str]
    """Namespace of the hub."""
    notebooks_namespace: pulumi.Input[str]
    """Namespace of the notebooks."""


class Rbac(pulumi.ComponentResource):
    """The hub's ServiceAccount, its rights in the notebooks' namespace, and the owner of the notebooks' pods."""

    hub_account: pulumi.Output[str]
    """Name of the hub's ServiceAccount. Known once its rights and the notebooks' ServiceAccounts exist: the hub starts
    after them and is deleted before them."""
    owner_uid: pulumi.Output[str]
    """UID of `DEFAULT_SERVICE_ACCOUNT`. It owns every notebook pod, so that Kubernetes deletes these when the
    stack is destroyed, and keeps the volumes."""

    def __init__(self, name: str, args: RbacArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:rbac:Rbac", name, None, opts)
        settings, child = args.settings, pulumi.ResourceOptions(parent=self)
        account = core.ServiceAccount(
            f"{name}-hub",
            metadata=meta.ObjectMetaArgs(
                name=settings.name,
                namespace=args.namespace,
                labels=labels(settings, "hub"),
                annotations=_annotations(settings.identity.hub_service_account),
            ),
            automount_service_account_token=False,
            opts=child,
        )

        def notebooks_account(part: str, kubernetes_name: str, google_account: str | None) -> core.ServiceAccount:
            return core.ServiceAccount(
                f"{name}-{part}",
                metadata=meta.ObjectMetaArgs(
                    name=kubernetes_name,
                    namespace=args.notebooks_namespace,
                    labels=labels(settings, "notebooks"),
                    annotations=_annotations(google_account),
                ),
                automount_service_account_token=False,
                opts=child,
            )

        owner = notebooks_account("notebooks", DEFAULT_SERVICE_ACCOUNT, settings.identity.notebook_service_account)
        others = [
            notebooks_account(f"notebooks-{entry.name}", service_account_name(entry), entry.google_service_account)
            for entry in settings.identity.notebooks
        ]
        role_metadata = meta.ObjectMetaArgs(
            name=f"{settings.name}-spawner", namespace=args.notebooks_namespace, labels=labels(settings, "hub")
        )
        role = rbac.Role(f"{name}-role", metadata=role_metadata, rules=_rules(settings), opts=child)
        binding = rbac.RoleBinding(
            f"{name}-binding",
            metadata=role_metadata,
            role_ref=rbac.RoleRefArgs(api_group="rbac.authorization.k8s.io", kind="Role", name=role.metadata.name),
            subjects=[rbac.SubjectArgs(kind="ServiceAccount", name=account.metadata.name, namespace=args.namespace)],
            opts=child,
        )
        ready = [binding.metadata.name, *(other.metadata.name for other in others)]
        self.hub_account = pulumi.Output.all(name=account.metadata.name, ready=ready).apply(lambda args: args["name"])
        # In the preview of a new stack the metadata have no UID, or one that the API server made up for a dry run. The
        # ID is unknown then, and makes the UID unknown too.
        self.owner_uid = pulumi.Output.all(id=owner.id, uid=owner.metadata.uid).apply(lambda args: args["uid"])
        self.register_outputs({"hub_account": self.hub_account, "owner_uid": self.owner_uid})


def _annotations(google_account: str | None) -> dict[str, str] | None:
    return None if google_account is None else {_GOOGLE_SERVICE_ACCOUNT: google_account}


def _rules(settings: Settings) -> list[rbac.PolicyRuleArgs]:
    """Return the rights that KubeSpawner 7.1 needs with the traits in `hub/`: no Secrets, Services or wildcards.

    With hours of `notebook.spare`, the hub may also set the number of pods of these Deployments.
    """
    verbs = {
        "pods": ["list", "watch", "create", "delete"],
        "events": ["list", "watch"],
        # patch expands a home, see hub/home.py.
        "persistentvolumeclaims": ["create", "get", "patch", *([] if settings.notebook.keep_homes else ["delete"])],
    }
    rules = [rbac.PolicyRuleArgs(api_groups=[""], resources=[resource], verbs=verbs[resource]) for resource in verbs]
    if names := [spare.deployment for spare in scaled_by_hub(settings)]:
        scale = rbac.PolicyRuleArgs(
            api_groups=["apps"], resources=["deployments/scale"], resource_names=names, verbs=["patch"]
        )
        rules.append(scale)
    return rules
