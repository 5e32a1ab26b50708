"""Sign-in by OpenID Connect."""

from __future__ import annotations

from typing import Literal

from hub.contract_part import Part


class IdentityProvider(Part):
    """An identity provider of CILogon, and the names and rights of its users."""

    id: str
    """Its EntityID, in the claim `idp`."""
    username_claim: str
    """Claim with the user name."""
    strip_domain: str | None
    """Domain that is removed from user names."""
    prefix: str | None
    """Text before user names and a colon."""
    allow_all: bool
    """Whether all its users may sign in."""
    allowed_domains: tuple[str, ...]
    """Domains of email addresses whose owners may sign in."""


class Oidc(Part):
    """An OpenID provider, and what its claims mean."""

    provider: Literal["google", "entra", "cilogon", "keycloak", "auth0", "okta", "other"]
    """Product, for its peculiarities."""
    title: str
    """Name on the button and in messages."""
    issuer: str
    """Issuer; its discovery document has all other addresses."""
    scopes: tuple[str, ...]
    """Scopes of the request."""
    authorize_parameters: dict[str, str]
    """Further parameters of the request that leads people to the provider."""
    username_claim: str
    """Claim with the user name."""
    strip_domain: str | None
    """Domain that is removed from user names."""
    needs_verified_email: bool
    """Whether an email address is a user name only if the provider has confirmed it."""
    groups_claim: str | None
    """Claim with the groups, or a path in it; None: groups are not the provider's."""
    allowed_groups: tuple[str, ...]
    """Groups whose members may sign in."""
    admin_groups: tuple[str, ...]
    """Groups whose members may sign in and are admins."""
    allow_all: bool
    """Whether everybody with an account of the issuer may sign in."""
    hosted_domains: tuple[str, ...]
    """Google Workspaces outside of which nobody may sign in; empty: no restriction."""
    identity_providers: tuple[IdentityProvider, ...]
    """Identity providers of CILogon outside of which nobody may sign in; empty: no restriction."""
    recheck_minutes: int
    """Minutes after which the authorization of a signed-in user is checked again; 0 is never."""
    logout_at_provider: bool
    """Whether signing out of the hub also signs out at the provider."""
