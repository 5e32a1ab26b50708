"""Keys `iap.*`."""

from typing import Annotated

from pydantic import Field

from settings.types.iap import BackendServiceId, IapMember
from settings.types.model import Model
from settings.types.secret import Secret
from settings.types.text import Line


class IapSettings(Model):
    """Sign-in with Google's Identity-Aware Proxy (IAP)."""

    client_id: Line | None = None
    """Client ID of Identity-Aware Proxy's OAuth client, such as `123456789012-abc.apps.googleusercontent.com`. Required
    with `auth.type: iap`."""
    client_secret: Secret | None = None
    """Client secret of Identity-Aware Proxy's OAuth client. Required with `auth.type: iap`."""
    members: Annotated[
        tuple[IapMember, ...], Field(examples=[["group:physics@example.org", "domain:example.org"]])
    ] = ()
    """IAM members (`user:`, `group:` or `domain:`) that can sign in, in addition to `auth.allowedUsers` and
    `auth.adminUsers`."""
    backend_service: BackendServiceId | None = None
    """ID of the gateway's backend service, such as `1234567890123456789`. GKE creates it in the first `pulumi up`. Not
    set: the hub accepts IAP tokens for any backend service of the project."""
