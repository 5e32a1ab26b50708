"""The stack's exports: repository variables, and the commands that create the hub's stack."""

from collections.abc import Mapping

import pulumi


def variables(
    *, provider: pulumi.Input[str], backend: pulumi.Input[str], emails: Mapping[str, pulumi.Input[str]]
) -> dict[str, pulumi.Input[str]]:
    """Return the variables of the GitHub repository that the workflows read; none of them is a secret.

    Args:
        provider: Full name of the provider of identities.
        backend: Where Pulumi logs in.
        emails: The accounts, by purpose.
    """
    accounts = {f"GCP_{purpose.upper()}_ACCOUNT": email for purpose, email in emails.items()}
    return {"GCP_WORKLOAD_IDENTITY_PROVIDER": provider, "PULUMI_BACKEND_URL": backend, **accounts}


def commands(of: Mapping[str, pulumi.Input[str]], secrets_provider: pulumi.Input[str]) -> list[pulumi.Input[str]]:
    """Return the commands that come next, in the folder of the hub's program.

    Args:
        of: The variables.
        secrets_provider: Secrets provider of the hub's stack.
    """
    return [
        *(pulumi.Output.concat(f"gh variable set {name} --body ", value) for name, value in of.items()),
        pulumi.Output.concat("pulumi login ", of["PULUMI_BACKEND_URL"]),
        pulumi.Output.concat("pulumi stack init gke --secrets-provider=", secrets_provider),
    ]
