"""What the hub may do in the cluster: look after pods and volumes in the notebooks' namespace, and nothing else."""

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta
from pulumi_kubernetes.rbac import v1 as rbac

from components.metadata import labels
from settings import NotebookIdentity, Settings

NOTEBOOKS_ACCOUNT: Final = "notebooks"
"""Name of the ServiceAccount, in the notebooks' namespace, that owns the notebooks' pods, and that they run as
unless `identity.notebooks` has another for their person."""

_ACTS_AS: Final = "iam.gke.io/gcp-service-account"
"""Annotation of a ServiceAccount whose pods are known to Google Cloud as that Google service account."""


def account_of(identity: NotebookIdentity) -> str:
    """Returns the name of the ServiceAccount that the notebooks of an entry of `identity.notebooks` run as."""
    return f"{NOTEBOOKS_ACCOUNT}-{identity.name}"


@dataclass(frozen=True, kw_only=True)
class RbacArgs:
    """Inputs of `Rbac`."""

    settings: Settings
    """The stack's settings: names, Google service accounts, and whether home volumes are kept."""
    namespace: pulumi.Input[str]
    """Namespace of the hub."""
    notebooks_namespace: pulumi.Input[str]
    """Namespace of the notebooks."""


class Rbac(pulumi.ComponentResource):
    """The hub's ServiceAccount, its rights in the notebooks' namespace, and the owner of the notebooks' pods."""

    hub_account: pulumi.Output[str]
    """Name of the hub's ServiceAccount. Known once its rights and the notebooks' accounts are in place: the hub never
    starts without them, and keeps them until it is gone."""
    notebooks_account_uid: pulumi.Output[str]
    """UID of ServiceAccount `NOTEBOOKS_ACCOUNT`. The hub makes it the owner of every notebook pod, so that these go
    when the stack goes, while the volumes stay."""

    def __init__(self, name: str, args: RbacArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:rbac:Rbac", name, None, opts)
        settings, child = args.settings, pulumi.ResourceOptions(parent=self)
        account = core.ServiceAccount(
            f"{name}-hub",
            metadata=meta.ObjectMetaArgs(
                name=settings.name,
                namespace=args.namespace,
                labels=labels(settings, "hub"),
                annotations=_acting_as(settings.identity.hub_service_account),
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
                    annotations=_acting_as(google_account),
                ),
                automount_service_account_token=False,
                opts=child,
            )

        owner = notebooks_account("notebooks", NOTEBOOKS_ACCOUNT, settings.identity.notebook_service_account)
        others = [
            notebooks_account(f"notebooks-{entry.name}", account_of(entry), entry.google_service_account)
            for entry in settings.identity.notebooks
        ]
        role_metadata = meta.ObjectMetaArgs(
            name=f"{settings.name}-spawner", namespace=args.notebooks_namespace, labels=labels(settings, "hub")
        )
        role = rbac.Role(
            f"{name}-role", metadata=role_metadata, rules=_rules(keep_homes=settings.notebook.keep_homes), opts=child
        )
        binding = rbac.RoleBinding(
            f"{name}-binding",
            metadata=role_metadata,
            role_ref=rbac.RoleRefArgs(api_group="rbac.authorization.k8s.io", kind="Role", name=role.metadata.name),
            subjects=[rbac.SubjectArgs(kind="ServiceAccount", name=account.metadata.name, namespace=args.namespace)],
            opts=child,
        )
        needed = [binding.metadata.name, *(other.metadata.name for other in others)]
        self.hub_account = pulumi.Output.all(account.metadata.name, *needed).apply(lambda names: names[0])
        # In the preview of a new stack the metadata are known, but have no UID yet, or one that the API server made up
        # for a dry run. The id is unknown then, and so makes the UID unknown too.
        self.notebooks_account_uid = pulumi.Output.all(owner.id, owner.metadata.uid).apply(lambda known: known[1])
        self.register_outputs({"hub_account": self.hub_account, "notebooks_account_uid": self.notebooks_account_uid})


def _acting_as(google_account: str | None) -> dict[str, str] | None:
    return None if google_account is None else {_ACTS_AS: google_account}


def _rules(*, keep_homes: bool) -> list[rbac.PolicyRuleArgs]:
    """What KubeSpawner 7.1 calls with the traits in `hub/`. No Secrets, Services or wildcards."""
    verbs = {
        "pods": ["list", "watch", "create", "delete"],
        "events": ["list", "watch"],
        # patch makes a home larger, see hub/home.py.
        "persistentvolumeclaims": ["create", "get", "patch", *([] if keep_homes else ["delete"])],
    }
    return [rbac.PolicyRuleArgs(api_groups=[""], resources=[resource], verbs=verbs[resource]) for resource in verbs]
