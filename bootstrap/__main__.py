"""Google Cloud resources for GitHub Actions: APIs, workload identity federation, Pulumi's state, service accounts."""

import pulumi
import pulumi_gcp as gcp

from keyless import exports, settings
from keyless.account import Account, AccountArgs
from keyless.apis import Apis
from keyless.federation import Federation, FederationArgs
from keyless.purposes import PURPOSES
from keyless.state import State, StateArgs

stack = settings.from_pulumi()
google = gcp.Provider("google", project=stack.project, region=stack.location)
apis = Apis("apis", pulumi.ResourceOptions(provider=google))
options = pulumi.ResourceOptions(provider=google, depends_on=apis)

federation = Federation("github", FederationArgs(settings=stack), options)
state = State("state", StateArgs(settings=stack), options)
accounts = {
    purpose.name: Account(
        purpose.name,
        AccountArgs(
            settings=stack,
            purpose=purpose,
            principal=federation.principal(purpose.name),
            bucket=state.bucket,
            key=state.key,
        ),
        options,
    )
    for purpose in PURPOSES
}

emails = {name: account.email for name, account in accounts.items()}
variables = exports.variables(provider=federation.provider, backend=state.backend, emails=emails)
pulumi.export("variables", variables)
pulumi.export("secrets_provider", state.secrets_provider)
pulumi.export("commands", exports.commands(variables, state.secrets_provider))
