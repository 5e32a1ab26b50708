"""Sign-in by LTI 1.3."""

from __future__ import annotations

from hub.contract_part import Part


class Lti(Part):
    """A course platform, and what its claims mean."""

    title: str
    """Name in messages."""
    issuer: str
    """Issuer of its tokens."""
    client_ids: tuple[str, ...]
    """Client IDs of the hub at the platform."""
    authorization_url: str
    """Address to which the hub sends the browser for a token."""
    keys_url: str
    """Address of the public keys that tokens are signed with."""
    username_claim: str
    """Claim with the user name; `custom_x` is the custom parameter `x`."""
    deployment_ids: tuple[str, ...]
    """Deployments from which people may sign in; empty: all."""
    admin_roles: tuple[str, ...]
    """Roles whose holders are admins. They are kept as groups."""
