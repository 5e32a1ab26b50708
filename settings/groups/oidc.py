"""Keys `oidc.*`."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import Field

from settings.types.addresses import host_of
from settings.types.choices import GroupName
from settings.types.model import Model
from settings.types.oidc import (
    ClaimName,
    Domain,
    EntityId,
    IssuerUrl,
    NamePrefix,
    ParameterName,
    Scope,
    TenantId,
)
from settings.types.secret import Secret
from settings.types.text import Flag, Line, WholeNumber

_UNIVERSITY = {"id": "https://idp.example.edu/idp/shibboleth", "stripDomain": "example.edu", "allowAll": True}

ENTRA: Final = "https://login.microsoftonline.com"
"""Microsoft Entra of the global cloud."""
_ISSUERS: Final[Mapping[str, str]] = {"google": "https://accounts.google.com", "cilogon": "https://cilogon.org"}
_BY_EMAIL: Final = {"google", "cilogon", "auth0"}
"""Providers without a name of their own for accounts."""
_TITLES: Final[Mapping[str, str]] = {
    "google": "Google",
    "entra": "Microsoft",
    "cilogon": "CILogon",
    "keycloak": "Keycloak",
    "auth0": "Auth0",
    "okta": "Okta",
}


class IdentityProvider(Model):
    """An identity provider of CILogon."""

    id: EntityId
    """EntityID, from https://cilogon.org/idplist, such as `https://idp.example.edu/idp/shibboleth`."""
    username_claim: ClaimName | None = None
    """Claim with the user name, such as `eppn`. Not set: `oidc.usernameClaim`."""
    strip_domain: Domain | None = None
    """Domain that is removed from user names, such as `example.edu`: `ada@example.edu` is `ada`. Not set: none."""
    prefix: NamePrefix | None = None
    """Text before user names, such as `google`: `google:ada@gmail.com`. Not set: none."""
    allow_all: Flag = False
    """Whether all its users can sign in."""
    allowed_domains: tuple[Domain, ...] = ()
    """Domains of email addresses whose owners can sign in."""


class OidcSettings(Model):
    """Sign-in by OpenID Connect."""

    provider: Literal["google", "entra", "cilogon", "keycloak", "auth0", "okta", "other"] = "other"
    """OpenID provider, whose peculiarities the hub then knows: `google`, `entra` (Microsoft Entra ID), `cilogon`,
    `keycloak`, `auth0`, `okta`, or `other`."""
    issuer: IssuerUrl | None = None
    """Issuer, such as `https://sso.example.org/realms/main`: the address whose `/.well-known/openid-configuration`
    has all others. Required, except with `google`, `cilogon`, and `entra`, where `oidc.tenant` takes its place."""
    tenant: TenantId | None = None
    """ID of the Entra tenant, such as `0f8fad5b-d9cb-469f-a165-70867728950e`. Required with `oidc.provider: entra`."""
    title: Line | None = None
    """Name of the provider on the button "Sign in with ...", such as `Example University`. Not set: that of the
    product; with `oidc.provider: other`, the host of the issuer."""
    client_id: Line | None = None
    """Client ID of the hub at the provider, such as `jupyterhub`. Required with `auth.type: oidc`."""
    client_secret: Secret | None = None
    """Client secret of the hub at the provider. Required with `auth.type: oidc`."""
    scopes: Annotated[tuple[Scope, ...], Field(examples=[["offline_access"]])] = ()
    """Scopes beside `openid`, `profile`, `email` and those that `oidc.provider` needs. With `offline_access`, the hub
    can ask the provider for as long as the session lasts."""
    authorize_parameters: Annotated[Mapping[ParameterName, Line], Field(examples=[{"kc_idp_hint": "university"}])] = {}
    """Parameters of the provider's own in the request that leads people to it. No secrets."""
    username_claim: ClaimName | None = None
    """Claim with the user name, such as `preferred_username`. Not set: `email` with `google`, `cilogon` and `auth0`,
    else `preferred_username`. Another claim gives all users other names, and empty homes."""
    strip_domain: Domain | None = None
    """Domain that is removed from user names, such as `example.org`: `ada@example.org` is `ada`. Not set: none."""
    allow_unverified_email: Flag = False
    """Whether email addresses are user names although the provider does not confirm them (`email_verified`): only if
    nobody can enter the address of another person there."""
    groups_claim: ClaimName | None = None
    """Claim with the groups of a user, such as `groups` or `realm_access.roles`. The hub then knows all of them. Not
    set: `groups`, if a setting names groups, else none."""
    allowed_groups: Annotated[tuple[GroupName, ...], Field(examples=[["hub-users"]])] = ()
    """Groups of the provider whose members can sign in."""
    admin_groups: Annotated[tuple[GroupName, ...], Field(examples=[["hub-admins"]])] = ()
    """Groups of the provider whose members can sign in and are admins. Who is removed from them is no longer an
    admin."""
    allow_all: Flag = False
    """Whether everyone with an account of this issuer can sign in, such as all people of a company; with `google`, of
    `oidc.hostedDomains`."""
    hosted_domains: Annotated[tuple[Domain, ...], Field(examples=[["example.org"]])] = ()
    """Google Workspaces (claim `hd`) outside of which nobody can sign in, with `oidc.provider: google`."""
    identity_providers: Annotated[tuple[IdentityProvider, ...], Field(examples=[[_UNIVERSITY]])] = ()
    """Identity providers of CILogon with which people can sign in, the suggested one first. Required with
    `oidc.provider: cilogon`."""
    recheck_minutes: Annotated[WholeNumber, Field(ge=0, le=1440)] = 5
    """Minutes between checks whether a signed-in user is still allowed; the server of a user who is not is stopped. 0
    means never: access then lasts until the session ends."""
    logout_at_provider: Flag = False
    """Whether signing out of the hub also signs out at the provider. Register the export `oauth_logout_url` there."""

    @property
    def issuer_in_use(self) -> str | None:
        """The issuer, also of a provider with only one."""
        if self.provider == "entra" and self.tenant is not None:
            return f"{ENTRA}/{self.tenant.lower()}/v2.0"
        return self.issuer or _ISSUERS.get(self.provider)

    @property
    def title_in_use(self) -> str:
        """The name of the provider."""
        return self.title or _TITLES.get(self.provider) or host_of(self.issuer_in_use or "")

    @property
    def username_claim_in_use(self) -> str:
        """The claim with the user name."""
        return self.username_claim or ("email" if self.provider in _BY_EMAIL else "preferred_username")
