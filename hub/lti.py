"""Sign-in by LTI 1.3: people open the hub from a course platform, such as Canvas or Moodle, which says who they are.

The platform can be asked nothing afterwards: until the session ends, only the lists of the stack are checked again.
See `docs/decisions/53-lti.md`.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar, Final

from ltiauthenticator.lti13.auth import LTI13Authenticator
from ltiauthenticator.lti13.constants import LTI13_CUSTOM_CLAIM
from ltiauthenticator.lti13.handlers import LTI13CallbackHandler, LTI13LoginInitHandler
from markupsafe import Markup

from hub.errors import HubError
from hub.refresh import RefreshMixin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub.handlers.base import BaseHandler

    from hub.contract_lti import Lti

_DEPLOYMENT: Final = "https://purl.imsglobal.org/spec/lti/claim/deployment_id"
_ROLES: Final = "https://purl.imsglobal.org/spec/lti/claim/roles"
_CUSTOM: Final = "custom_"


class LoginHandler(LTI13LoginInitHandler):
    """Start of a sign-in, which sends the browser to the platform."""

    def _set_oauth_cookie(self, key: str, value: str) -> None:
        # The answer is a form that the platform's page sends, with which browsers send no other cookies; and they take
        # these with https only, which the settings require.
        is_secure = self.get_redirect_uri().startswith("https:")
        same_site = {"samesite": "None", "secure": True} if is_secure else {}
        self._set_cookie(key, value, expires_days=1, httponly=True, encrypted=True, **same_site)


class LaunchHandler(LTI13CallbackHandler):
    """End of a sign-in, with the platform's token."""

    _token: asyncio.Future[dict[str, Any]]

    async def post(self) -> None:
        """Check the token, and sign the user in."""
        # It fetches the platform's keys, for which the whole hub would wait.
        loop = asyncio.get_running_loop()
        self._token = loop.run_in_executor(None, super().decode_and_validate_launch_request)
        await asyncio.wait([self._token])
        await super().post()

    def decode_and_validate_launch_request(self) -> dict[str, Any]:
        """Return the claims of the token."""
        return self._token.result()


class LtiAuthenticator(LTI13Authenticator):
    """Authenticator for launches by LTI 1.3."""

    login_handler = LoginHandler
    callback_handler = LaunchHandler
    user_auth_state_key = "lti"

    lti: ClassVar[Lti]
    """Set by `sign_in.configure`."""
    admin_groups: ClassVar[set[str]] = set()
    """Roles whose holders are admins."""

    def get_custom_html(self, base_url: str) -> str:  # noqa: ARG002 JupyterHub's own
        """Return the sign-in page, which has no button: a sign-in begins at the platform."""
        return Markup("<p>Open this hub from your course in {}.</p>").format(self.lti.title)

    def get_username(self, token: Mapping[str, Any]) -> str:
        """Return the user name, and never another claim's in place of one that is missing.

        Raises:
            HubError: The platform does not tell it.
        """
        claim = self.lti.username_claim
        given: Mapping[str, Any] = (token.get(LTI13_CUSTOM_CLAIM) or {}) if claim.startswith(_CUSTOM) else token
        name = given.get(claim.removeprefix(_CUSTOM))
        if not token.get("sub") or not isinstance(name, str) or not name.strip():
            missing = claim if token.get("sub") else "sub"
            raise HubError(
                [
                    f"{self.lti.title} does not tell the hub who you are: the claim {missing} is not in its token.",
                    "Ask the operator of this hub to correct lti.usernameClaim, or the tool's privacy settings there.",
                ],
                status=HTTPStatus.FORBIDDEN,
            )
        return name

    async def authenticate(self, handler: BaseHandler, data: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the auth model of a checked token.

        Raises:
            HubError: The deployment is not one of the stack's, or there is no user name.
        """
        token = data or {}
        deployment = token.get(_DEPLOYMENT)
        if self.lti.deployment_ids and deployment not in self.lti.deployment_ids:
            self.log.warning("Refusing the deployment %r, which is not in lti.deploymentIds", deployment)
            raise HubError(
                ["This hub is not for this course.", "Ask its operator to add the course's deployment."],
                status=HTTPStatus.FORBIDDEN,
            )
        model = await super().authenticate(handler, token)
        model["auth_state"] = {self.user_auth_state_key: {"iss": token["iss"], "sub": token["sub"]}}
        if self.manage_groups:
            model["groups"] = sorted(self.admin_groups.intersection(token.get(_ROLES) or ()))
        return model

    async def get_authenticated_user(self, handler: BaseHandler, data: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return the auth model of the user who signs in.

        Raises:
            HubError: The user is not authorized.
        """
        model = await super().get_authenticated_user(handler, data)
        if not isinstance(model, dict):
            raise HubError(
                [f"Your account in {self.lti.title} may not use this hub. Ask its operator for access."],
                status=HTTPStatus.FORBIDDEN,
            )
        return model


class LtiSignIn(RefreshMixin, LtiAuthenticator):
    """The same, with users tied to the platform's accounts, and lists that are checked again."""

    def provider_of(self, person: Mapping[str, Any]) -> str:
        """Return where the ID of a person is unique: at the platform, whichever of its clients the hub is."""
        return str(person["iss"])
