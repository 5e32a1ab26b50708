"""The Google Cloud APIs that signing in, the state and the accounts need."""

from typing import Final

import pulumi
from pulumi_gcp import projects

_NEEDED: Final = ("cloudkms", "cloudresourcemanager", "iam", "iamcredentials", "storage", "sts")


class Apis(pulumi.ComponentResource):
    """Enabled APIs of the project. They stay enabled after `pulumi destroy`, as other programs may use them."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:keyless/apis:Apis", name, None, opts)
        services = [
            projects.Service(
                f"{name}-{api}",
                service=f"{api}.googleapis.com",
                disable_on_destroy=False,
                opts=pulumi.ResourceOptions(parent=self),
            )
            for api in _NEEDED
        ]
        self.register_outputs({"enabled": [service.service for service in services]})
