"""Rules of sign-in by OpenID Connect."""

from typing import Final

from settings.groups.auth import AuthSettings
from settings.groups.github import GitHubSettings
from settings.groups.oidc import OidcSettings

_OWN_KEYS: Final = {
    "tenant": ("entra",),
    "hosted_domains": ("google",),
    "identity_providers": ("cilogon",),
}
"""Keys that only some providers have."""
_PARTS: Final = ("openid", "profile", "email")


def effect_errors(auth: AuthSettings, oidc: OidcSettings) -> list[str]:
    """Report keys of OpenID Connect with another sign-in."""
    keys = [
        f"oidc.{field.alias}"
        for name, field in OidcSettings.model_fields.items()
        if getattr(oidc, name) != field.default
    ]
    if auth.type == "oidc" or not keys:
        return []
    named = " and ".join(keys) + (" is" if len(keys) == 1 else " are") + " set"
    remove = "; ".join(f"pulumi config rm {key}" for key in keys)
    return [
        (
            f"auth.type: is {auth.type}, but {named}, for OpenID Connect; choose one: pulumi config set auth.type "
            f"oidc; or: {remove}"
        )
    ]


def client_errors(auth: AuthSettings, oidc: OidcSettings) -> list[str]:
    """Report a missing client or issuer."""
    if auth.type != "oidc":
        return []
    errors: list[str] = []
    if oidc.client_id is None:
        errors.append(
            "oidc.clientId: is not set; register the hub at the provider, as a confidential client (web application): "
            "pulumi config set oidc.clientId ID"
        )
    if oidc.client_secret is None:
        errors.append("oidc.clientSecret: is not set: pulumi config set --secret oidc.clientSecret")
    if oidc.provider == "entra" and oidc.tenant is None:
        errors.append(
            "oidc.tenant: is not set, the directory whose accounts can sign in: pulumi config set oidc.tenant ID; to "
            "show it: az account show --query tenantId"
        )
    elif oidc.issuer_in_use is None:
        errors.append(
            "oidc.issuer: is not set: pulumi config set oidc.issuer URL, such as "
            "https://sso.example.org/realms/main; or name a provider with only one: pulumi config set oidc.provider "
            "google"
        )
    return errors


def provider_errors(auth: AuthSettings, oidc: OidcSettings) -> list[str]:
    """Report keys that the provider does not have, and what it does not vouch for."""
    if auth.type != "oidc":
        return []
    aliases = {name: field.alias for name, field in OidcSettings.model_fields.items()}
    errors = [
        f"oidc.{aliases[name]}: is for oidc.provider {' and '.join(providers)} only; remove it: "
        f"pulumi config rm oidc.{aliases[name]}"
        for name, providers in _OWN_KEYS.items()
        if oidc.provider not in providers and getattr(oidc, name)
    ]
    if oidc.provider == "entra" and oidc.issuer is not None:
        errors.append(
            "oidc.issuer: follows from oidc.tenant with oidc.provider entra; remove it: pulumi config rm oidc.issuer. "
            "For another cloud of Microsoft: pulumi config set oidc.provider other"
        )
    if oidc.provider == "entra" and oidc.username_claim_in_use == "email":
        errors.append(
            "oidc.usernameClaim: email is not verified by Microsoft Entra, so people could take the name of another "
            "one; use preferred_username or oid: pulumi config set oidc.usernameClaim preferred_username"
        )
    if oidc.provider == "cilogon" and not oidc.identity_providers:
        errors.append(
            "oidc.identityProviders: is not set, and CILogon has thousands of them, some of which let anybody choose "
            "an address; list those that you trust: pulumi config set --path 'oidc.identityProviders[0].id' ENTITY_ID"
        )
    if oidc.provider != "entra" and (repeated := [scope for scope in oidc.scopes if scope in _PARTS]):
        errors.append(f"oidc.scopes: {' and '.join(repeated)} is asked for anyway; remove it")
    return errors


def access_errors(auth: AuthSettings, oidc: OidcSettings) -> list[str]:
    """Report settings with which nobody could sign in, or everybody."""
    if auth.type != "oidc":
        return []
    if oidc.provider == "cilogon" and oidc.allow_all:
        return [
            (
                "oidc.allowAll: says not whose accounts, with oidc.provider cilogon; set allowAll of entries of "
                "oidc.identityProviders: pulumi config rm oidc.allowAll"
            )
        ]
    if oidc.provider == "google" and oidc.allow_all and not oidc.hosted_domains:
        return [
            (
                "oidc.allowAll: lets in everyone with a Google account; name your Google Workspace in "
                "oidc.hostedDomains. To let strangers in on purpose: pulumi config rm oidc.allowAll; pulumi config set "
                "auth.allowAnyoneFromTheInternet true"
            )
        ]
    if any(
        (
            oidc.allow_all,
            oidc.allowed_groups,
            oidc.admin_groups,
            auth.allowed_users,
            auth.admin_users,
            auth.allow_anyone_from_the_internet,
            any(provider.allow_all or provider.allowed_domains for provider in oidc.identity_providers),
        )
    ):
        return []
    return [
        (
            "oidc.allowedGroups: nobody could sign in; set it, oidc.adminGroups, oidc.allowAll, auth.allowedUsers or "
            "auth.adminUsers: pulumi config set --path '[\"oidc.allowedGroups\"][0]' GROUP"
        )
    ]


def recheck_errors(auth: AuthSettings, github: GitHubSettings) -> list[str]:
    """Report the interval of GitHub's check in place of the provider's."""
    if auth.type != "oidc" or github.recheck_minutes == GitHubSettings().recheck_minutes:
        return []
    return [
        (
            "github.recheckMinutes: has no effect with auth.type oidc; set oidc.recheckMinutes: pulumi config rm "
            "github.recheckMinutes"
        )
    ]


def identity_provider_errors(oidc: OidcSettings) -> list[str]:
    """Report identity providers that are there twice, or whose users could have the same names."""
    errors: list[str] = []
    entries = oidc.identity_providers
    for index, entry in enumerate(entries):
        place = f"oidc.identityProviders[{index}]"
        ids = [other.id for other in entries]
        if (first := ids.index(entry.id)) != index:
            errors.append(f"{place}.id: is also that of oidc.identityProviders[{first}]; remove one of both")
        if entry.strip_domain is None or entry.prefix is not None:
            continue
        same = [
            number
            for number, other in enumerate(entries[:index])
            if other.strip_domain not in {None, entry.strip_domain} and other.prefix is None
        ]
        errors += [
            f"{place}.stripDomain: gives the names of oidc.identityProviders[{number}], whose domain is another one; "
            "set a prefix for one of both"
            for number in same
        ]
    return errors


def auto_login_errors(auth: AuthSettings) -> list[str]:
    """Report ways to sign in without a provider to lead to."""
    if not auth.auto_login or auth.type in {"github", "oidc", "custom"}:
        return []
    reason = "people are signed in at once anyway" if auth.type == "iap" else "there is no provider to lead people to"
    return [f"auth.autoLogin: has no effect, as {reason}; remove it: pulumi config rm auth.autoLogin"]
