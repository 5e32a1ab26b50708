"""Sign-in by OpenID Connect. Accounts and groups are checked at sign-in and again while the session lasts.

OAuthenticator reads OIDC_CLIENT_ID and OIDC_CLIENT_SECRET (settings `oidc.clientId`, `oidc.clientSecret`) from the
environment by itself. See `docs/decisions/39-openid-connect.md`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from oauthenticator.generic import GenericOAuthenticator
from tornado.httpclient import HTTPClientError
from tornado.httputil import url_concat
from tornado.web import HTTPError
from traitlets import default

from hub import entra, oidc_claims
from hub.contract import OIDC_ID_VARIABLE, OIDC_SECRET_VARIABLE
from hub.errors import HubError, RefusedError, UpstreamError
from hub.oauth_sign_in import OAuthSignIn, many_requests
from hub.oidc_errors import InvalidGrantError, RefusedClientError, is_answer, is_refusal, token_error
from hub.oidc_pages import OidcLoginHandler, OidcLogoutHandler
from hub.oidc_provider import Endpoints, Provider
from hub.renewals import Renewals

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyterhub.handlers.base import BaseHandler
    from jupyterhub.user import User
    from tornado.httpclient import AsyncHTTPClient, HTTPRequest

    from hub.contract_oidc import Oidc

_KNOWN: Final = "known_claims"
"""Key of a token response that is not stored: the claims of the last check."""
_LONGEST_HINT: Final = 4000
"""Characters of an ID token in an address; with many groups it may be longer than servers accept."""
_OF_TOKENS: Final = frozenset({"iss", "aud", "exp", "iat"})
"""Claims that are about an ID token, and not about the user."""
_BASIC: Final = "client_secret_basic"


class OidcSignIn(OAuthSignIn, GenericOAuthenticator):
    """GenericOAuthenticator that finds addresses by itself, checks ID tokens, and keeps answers and errors apart."""

    login_handler = OidcLoginHandler
    logout_handler = OidcLogoutHandler
    user_auth_state_key = "oidc"
    client_id_env = OIDC_ID_VARIABLE
    client_secret_env = OIDC_SECRET_VARIABLE

    oidc: Oidc
    graph_url: str = entra.GRAPH_URL

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.service = self.oidc.title
        self._provider = Provider(self.oidc, self.client_id, self.httpfetch, self.log)
        self._renewals = Renewals()

    @default("http_client")
    def _http_client(self) -> AsyncHTTPClient:
        return many_requests()

    async def discover(self) -> Endpoints:
        """Set the addresses of the provider, and return them.

        Raises:
            UpstreamError: The provider has not answered yet.
            HubError: It is not the provider of the settings.
        """
        endpoints = await self._provider.endpoints()
        if self.token_url != endpoints.token:
            self.basic_auth = "client_secret_post" not in endpoints.client_authentication
        self.authorize_url, self.token_url = endpoints.authorization, endpoints.token
        self.userdata_url = endpoints.userinfo
        return endpoints

    async def current_model(self, user: User, handler: BaseHandler | None) -> dict[str, Any] | bool:
        """Return the auth model as the provider reports it now; True if nothing is kept; False if a sign-in is needed.

        Raises:
            UpstreamError: The provider does not answer.
            RefusedError: The provider says that the account may not use the hub any more.
        """
        if not self.enable_auth_state:
            return True
        state = await user.get_auth_state()
        if not state or not await self._are_ours(state.get(self.user_auth_state_key) or {}):
            return False
        try:
            return await self._current(user.name, handler, state)
        except InvalidGrantError as error:
            if is_refusal(error, self.oidc, state.get("scope") or ()):
                raise RefusedError(
                    [f"{self.service} has ended the access of this account ({error.description})."]
                ) from None
            self.log.info("A sign-in of %s is needed: %s", user.name, error.description)
        except HTTPClientError:
            self.log.info("A sign-in of %s is needed: the access token is not valid any more", user.name)
        return False

    async def _are_ours(self, claims: Mapping[str, Any]) -> bool:
        """Return whether claims are of this issuer for this client. No other one may see, or judge, a token."""
        audience: object = claims.get("aud")
        clients = cast("list[object]", audience) if isinstance(audience, list) else [audience]
        return self.client_id in clients and claims.get("iss") == (await self.discover()).issuer

    async def _current(self, name: str, handler: BaseHandler | None, state: Mapping[str, Any]) -> dict[str, Any]:
        if token := state.get("refresh_token"):
            return await self._renewals.of(
                name, token, lambda latest, keep: self._renewed(handler, latest, keep, state)
            )
        if self.manage_groups:
            old = {key: value for key, value in state["token_response"].items() if key != "id_token"}
            return await self._asked_again(old, state)
        # Without a token that lasts, the claims are those of the sign-in. The settings may be others.
        login = self.user_info_to_username(state[self.user_auth_state_key])
        return {"name": login, "admin": None, "auth_state": state}

    async def _renewed(
        self, handler: BaseHandler | None, token: str, keep: Callable[[str], None], state: Mapping[str, Any]
    ) -> dict[str, Any]:
        given = await self.get_token_info(handler, self.build_refresh_token_request_params(token))
        info = {"refresh_token": token, **given}
        keep(info["refresh_token"])
        try:
            return await self._asked_again(info, state)
        except HTTPClientError as error:  # 401 for a new token
            raise UpstreamError(self.service, str(error)) from error

    async def _asked_again(self, token_info: dict[str, Any], state: Mapping[str, Any]) -> dict[str, Any]:
        """Return the auth model for a token response, and the claims of the last check."""
        known = {_KNOWN: state[self.user_auth_state_key]}
        model = await self._token_to_auth_model({**token_info, **known})
        new: dict[str, Any] = model["auth_state"]
        for part in ("id_token", "scope"):  # which a provider need not send again
            if not new.get(part) or new[part] == [""]:
                new[part] = state.get(part)
        return model

    async def get_token_info(self, handler: BaseHandler | None, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return the provider's response with tokens.

        Raises:
            InvalidGrantError: The code or the refresh token is not valid.
            UpstreamError: The provider does not answer, or its response has no token.
            HubError: The provider refuses the client ID or the client secret.
        """
        endpoints = await self.discover()
        try:
            return await self._tokens(handler, params)
        except RefusedClientError:
            # Some providers list more methods than they accept from this client.
            other = "client_secret_post" if self.basic_auth else _BASIC
            if other not in endpoints.client_authentication:
                raise
            self.basic_auth = other == _BASIC
            try:
                return await self._tokens(handler, params)
            except RefusedClientError:
                self.basic_auth = other != _BASIC
                raise

    async def _tokens(self, handler: BaseHandler | None, params: Mapping[str, Any]) -> dict[str, Any]:
        client = {} if self.basic_auth else {"client_id": self.client_id, "client_secret": self.client_secret}
        grant = {
            key: value
            for key, value in params.items()
            if value is not None and key not in {"client_id", "client_secret"}
        }
        try:
            info = await super().get_token_info(handler, {**grant, **client})
        except HTTPClientError as error:
            raise token_error(self.service, error) from None
        except HubError:
            raise
        except HTTPError:
            raise UpstreamError(self.service, "a response without a token") from None
        return {"token_type": "bearer", **info}

    async def token_to_user(self, token_info: dict[str, Any]) -> dict[str, Any]:
        """Return the claims of the ID token and of the userinfo endpoint.

        Raises:
            UpstreamError: The provider does not answer, or its response does not say who the user is.
            HubError: The ID token is not valid.
            HTTPClientError: 401: The access token is not valid.
        """
        known: dict[str, Any] = token_info.pop(_KNOWN, {})
        endpoints = await self.discover()
        id_token = token_info.get("id_token")
        if not id_token and not known:
            raise UpstreamError(self.service, "a response without an ID token")
        claims = await self._provider.claims(id_token) if id_token else {}
        subject = (claims or known).get("sub")
        # Microsoft's has less than the ID token, and is another service.
        if endpoints.userinfo and self.oidc.provider != "entra":
            person = await super().token_to_user(token_info)
            if person.get("sub") != subject:
                raise UpstreamError(self.service, "claims of another user")
            claims = {**claims, **{name: value for name, value in person.items() if name not in _OF_TOKENS}}
        claim = self.oidc.groups_claim
        if not id_token and claim and oidc_claims.groups_of(claims, self.oidc) is None:
            # The groups are in ID tokens only, and this response has none: that is no answer.
            raise UpstreamError(self.service, f"a response without an ID token and the claim {claim}")
        return {**({} if id_token else known), **claims, "iss": endpoints.issuer, "sub": subject}

    def user_info_to_username(self, user_info: dict[str, Any]) -> str:
        """Return the user name.

        Raises:
            RefusedError: The account may not use this hub, whatever else allows it.
            HubError: The claims have no user name.
        """
        return oidc_claims.username_of(user_info, self.oidc)

    async def get_user_groups(self, auth_state: dict[str, Any]) -> set[str]:
        """Return the groups of a user.

        Raises:
            UpstreamError: Microsoft Graph, which has them if they are many, does not answer.
        """
        claims = auth_state[self.user_auth_state_key]
        claim = str(self.oidc.groups_claim)
        if self.oidc.provider == "entra" and oidc_claims.has_more_groups(claims, claim):
            headers = self.build_userdata_request_headers(auth_state["access_token"], "bearer")
            return await entra.groups(self.httpfetch, headers, self.graph_url)
        groups = oidc_claims.groups_of(claims, self.oidc)
        if groups is None:
            self.log.warning(
                "%s tells no groups: the claim %s (oidc.groupsClaim) is none of %s",
                self.service,
                claim,
                ", ".join(sorted(claims)),
            )
        return groups or set()

    async def check_allowed(self, username: str, authentication: Mapping[str, Any] | None = None) -> bool:
        """Return whether a list, a group or the identity provider authorizes the user."""
        if await super().check_allowed(username, authentication):
            return True
        state: Mapping[str, Any] = (authentication or {}).get("auth_state") or {}
        claims: Mapping[str, Any] = state.get(self.user_auth_state_key) or {}
        return bool(claims) and oidc_claims.is_allowed_by(oidc_claims.identity_provider_of(claims, self.oidc), claims)

    async def logout_address(self, user: User, handler: BaseHandler) -> str | None:
        """Return the address at which the provider ends its session, and leads back to the hub; None: it has none."""
        if not self.oidc.logout_at_provider:
            return None
        try:
            address = (await self.discover()).end_session
        except HubError as error:  # the hub's own session ends in any case
            self.log.warning("Signing out of the hub only: %s", error.jupyterhub_message)
            return None
        if not address:
            self.log.warning("%s has no end_session_endpoint: signing out of the hub only", self.service)
            return None
        back = self.get_callback_url(handler).removesuffix("oauth_callback") + "logout"
        query = {"client_id": self.client_id, "post_logout_redirect_uri": back}
        hint = (await user.get_auth_state() or {}).get("id_token")
        if isinstance(hint, str) and len(hint) <= _LONGEST_HINT:
            query["id_token_hint"] = hint
        return url_concat(address, query)

    def error_of_answer(self, req: HTTPRequest, error: HTTPClientError) -> Exception | None:  # noqa: ARG002 as in the base
        """Return the error for a status; None for the provider's own "no": 400 or 401 in the form of OAuth 2.0."""
        return None if is_answer(error) else UpstreamError(self.service, f"status {error.code}")
