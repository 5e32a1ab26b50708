"""The service account of one purpose, for the workflows of that purpose."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_gcp import kms, projects, serviceaccount, storage

from keyless.purposes import IAM_ADMIN, Purpose
from keyless.settings import Settings


@dataclass(frozen=True, kw_only=True)
class AccountArgs:
    """Inputs of `Account`."""

    settings: Settings
    """The stack's settings: project, protection."""
    purpose: Purpose
    """Its purpose."""
    principal: pulumi.Input[str]
    """IAM principal of the workflows that may act as it."""
    bucket: pulumi.Input[str]
    """Name of the bucket with Pulumi's state."""
    key: pulumi.Input[str]
    """Full name of the key that encrypts the state's secrets."""


class Account(pulumi.ComponentResource):
    """A service account without a key: only workflows of its purpose get its tokens, for an hour each."""

    email: pulumi.Output[str]
    """E-mail of the account; known once its roles are granted."""

    def __init__(self, name: str, args: AccountArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:keyless/account:Account", name, None, opts)
        purpose, child = args.purpose, pulumi.ResourceOptions(parent=self)
        account = serviceaccount.Account(
            f"{name}-account",
            account_id=f"jupyterhub-{purpose.name}",
            display_name=purpose.display_name,
            opts=pulumi.ResourceOptions(parent=self, protect=args.settings.protect),
        )
        roles: list[tuple[str, pulumi.Input[str]]] = [(role.rpartition("/")[2], role) for role in purpose.roles]
        if purpose.permissions:
            own = projects.IAMCustomRole(
                f"{name}-role",
                role_id=f"jupyterhub.{purpose.name}",
                title=purpose.display_name,
                permissions=purpose.permissions,
                opts=child,
            )
            roles.append(("own", own.name))
        grants: list[pulumi.CustomResource] = [
            projects.IAMMember(
                f"{name}-{part}",
                project=args.settings.project,
                role=role,
                member=account.member,
                condition=_only(purpose.grants) if role == IAM_ADMIN else None,
                opts=child,
            )
            for part, role in roles
        ]
        grants += [
            storage.BucketIAMMember(
                f"{name}-state",
                bucket=args.bucket,
                role="roles/storage.objectUser" if purpose.writes_state else "roles/storage.objectViewer",
                member=account.member,
                opts=child,
            ),
            kms.CryptoKeyIAMMember(
                f"{name}-key",
                crypto_key_id=args.key,
                role=f"roles/cloudkms.cryptoKey{'EncrypterDecrypter' if purpose.writes_state else 'Decrypter'}",
                member=account.member,
                opts=child,
            ),
            serviceaccount.IAMMember(
                f"{name}-workflows",
                service_account_id=account.name,
                role="roles/iam.workloadIdentityUser",
                member=args.principal,
                opts=child,
            ),
        ]
        self.email = pulumi.Output.all(account.email, *(grant.id for grant in grants)).apply(lambda values: values[0])
        self.register_outputs({"email": self.email})


def _only(roles: Sequence[str]) -> "projects.IAMMemberConditionArgs":
    """Return the condition that no other role is granted or revoked.

    Source: https://cloud.google.com/iam/docs/setting-limits-on-granting-roles (2026-11).
    """
    listed = ", ".join(f"'{role}'" for role in roles)
    return projects.IAMMemberConditionArgs(
        title="Roles of the stack only",
        expression=f"api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly([{listed}])",
    )
