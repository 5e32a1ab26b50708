"""The cluster-admin rights of the user who runs Pulumi."""

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
    """Name of the user in the cluster, such as `user@example.org`."""


class ClusterAdmin(pulumi.ComponentResource):
    """A ClusterRoleBinding that makes one user cluster-admin.

    Kubernetes lets users create only Roles whose rights they have themselves, so everything else waits for it.
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
