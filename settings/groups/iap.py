"""Keys `iap.*`."""

from settings.types.iap import BackendServiceId, IapMember
from settings.types.model import Model
from settings.types.secret import Secret
from settings.types.text import Line


class IapSettings(Model):
    """Sign-in with IAP, for `auth.type` `iap`."""

    client_id: Line | None = None
    """Client ID of the OAuth client with which IAP signs people in, `....apps.googleusercontent.com`."""
    client_secret: Secret | None = None
    """Its client secret."""
    members: tuple[IapMember, ...] = ()
    """Whom IAP lets in, beside `auth.allowedUsers` and `auth.adminUsers`: all of these may use the hub."""
    backend_service: BackendServiceId | None = None
    """Id of the gateway's backend service, known after the first `up`; none = what IAP says to any backend of the
    project counts."""
