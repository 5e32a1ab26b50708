"""Who the nodes of a cluster are to Google Cloud."""

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_gcp import projects, serviceaccount

_ROLES: Final = ("roles/container.defaultNodeServiceAccount",)
"""What Google asks of the service account of nodes: to write logs and metrics, and nothing else.
Source: https://cloud.google.com/kubernetes-engine/docs/how-to/service-accounts (2026-11)."""


@dataclass(frozen=True, kw_only=True)
class NodeAccountArgs:
    """Inputs of `NodeAccount`."""

    project: str
    """The project in which the account has its rights."""
    cluster: str
    """Name of the cluster, for people who read a list of accounts."""


class NodeAccount(pulumi.ComponentResource):
    """A service account with the least rights, in place of the project's default one, which may be an editor."""

    email: pulumi.Output[str]
    """E-mail of the account; known once it has its rights."""

    def __init__(self, name: str, args: NodeAccountArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:gke/node_account:NodeAccount", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        account = serviceaccount.Account(
            f"{name}-account",
            # At most 30 characters, and it cannot be renamed.
            account_id=f"{args.cluster[:24]}-nodes".replace("--", "-"),
            display_name=f"Nodes of GKE cluster {args.cluster}",
            opts=child,
        )
        grants = [
            projects.IAMMember(
                f"{name}-{role.rpartition('.')[2]}",
                project=args.project,
                role=role,
                member=account.member,
                opts=child,
            )
            for role in _ROLES
        ]
        self.email = pulumi.Output.all(account.email, *(grant.id for grant in grants)).apply(lambda known: known[0])
        self.register_outputs({"email": self.email})
