"""Workload identity federation for the workflows of one GitHub repository, identified by its number."""

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_gcp import iam

from keyless.settings import Settings

ISSUER: Final = "https://token.actions.githubusercontent.com"
"""Issuer of the tokens of GitHub Actions."""
SUBJECT: Final = "assertion.repository_id + ':' + assertion.run_id"
"""CEL expression of the subject, which audit logs show: the run of a workflow. Google refuses tokens with a subject of
more than 127 characters, which GitHub's own subject has with a long name of a repository or an environment."""
_EVENTS: Final = "['push', 'schedule', 'workflow_dispatch']"
"""Events whose workflow comes from the branch itself. Not pull_request_target and workflow_run, which report the branch
but process the input of others."""


@dataclass(frozen=True, kw_only=True)
class FederationArgs:
    """Inputs of `Federation`."""

    settings: Settings
    """The stack's settings: repository, branch, environment, protection."""


class Federation(pulumi.ComponentResource):
    """A workload identity pool with GitHub as its provider. There is no key that could leak."""

    provider: pulumi.Output[str]
    """Full name of the provider, for the sign-in of workflows."""

    def __init__(self, name: str, args: FederationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:keyless/federation:Federation", name, None, opts)
        protected = pulumi.ResourceOptions(parent=self, protect=args.settings.protect)
        pool = iam.WorkloadIdentityPool(
            f"{name}-pool",
            # Tutorials use the name `github-actions`, as 0.1.0 did.
            workload_identity_pool_id="jupyterhub-github",
            display_name="GitHub Actions",
            description="Workflows of the hub's repository",
            # A pool is never renamed.
            opts=pulumi.ResourceOptions.merge(
                protected, pulumi.ResourceOptions(ignore_changes=["workloadIdentityPoolId"])
            ),
        )
        provider = iam.WorkloadIdentityPoolProvider(
            f"{name}-provider",
            workload_identity_pool_id=pool.workload_identity_pool_id,
            workload_identity_pool_provider_id="github",
            display_name="GitHub",
            oidc=iam.WorkloadIdentityPoolProviderOidcArgs(issuer_uri=ISSUER),
            attribute_mapping={"google.subject": SUBJECT, "attribute.purpose": _purpose(args.settings)},
            attribute_condition=(
                f"assertion.repository_id == '{args.settings.repository_id}' && "
                f"assertion.repository_owner_id == '{args.settings.owner_id}'"
            ),
            opts=protected,
        )
        self._pool = pool.name
        self.provider = provider.name
        self.register_outputs({"provider": self.provider})

    def principal(self, purpose: str) -> pulumi.Output[str]:
        """Return the IAM principal of the workflows of a purpose."""
        return pulumi.Output.concat("principalSet://iam.googleapis.com/", self._pool, "/attribute.purpose/", purpose)


def _purpose(settings: Settings) -> str:
    """Return the CEL expression that maps the claims of a job's token to its purpose, by the names in `purposes`.

    The subject ends with the job's environment, which GitHub adds only after the environment's reviewers have approved.
    """
    of_branch = f"assertion.ref == 'refs/heads/{settings.branch}' && assertion.event_name in {_EVENTS}"
    approved = f"assertion.sub.endsWith(':environment:{settings.environment}')"
    return (
        f"assertion.event_name == 'pull_request' ? 'preview' : {of_branch} ? ({approved} ? 'deploy' : 'drift') : 'none'"
    )
