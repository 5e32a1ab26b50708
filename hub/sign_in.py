"""Configuration of the authenticator: sign-in and authorized users."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from hub.accounts import AccountMixin, is_admin
from hub.contract import ADMIN_PASSWORD_VARIABLE, USER_PASSWORD_VARIABLE
from hub.refresh import RefreshMixin

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyterhub.auth import Authenticator
    from traitlets.config import Config

    from hub.contract import SignIn


_TIMEOUTS: Final = {"connect_timeout": 5, "request_timeout": 10}
"""Seconds for a request to a provider."""


def configure(c: Config, sign_in: SignIn) -> None:
    """Configure the authenticator.

    Raises:
        KeyError: A password is not in the environment.
        ValueError: `iap`, `lti` or `oidc` is missing in `hub.json`.
        ImportError, AttributeError: `custom_class` does not exist.
    """
    c.JupyterHub.cookie_max_age_days = sign_in.session_hours / 24
    # An empty set would mean something else, so admins do not make one.
    c.Authenticator.allowed_users = {*sign_in.allowed_users, *(sign_in.admin_users if sign_in.allowed_users else ())}
    c.Authenticator.admin_users = set(sign_in.admin_users)
    c.Authenticator.blocked_users = set(sign_in.blocked_users)
    # Only the stack's lists count. By default JupyterHub keeps allowing users, and admins, that were once in them.
    c.Authenticator.allow_existing_users = False
    c.Authenticator.post_auth_hook = _admin_by_settings_only
    # Seconds. See refresh.py, which also decides about requests that cannot be redirected to the sign-in page.
    c.Authenticator.auth_refresh_age = (sign_in.oidc or sign_in.github).recheck_minutes * 60
    c.Authenticator.auto_login = sign_in.auto_login
    c.JupyterHub.authenticator_class = _CLASSES[sign_in.type](c, sign_in)


def _github(c: Config, sign_in: SignIn) -> type:
    from hub import oauth_login  # noqa: PLC0415 imported only where it is used
    from hub.github import GitHubSignIn  # noqa: PLC0415 as above

    oauth_login.install()
    github = sign_in.github
    c.GitHubOAuthenticator.github_url = github.url
    scheme, _, host = github.url.partition("://")
    if host.endswith(".ghe.com"):  # GitHub Enterprise Cloud with data residency; OAuthenticator knows Servers only
        c.GitHubOAuthenticator.github_api = f"{scheme}://api.{host}"
    c.GitHubOAuthenticator.allowed_organizations = set(github.organizations)
    c.GitHubOAuthenticator.admin_groups = set(github.admin_teams)
    GitHubSignIn.kept_groups = tuple(dict.fromkeys([*github.groups, *github.admin_teams]))
    asks = bool(github.organizations or GitHubSignIn.kept_groups)
    # Without it GitHub reports public memberships only. OAuthenticator reads GITHUB_CLIENT_SECRET by itself.
    c.GitHubOAuthenticator.scope = ["read:org"] if asks else []
    c.Authenticator.manage_groups = bool(GitHubSignIn.kept_groups)
    c.GitHubOAuthenticator.allow_all = sign_in.allow_all
    if sign_in.callback_url:
        c.GitHubOAuthenticator.oauth_callback_url = sign_in.callback_url
    # A repeated check needs the user's token. It is stored encrypted, and only where needed.
    c.Authenticator.enable_auth_state = bool(asks and github.recheck_minutes)
    c.GitHubOAuthenticator.http_request_kwargs = _TIMEOUTS
    by_name = ["some users by name"] if sign_in.allowed_users or not github.organizations else []
    c.GitHubOAuthenticator.custom_403_message = (
        f"Your GitHub account may not use this hub. Authorized: {', '.join([*github.organizations, *by_name])}. "
        "To use another account, first sign out of GitHub; otherwise ask the operator of this hub."
    )
    return GitHubSignIn


def _oidc(c: Config, sign_in: SignIn) -> type:
    from hub import oauth_login  # noqa: PLC0415 as above
    from hub.oidc import OidcSignIn  # noqa: PLC0415 as above

    oidc = sign_in.oidc
    if oidc is None:
        msg = "hub.json has no OpenID provider"
        raise ValueError(msg)
    oauth_login.install()
    OidcSignIn.oidc = oidc
    options = c.GenericOAuthenticator
    options.login_service = oidc.title
    options.scope = list(oidc.scopes)
    options.extra_authorize_params = dict(oidc.authorize_parameters)
    options.allow_all = sign_in.allow_all or oidc.allow_all
    options.http_request_kwargs = _TIMEOUTS
    if sign_in.callback_url:
        options.oauth_callback_url = sign_in.callback_url
    c.Authenticator.manage_groups = oidc.groups_claim is not None
    options.allowed_groups, options.admin_groups = set(oidc.allowed_groups), set(oidc.admin_groups)
    # A repeated check needs a token, and signing out at the provider the ID token. They are stored encrypted.
    c.Authenticator.enable_auth_state = bool(oidc.recheck_minutes or oidc.logout_at_provider)
    by_name = ["some users by name"] if sign_in.allowed_users or not oidc.allowed_groups else []
    options.custom_403_message = (
        f"Your account at {oidc.title} may not use this hub. "
        f"Authorized: {', '.join([*oidc.allowed_groups, *by_name])}. "
        f"To use another account, first sign out at {oidc.title}; otherwise ask the operator of this hub."
    )
    return OidcSignIn


def _lti(c: Config, sign_in: SignIn) -> type:
    from hub.lti import LtiSignIn  # noqa: PLC0415 as above

    lti = sign_in.lti
    if lti is None:
        msg = "hub.json has no course platform"
        raise ValueError(msg)
    LtiSignIn.lti, LtiSignIn.admin_groups = lti, set(lti.admin_roles)
    options = c.LTI13Authenticator
    options.issuer, options.client_id = lti.issuer, set(lti.client_ids)
    options.authorize_url, options.jwks_endpoint = lti.authorization_url, lti.keys_url
    if sign_in.callback_url:
        options.uri_scheme = sign_in.callback_url.partition("://")[0]
    c.Authenticator.allow_all = not sign_in.allowed_users
    c.Authenticator.manage_groups = bool(lti.admin_roles)
    return LtiSignIn


def _iap(c: Config, sign_in: SignIn) -> type:
    from hub.iap import IapAuthenticator  # noqa: PLC0415 as above

    if sign_in.iap is None:
        msg = "hub.json has no IAP audience"
        raise ValueError(msg)
    c.IapAuthenticator.audience = sign_in.iap.audience
    c.Authenticator.allow_all = sign_in.iap.allow_all
    # IAP has authenticated the user: no sign-in page.
    c.Authenticator.auto_login = True
    return _mixed(RefreshMixin, IapAuthenticator)


def _dummy(c: Config, sign_in: SignIn) -> type:
    from jupyterhub.auth import DummyAuthenticator  # noqa: PLC0415 as above

    c.Authenticator.allow_all = not sign_in.allowed_users
    return _mixed(RefreshMixin, DummyAuthenticator)


def _shared_password(c: Config, sign_in: SignIn) -> type:
    from jupyterhub.authenticators.shared import SharedPasswordAuthenticator  # noqa: PLC0415 as above

    c.Authenticator.allow_all = not sign_in.allowed_users
    c.SharedPasswordAuthenticator.user_password = os.environ[USER_PASSWORD_VARIABLE]
    if sign_in.admin_users:
        c.SharedPasswordAuthenticator.admin_password = os.environ[ADMIN_PASSWORD_VARIABLE]
    return _mixed(RefreshMixin, SharedPasswordAuthenticator)


def _native(c: Config, sign_in: SignIn) -> type:
    import nativeauthenticator  # noqa: PLC0415 as above

    from hub.native import NativeSignIn  # noqa: PLC0415 as above

    c.Authenticator.allow_all = not sign_in.allowed_users
    c.JupyterHub.template_paths.append(str(Path(str(nativeauthenticator.__file__)).with_name("templates")))
    c.NativeAuthenticator.minimum_password_length = 10
    c.NativeAuthenticator.check_common_password = True
    c.NativeAuthenticator.allowed_failed_logins = 5
    NativeSignIn.admin_password = os.environ[ADMIN_PASSWORD_VARIABLE]
    return NativeSignIn


def _custom(c: Config, sign_in: SignIn) -> type:
    from hub import oauth_login  # noqa: PLC0415 as above

    oauth_login.install()
    module, _, name = str(sign_in.custom_class).rpartition(".")
    c[name].update(sign_in.custom_traits)
    c.Authenticator.allow_all = sign_in.allow_all
    return _mixed(AccountMixin, getattr(import_module(module), name))


_CLASSES: Mapping[str, Callable[[Config, SignIn], type]] = {
    "github": _github,
    "oidc": _oidc,
    "lti": _lti,
    "iap": _iap,
    "dummy": _dummy,
    "shared-password": _shared_password,
    "native": _native,
    "custom": _custom,
}


def _mixed(mixin: type, authenticator: type) -> type:
    return type(f"Hub{authenticator.__name__}", (mixin, authenticator), {})


def _admin_by_settings_only(authenticator: Authenticator, _handler: object, model: dict[str, Any]) -> dict[str, Any]:
    return {**model, "admin": is_admin(authenticator, model["name"], model)}
