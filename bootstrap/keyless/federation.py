"""Who may sign in to Google Cloud: workflows of one GitHub repository, known by its number."""

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_gcp import iam

from keyless.settings import Settings

ISSUER: Final = "https://token.actions.githubusercontent.com"
"""Who signs the tokens of GitHub Actions."""

_EVENTS: Final = "['push', 'schedule', 'workflow_dispatch']"
"""What starts a workflow that is written in the branch itself. Not pull_request_target and workflow_run, which say that
they are of the branch, and act on what others send."""


@dataclass(frozen=True, kw_only=True)
class FederationArgs:
    """Inputs of `Federation`."""

    settings: Settings
    """The stack's settings: repository, branch, environment, protection."""


class Federation(pulumi.ComponentResource):
    """A pool of identities, and GitHub as the one who vouches for them. No key is made, so none can leak."""

    provider: pulumi.Output[str]
    """Full name of the provider, by which a workflow signs in."""

    def __init__(self, name: str, args: FederationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:keyless/federation:Federation", name, None, opts)
        kept = pulumi.ResourceOptions(parent=self, protect=args.settings.protect)
        pool = iam.WorkloadIdentityPool(
            f"{name}-pool",
            workload_identity_pool_id="github-actions",
            display_name="GitHub Actions",
            description="Workflows of the hub's repository",
            opts=kept,
        )
        provider = iam.WorkloadIdentityPoolProvider(
            f"{name}-provider",
            workload_identity_pool_id=pool.workload_identity_pool_id,
            workload_identity_pool_provider_id="github",
            display_name="GitHub",
            oidc=iam.WorkloadIdentityPoolProviderOidcArgs(issuer_uri=ISSUER),
            attribute_mapping={"google.subject": "assertion.sub", "attribute.purpose": _purpose(args.settings)},
            attribute_condition=(
                f"assertion.repository_id == '{args.settings.repository_id}' && "
                f"assertion.repository_owner_id == '{args.settings.owner_id}'"
            ),
            opts=kept,
        )
        self._pool = pool.name
        self.provider = provider.name
        self.register_outputs({"provider": self.provider})

    def principal(self, purpose: str) -> pulumi.Output[str]:
        """Returns how IAM knows the workflows that run for a purpose."""
        return pulumi.Output.concat("principalSet://iam.googleapis.com/", self._pool, "/attribute.purpose/", purpose)


def _purpose(settings: Settings) -> str:
    """Returns the expression that tells the purpose from what GitHub says of a job; the names are those of `purposes`.

    The subject ends with the environment if the job has one, which GitHub only says after its reviewers have approved.
    """
    of_branch = f"assertion.ref == 'refs/heads/{settings.branch}' && assertion.event_name in {_EVENTS}"
    approved = f"assertion.sub.endsWith(':environment:{settings.environment}')"
    return (
        f"assertion.event_name == 'pull_request' ? 'preview' : {of_branch} ? ({approved} ? 'deploy' : 'drift') : 'none'"
    )
