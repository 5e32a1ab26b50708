"""What the claims of an OpenID provider say about a user: the name, the groups, and whether it vouches for them."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, cast

from hub.errors import HubError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hub.contract_oidc import IdentityProvider, Oidc

_LONGEST_GROUP: Final = 255
"""Characters of a group's name in JupyterHub's database."""
_YES: Final = (True, "true", "True", 1, "1")
"""Values of `email_verified`. Some providers send texts."""


def value_of(claims: Mapping[str, Any], path: str) -> object:
    """Return a claim by its name, which may have dots itself, or by a path such as `realm_access.roles`; else None."""
    if path in claims:
        return claims[path]
    found: object = claims
    for part in path.split("."):
        if not isinstance(found, dict):
            return None
        found = cast("Mapping[str, object]", found).get(part)
    return found


def username_of(claims: Mapping[str, Any], oidc: Oidc) -> str:
    """Return the user name of an account that may use the hub at all.

    Raises:
        RefusedError: The provider does not vouch for the email address, or the account is of another organization.
        HubError: The provider does not give the claim, or something that is no name.
    """
    _require_domain(claims, oidc)
    source = identity_provider_of(claims, oidc)
    claim = source.username_claim if source else oidc.username_claim
    name = value_of(claims, claim)
    if not isinstance(name, str) or not name.strip():
        raise HubError(
            [
                f"{oidc.title} does not tell the hub your user name: the claim {claim} is missing.",
                "The operator of this hub can change oidc.usernameClaim or oidc.scopes.",
            ],
            status=HTTPStatus.FORBIDDEN,
        )
    if claim.rpartition(".")[2] == "email" and oidc.needs_verified_email:
        _require_verified(claims, oidc)
    domain = source.strip_domain if source else oidc.strip_domain
    name = name.strip()
    if domain is not None and name.lower().endswith(f"@{domain}"):
        name = name[: -len(domain) - 1]
    if "/" in name or not name:
        raise HubError([f"{name!r} cannot be a user name: it has a slash, or is empty."], status=HTTPStatus.FORBIDDEN)
    return f"{source.prefix}:{name}" if source and source.prefix else name


def groups_of(claims: Mapping[str, Any], oidc: Oidc) -> set[str] | None:
    """Return the groups of a user; None if the provider does not tell any."""
    value = value_of(claims, oidc.groups_claim) if oidc.groups_claim else None
    if isinstance(value, str):  # of some providers, if there is only one
        value = [value]
    if not isinstance(value, list):
        return None
    names = {name for name in cast("list[object]", value) if isinstance(name, str)}
    if oidc.provider == "keycloak":
        names = {part for name in names for part in _with_parents(name)}
    return {name for name in names if name and len(name) <= _LONGEST_GROUP and name.isprintable()}


def has_more_groups(claims: Mapping[str, Any], claim: str) -> bool:
    """Return whether Microsoft Entra has left out the groups, as they are too many for a token."""
    elsewhere = claims.get("_claim_names")
    return bool(claims.get("hasgroups")) or (isinstance(elsewhere, dict) and claim in elsewhere)


def identity_provider_of(claims: Mapping[str, Any], oidc: Oidc) -> IdentityProvider | None:
    """Return the identity provider of CILogon that has signed the user in; None with other providers.

    Raises:
        RefusedError: The stack does not list it.
    """
    if not oidc.identity_providers:
        return None
    for provider in oidc.identity_providers:
        if provider.id == claims.get("idp"):
            return provider
    name = claims.get("idp_name") or claims.get("idp") or "An unknown identity provider"
    raise RefusedError([f"{name} is not among the identity providers of this hub.", "Sign in with another one."])


def is_allowed_by(provider: IdentityProvider | None, claims: Mapping[str, Any]) -> bool:
    """Return whether an identity provider's users, or those with the domain of an email address, may sign in."""
    if provider is None:
        return False
    domain = str(claims.get("email") or "").rpartition("@")[2].lower()
    return provider.allow_all or domain in provider.allowed_domains


def _with_parents(group: str) -> list[str]:
    """Return a group of Keycloak and those above it, whose rights its members have, too: `/science/physics`."""
    if not group.startswith("/"):
        return [group]
    parts = group.strip("/").split("/")
    return ["/".join(parts[: depth + 1]) for depth in range(len(parts))]


def _require_domain(claims: Mapping[str, Any], oidc: Oidc) -> None:
    """Refuse accounts outside of the Google Workspaces. The domain of the address would not do: anybody may use one."""
    if oidc.hosted_domains and str(claims.get("hd") or "").lower() not in oidc.hosted_domains:
        domains = ", ".join(oidc.hosted_domains)
        raise RefusedError([f"This hub is for Google accounts of {domains}.", "Sign in with such an account."])


def _require_verified(claims: Mapping[str, Any], oidc: Oidc) -> None:
    verified = claims.get("email_verified")
    if verified in _YES:
        return
    if verified is None:
        raise HubError(
            [
                f"{oidc.title} does not say whether your email address is verified, so it cannot be your user name.",
                "The operator of this hub can change oidc.usernameClaim or oidc.allowUnverifiedEmail.",
            ],
            status=HTTPStatus.FORBIDDEN,
        )
    raise RefusedError([f"Your email address is not verified at {oidc.title}.", "Verify it there, and sign in again."])
