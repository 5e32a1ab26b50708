"""The operator's own rights in the cluster."""

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.meta import v1 as meta
from pulumi_kubernetes.rbac import v1 as rbac

from components.metadata import labels
from settings import Settings


@dataclass(frozen=True, kw_only=True)
class ClusterAdminArgs:
    """Inputs of `ClusterAdmin`."""

    settings: Settings
    """The stack's settings: the name of the binding."""
    user: pulumi.Input[str]
    """The user as the cluster knows it, such as `user@example.org`."""


class ClusterAdmin(pulumi.ComponentResource):
    """A ClusterRoleBinding that makes one user cluster-admin.

    GKE lets its users create Roles only if they hold the rights that they give away, so the operator needs this first.
    """

    binding_name: pulumi.Output[str]
    """Name of the ClusterRoleBinding; known once it exists."""

    def __init__(self, name: str, args: ClusterAdminArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:cluster_admin:ClusterAdmin", name, None, opts)
        binding = rbac.ClusterRoleBinding(
            f"{name}-binding",
            metadata=meta.ObjectMetaArgs(
                name=args.settings.cluster_admin.binding_name, labels=labels(args.settings, "operator")
            ),
            role_ref=rbac.RoleRefArgs(api_group="rbac.authorization.k8s.io", kind="ClusterRole", name="cluster-admin"),
            subjects=[rbac.SubjectArgs(api_group="rbac.authorization.k8s.io", kind="User", name=args.user)],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.binding_name = binding.metadata.name
        self.register_outputs({"binding_name": self.binding_name})
