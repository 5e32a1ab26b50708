"""Keys `iap.*`."""

from settings.types.iap import BackendServiceId, IapMember
from settings.types.model import Model
from settings.types.secret import Secret
from settings.types.text import Line


class IapSettings(Model):
    """Sign-in with IAP, for `auth.type` `iap`."""

    client_id: Line | None = None
    """Client ID of the OAuth client of Identity-Aware Proxy, for `auth.type: iap`."""
    client_secret: Secret | None = None
    """Client secret of the OAuth client of Identity-Aware Proxy."""
    members: tuple[IapMember, ...] = ()
    """IAM members that Identity-Aware Proxy lets in, beside `auth.allowedUsers` and `auth.adminUsers`:
    `user:ada@example.org`, `group:physics@example.org` or `domain:example.org`."""
    backend_service: BackendServiceId | None = None
    """ID of the gateway's backend service, which GKE creates in the first `pulumi up`. Not set: the hub accepts IAP
    tokens for any backend service of the project."""
