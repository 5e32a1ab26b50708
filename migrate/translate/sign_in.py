"""`hub.config` of authenticators: the way people sign in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from migrate.canonical import class_of
from migrate.plan import Plan
from migrate.values import Key, list_of, map_of, number_of, texts_of

_CONFIG: Final = ("hub", "config")
_CLASSES: Final[Mapping[str, str]] = {
    "github": "GitHubOAuthenticator",
    "google": "GoogleOAuthenticator",
    "azuread": "AzureAdOAuthenticator",
    "auth0": "Auth0OAuthenticator",
    "okta": "OktaOAuthenticator",
    "cilogon": "CILogonOAuthenticator",
    "generic-oauth": "GenericOAuthenticator",
    "generic": "GenericOAuthenticator",
    "dummy": "DummyAuthenticator",
    "shared-password": "SharedPasswordAuthenticator",
    "native": "NativeAuthenticator",
    "ldap": "LDAPAuthenticator",
    "keycloak": "KeyCloakAuthenticator",
}
"""Short names of authenticator classes, as JupyterHub and its packages register them."""
_PATHS: Final[Mapping[str, str]] = {
    "GitLabOAuthenticator": "oauthenticator.gitlab.GitLabOAuthenticator",
    "BitbucketOAuthenticator": "oauthenticator.bitbucket.BitbucketOAuthenticator",
    "GenericOAuthenticator": "oauthenticator.generic.GenericOAuthenticator",
    "GlobusOAuthenticator": "oauthenticator.globus.GlobusOAuthenticator",
    "LDAPAuthenticator": "ldapauthenticator.LDAPAuthenticator",
    "OpenShiftOAuthenticator": "oauthenticator.openshift.OpenShiftOAuthenticator",
}
"""Import paths for `auth.customClass`."""
_PROVIDERS: Final[Mapping[str, str]] = {
    "GoogleOAuthenticator": "google",
    "AzureAdOAuthenticator": "entra",
    "CILogonOAuthenticator": "cilogon",
    "Auth0OAuthenticator": "auth0",
    "OktaOAuthenticator": "okta",
    "KeyCloakAuthenticator": "keycloak",
}
"""Authenticator classes whose provider `oidc.provider` names."""
_ISSUERS: Final[tuple[tuple[str, str, str], ...]] = (
    (r"(https://[^/]+(?:/auth)?/realms/[^/]+)/protocol/openid-connect/auth", r"\1", "keycloak"),
    (r"(https://[^/]+\.auth0\.com)/authorize", r"\1/", "auth0"),
    (r"(https://[^/]+\.okta(?:preview)?\.com(?:/oauth2/[^/]+)?)(?:/oauth2)?/v1/authorize", r"\1", "okta"),
    (r"https://login\.microsoftonline\.com/([^/]+)/oauth2(?:/v2\.0)?/authorize", r"\1", "entra"),
    (r"https://accounts\.google\.com/o/oauth2(?:/v2)?/auth", "", "google"),
    (r"https://(?:test\.)?cilogon\.org/authorize", "", "cilogon"),
)
"""Authorization endpoints of known providers, their issuer (for Entra the tenant), and `oidc.provider`."""
_SAME: Final[Mapping[str, str]] = {
    "enable_auth_state": "on where the recheck and tokens need it",
    "manage_groups": "on where settings name groups",
    "refresh_pre_spawn": "the hub asks again before each start",
    "oauth_callback_url": "made from the address; register the export `oauth_callback_url` at the provider",
    "populate_teams_in_auth_state": "the hub reads teams where settings name them",
    "admin_access": "admins may enter servers with the scope `access:servers` of `hub.roles`",
    "any_allow_config": "checked in the preview",
    "allow_existing_users": "`auth.allowedUsers` and groups decide at each sign-in",
    "delete_invalid_users": "users are kept; their servers are stopped",
    "token_url": "the issuer's discovery document has it",
    "userdata_url": "the issuer's discovery document has it",
    "userdata_method": "always GET, as OpenID Connect says",
    "userdata_params": "none are needed with OpenID Connect",
    "userdata_token_method": "always in the header, as OpenID Connect says",
    "authorize_url": "the issuer's discovery document has it",
    "exchange_tokens": "`notebook.signInToken` gives servers the token of the sign-in",
    "allowed_scopes": "`oidc.allowedGroups` decides who may sign in",
}
"""Traits for which nothing is set."""


@dataclass
class _Traits:
    """Traits of the authenticator in use, those of its own class over those of its base classes."""

    plan: Plan
    found: dict[str, tuple[object, Key]] = field(default_factory=dict[str, tuple[object, Key]])

    def move(self, name: str, key: str, *, many: bool = False) -> None:
        """Make a setting of a trait."""
        if name in self.found:
            value, path = self.found.pop(name)
            if many and not list_of(value):
                self.plan.same("none", path)
            else:
                self.plan.set(key, texts_of(value) if many else value, path)

    def hide(self, name: str, key: str) -> None:
        """Make a secret setting of a trait."""
        if name in self.found:
            value, path = self.found.pop(name)
            self.plan.secret(key, str(value), path)


def sign_in(plan: Plan) -> None:
    """Translate the authenticator and its traits."""
    named = plan.get((*_CONFIG, "JupyterHub", "authenticator_class"))
    cls = _class_of(plan, named)
    traits = _traits_of(plan, cls)
    for name, why in _SAME.items():
        if name in traits.found and (name not in _OF_OAUTH or cls not in _WITH_ADDRESSES):
            plan.same(why, traits.found.pop(name)[1])
    _people(traits)
    if cls == "GitHubOAuthenticator":
        _github(plan, traits)
    elif cls in _PROVIDERS or (cls == "GenericOAuthenticator" and _issuer_of(traits)[1]):
        _oidc(plan, traits, cls)
    elif cls in {"DummyAuthenticator", "SharedPasswordAuthenticator"}:
        _password(plan, traits, cls)
    elif cls == "NativeAuthenticator":
        plan.settings["auth.type"] = "native"
    elif cls == "LTI13Authenticator":
        _lti(plan, traits)
    elif cls == "GCPIAPAuthenticator":
        _iap(plan, traits)
    else:
        _custom(plan, traits, cls, str(named))
    plan.note("auth.type", (*_CONFIG, "JupyterHub", "authenticator_class"))
    _rest(plan, traits, cls)
    _other_classes(plan, cls)


_OF_OAUTH: Final = {name for name in _SAME if name.endswith(("_url", "_method", "_params")) and "callback" not in name}
"""Traits with the addresses of a provider."""
_WITH_ADDRESSES: Final = {"GenericOAuthenticator", "LTI13Authenticator"}
"""Classes that need them: the provider may be unknown, or has no discovery document."""


def _traits_of(plan: Plan, cls: str) -> _Traits:
    traits = _Traits(plan)
    for section in ("JupyterHub", "Authenticator", "OAuthenticator", "LocalAuthenticator", cls):
        for name, value in map_of(plan.get((*_CONFIG, section))).items():
            if section != "JupyterHub" or name in {"admin_users", "admin_access"}:
                traits.found[name] = (value, (*_CONFIG, section, name))
    return traits


def _class_of(plan: Plan, named: object) -> str:
    if named:
        last = class_of(str(named))
        return _CLASSES.get(last, last)
    # Without a class, the chart signs in everybody with any password.
    given = [name for name in map_of(plan.get(_CONFIG)) if name.endswith("OAuthenticator") and name != "OAuthenticator"]
    return given[0] if given else "DummyAuthenticator"


def _people(traits: _Traits) -> None:
    for name, key in (
        ("admin_users", "auth.adminUsers"),
        ("allowed_users", "auth.allowedUsers"),
        ("whitelist", "auth.allowedUsers"),
        ("blocked_users", "auth.blockedUsers"),
    ):
        traits.move(name, key, many=True)
    if "auto_login" in traits.found:
        traits.move("auto_login", "auth.autoLogin")
    if "auto_login_oauth2_authorize" in traits.found:
        traits.plan.same("people agree once", traits.found.pop("auto_login_oauth2_authorize")[1])


def _recheck(traits: _Traits, key: str) -> None:
    if "auth_refresh_age" in traits.found:
        seconds, path = traits.found.pop("auth_refresh_age")
        traits.plan.set(key, -(-(number_of(seconds) or 300) // 60), path)


def _github(plan: Plan, traits: _Traits) -> None:
    plan.settings["auth.type"] = "github"
    traits.move("client_id", "github.clientId")
    traits.hide("client_secret", "github.clientSecret")
    traits.move("allowed_organizations", "github.organizations", many=True)
    _recheck(traits, "github.recheckMinutes")
    if "scope" in traits.found:
        plan.same("`read:org`, with organizations", traits.found.pop("scope")[1])
    _all(traits, "auth.allowAnyoneFromTheInternet")


def _all(traits: _Traits, key: str) -> None:
    if "allow_all" in traits.found:
        value, path = traits.found.pop("allow_all")
        if value:
            traits.plan.set(key, value, path)
        else:
            traits.plan.same("the default", path)


def _issuer_of(traits: _Traits) -> tuple[str, str]:
    if "oidc_issuer" in traits.found:
        return str(traits.found["oidc_issuer"][0]), "keycloak"
    address = str(traits.found.get("authorize_url", ("", ()))[0])
    for pattern, issuer, provider in _ISSUERS:
        if match := re.fullmatch(pattern, address):
            return match.expand(issuer), provider
    return "", ""


def _oidc(plan: Plan, traits: _Traits, cls: str) -> None:
    issuer, found = _issuer_of(traits)
    provider = found or _PROVIDERS[cls]
    plan.settings |= {"auth.type": "oidc", "oidc.provider": provider}
    _issuer(plan, traits, issuer, provider)
    traits.move("client_id", "oidc.clientId")
    traits.hide("client_secret", "oidc.clientSecret")
    traits.move("login_service", "oidc.title")
    for name in ("username_claim", "username_key"):
        traits.move(name, "oidc.usernameClaim")
    for name in ("auth_state_groups_key", "claim_groups_key"):
        if name in traits.found:
            value, path = traits.found.pop(name)
            plan.set("oidc.groupsClaim", str(value).rpartition(".")[2], path)
    traits.move("allowed_groups", "oidc.allowedGroups", many=True)
    traits.move("admin_groups", "oidc.adminGroups", many=True)
    traits.move("hosted_domain", "oidc.hostedDomains", many=True)
    traits.move("extra_authorize_params", "oidc.authorizeParameters")
    _scopes(plan, traits)
    _recheck(traits, "oidc.recheckMinutes")
    _all(traits, "auth.allowAnyoneFromTheInternet" if provider in {"google", "cilogon"} else "oidc.allowAll")
    if "logout_redirect_url" in traits.found:
        plan.set("oidc.logoutAtProvider", True, traits.found.pop("logout_redirect_url")[1])  # noqa: FBT003 a setting
    if "strip_domain" in traits.found:
        plan.refuse("name the domain in `oidc.stripDomain`", traits.found.pop("strip_domain")[1])
    _identity_providers(plan, traits)


def _issuer(plan: Plan, traits: _Traits, issuer: str, provider: str) -> None:
    key = "oidc.tenant" if provider == "entra" else "oidc.issuer"
    for name in ("authorize_url", "oidc_issuer", "token_url", "userdata_url", "userdata_method", "userdata_params"):
        if name in traits.found:
            plan.note(key, traits.found.pop(name)[1])
    for name, form in (("auth0_domain", "https://{}/"), ("okta_domain", "https://{}")):
        if name in traits.found:
            domain, path = traits.found.pop(name)
            issuer = form.format(domain)
            plan.note(key, path)
    if issuer and provider not in {"google", "cilogon"}:
        plan.settings[key] = issuer
    traits.move("tenant_id", "oidc.tenant")


def _scopes(plan: Plan, traits: _Traits) -> None:
    if "scope" in traits.found:
        value, path = traits.found.pop("scope")
        always = {"openid", "profile", "email", "org.cilogon.userinfo"}
        if own := [scope for scope in texts_of(value) if scope not in always]:
            plan.set("oidc.scopes", own, path)
        plan.same("asked for anyway", path)


def _identity_providers(plan: Plan, traits: _Traits) -> None:
    if "allowed_idps" not in traits.found:
        return
    value, path = traits.found.pop("allowed_idps")
    providers: list[object] = []
    for name, one in map_of(value).items():
        derivation = map_of(map_of(one).get("username_derivation"))
        provider: dict[str, object] = {"id": name}
        if derivation.get("action") == "strip_idp_domain" and derivation.get("domain"):
            provider["stripDomain"] = derivation["domain"]
        if claim := derivation.get("username_claim"):
            plan.settings["oidc.usernameClaim"] = claim
        providers.append(provider)
    plan.set("oidc.identityProviders", providers, path)


def _password(plan: Plan, traits: _Traits, cls: str) -> None:
    name = "password" if cls == "DummyAuthenticator" else "user_password"
    plan.settings["auth.type"] = "shared-password" if name in traits.found else "dummy"
    traits.hide(name, "auth.userPassword")
    traits.hide("admin_password", "auth.adminPassword")
    _all(traits, "auth.allowAnyoneFromTheInternet")


def _lti(plan: Plan, traits: _Traits) -> None:
    plan.settings["auth.type"] = "lti"
    traits.move("issuer", "lti.issuer")
    traits.move("client_id", "lti.clientIds", many=True)
    traits.move("authorize_url", "lti.authorizationUrl")
    traits.move("jwks_endpoint", "lti.keysUrl")
    if "username_key" not in traits.found:
        plan.settings["lti.usernameClaim"] = "email"  # the package's default
    traits.move("username_key", "lti.usernameClaim")
    for name in ("tool_name", "tool_description", "uri_scheme"):
        if name in traits.found:
            plan.same("the tool is registered by hand; its URLs are the export `lti_urls`", traits.found.pop(name)[1])


def _iap(plan: Plan, traits: _Traits) -> None:
    plan.settings["auth.type"] = "iap"
    traits.move("project_id", "gcp.project")
    for name in ("header_name", "namespace", "project_number", "service_name"):
        if name in traits.found:
            plan.same("the stack makes the gateway, and knows its audience", traits.found.pop(name)[1])
    plan.settings.setdefault("endpoint.type", "gateway")
    plan.task(
        "Create the OAuth client of Identity-Aware Proxy, and set iap.clientId and iap.clientSecret: docs/gke.md."
    )


def _custom(plan: Plan, traits: _Traits, cls: str, named: str) -> None:
    plan.settings |= {"auth.type": "custom", "auth.customClass": named if "." in named else _PATHS.get(cls, named)}
    own = {
        name: (value, path)
        for name, (value, path) in traits.found.items()
        if not any(word in name for word in ("secret", "password", "token_value"))
    }
    for name, (value, path) in own.items():
        del traits.found[name]
        plan.update("auth.customTraits", {name: value}, path)


def _rest(plan: Plan, traits: _Traits, cls: str) -> None:
    """Traits without a setting: secrets become environment variables, others code."""
    for name, (value, path) in traits.found.items():
        if any(word in name for word in ("secret", "password")):
            variable = {"client_secret": "OAUTH_CLIENT_SECRET"}.get(name, f"{cls}_{name}".upper())
            plan.secret("auth.secretEnvironment", {variable: str(value)}, path)
            if variable != "OAUTH_CLIENT_SECRET":
                plan.write(f"hub.config.{cls}", f'import os\n\nc.{cls}.{name} = os.environ["{variable}"]\n')
        else:
            plan.write(f"hub.config.{cls}", f"c.{path[2]}.{name} = {value!r}\n", path)


def _other_classes(plan: Plan, cls: str) -> None:
    """Say that traits of authenticators that are not in use change nothing."""
    for section in map_of(plan.get(_CONFIG)):
        if section.endswith("Authenticator") and section not in {"Authenticator", "OAuthenticator", cls}:
            plan.same(f"another class signs people in: {cls}", (*_CONFIG, section))
