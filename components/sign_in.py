"""The sign-in, as the hub reads it."""

from collections.abc import Mapping
from typing import Final

from hub.contract import GitHub, Iap, SignIn
from hub.contract_lti import Lti
from hub.contract_oidc import IdentityProvider, Oidc
from settings import Settings, callback_of

_SCOPES: Final = ("openid", "profile", "email")
_FURTHER_SCOPES: Final[Mapping[str, tuple[str, ...]]] = {"cilogon": ("org.cilogon.userinfo",)}
_GROUP_SCOPES: Final[Mapping[str, tuple[str, ...]]] = {
    # Groups are in the ID token only, which a refresh token renews; of more than 200, Microsoft Graph has the list.
    "entra": ("offline_access", "User.Read"),
    "okta": ("groups",),
}
"""Further scopes of providers, if groups are asked for."""
_OFFLINE: Final = "offline_access"
_GOOGLE_OFFLINE: Final = {"access_type": "offline", "prompt": "consent"}
"""Google's parameters for what others have that scope for."""


def sign_in(settings: Settings, public_url: str | None, iap_audience: str | None) -> SignIn:
    """Return the sign-in for the hub.

    Args:
        settings: The stack's settings.
        public_url: The hub's URL; None: unknown.
        iap_audience: Audience of the tokens of Identity-Aware Proxy; None: it is not used.
    """
    auth, github = settings.auth, settings.github
    return SignIn(
        type=auth.type,
        allowed_users=auth.allowed_users,
        admin_users=auth.admin_users,
        blocked_users=auth.blocked_users,
        allow_all=auth.allow_anyone_from_the_internet,
        auto_login=auth.auto_login,
        session_hours=auth.session_hours,
        callback_url=None if public_url is None else callback_of(public_url),
        github=GitHub(
            url=github.url,
            organizations=github.organizations,
            groups=settings.groups if auth.type == "github" else (),
            admin_teams=github.admin_teams,
            recheck_minutes=github.recheck_minutes,
        ),
        oidc=_oidc(settings) if auth.type == "oidc" else None,
        lti=_lti(settings) if auth.type == "lti" else None,
        iap=(
            Iap(audience=iap_audience, allow_all=bool(settings.iap.members))
            if auth.type == "iap" and iap_audience is not None
            else None
        ),
        custom_class=auth.custom_class,
        custom_traits=dict(auth.custom_traits),
    )


def _oidc(settings: Settings) -> Oidc:
    oidc = settings.oidc
    groups_claim = _groups_claim(settings)
    asked = [*_SCOPES, *_FURTHER_SCOPES.get(oidc.provider, ())]
    asked += [*(_GROUP_SCOPES.get(oidc.provider, ()) if groups_claim else ()), *oidc.scopes]
    parameters = dict(oidc.authorize_parameters)
    if oidc.provider == "google":
        if _OFFLINE in asked:
            asked.remove(_OFFLINE)
            parameters = {**_GOOGLE_OFFLINE, **parameters}
        if len(oidc.hosted_domains) == 1:
            parameters.setdefault("hd", oidc.hosted_domains[0])  # Google then suggests accounts of that domain
    if oidc.identity_providers:
        parameters.setdefault("selected_idp", ",".join(provider.id for provider in oidc.identity_providers))
    return Oidc(
        provider=oidc.provider,
        title=oidc.title_in_use,
        issuer=str(oidc.issuer_in_use),
        scopes=tuple(dict.fromkeys(asked)),
        authorize_parameters=dict(sorted(parameters.items())),
        username_claim=oidc.username_claim_in_use,
        strip_domain=oidc.strip_domain,
        # The addresses of CILogon are those of its identity providers, which the stack lists.
        needs_verified_email=oidc.provider != "cilogon" and not oidc.allow_unverified_email,
        groups_claim=groups_claim,
        allowed_groups=oidc.allowed_groups,
        admin_groups=oidc.admin_groups,
        allow_all=oidc.allow_all,
        hosted_domains=oidc.hosted_domains,
        identity_providers=_identity_providers(settings),
        recheck_minutes=oidc.recheck_minutes,
        logout_at_provider=oidc.logout_at_provider,
    )


def _lti(settings: Settings) -> Lti:
    lti = settings.lti
    return Lti(
        title=lti.title_in_use,
        issuer=str(lti.issuer),
        client_ids=lti.client_ids,
        authorization_url=str(lti.authorization_url),
        keys_url=str(lti.keys_url),
        username_claim=lti.username_claim,
        deployment_ids=lti.deployment_ids,
        admin_roles=lti.admin_roles,
    )


def _groups_claim(settings: Settings) -> str | None:
    """Return the claim with the groups, if there is one to be read."""
    oidc = settings.oidc
    if oidc.provider == "google":
        return None
    names_groups = bool(oidc.allowed_groups or oidc.admin_groups or settings.groups)
    return oidc.groups_claim or ("groups" if names_groups else None)


def _identity_providers(settings: Settings) -> tuple[IdentityProvider, ...]:
    oidc = settings.oidc
    return tuple(
        IdentityProvider(
            id=provider.id,
            username_claim=provider.username_claim or oidc.username_claim_in_use,
            strip_domain=provider.strip_domain,
            prefix=provider.prefix,
            allow_all=provider.allow_all,
            allowed_domains=provider.allowed_domains,
        )
        for provider in oidc.identity_providers
    )
