"""Keys `lti.*`."""

from typing import Annotated

from pydantic import Field

from settings.types.addresses import host_of
from settings.types.lti import PlatformId, PlatformUrl, RoleUri
from settings.types.model import Model
from settings.types.oidc import ClaimName, IssuerUrl
from settings.types.text import Line

_ADMINISTRATOR = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator"


class LtiSettings(Model):
    """Sign-in by LTI 1.3, from a course platform such as Canvas or Moodle."""

    issuer: IssuerUrl | None = None
    """Issuer of the platform (*platform ID*), such as `https://moodle.example.edu`. Required with `auth.type: lti`."""
    client_ids: Annotated[tuple[PlatformId, ...], Field(examples=[["10000000000012"]])] = ()
    """Client IDs of the hub at the platform. Required with `auth.type: lti`."""
    authorization_url: PlatformUrl | None = None
    """Authorization endpoint of the platform, such as `https://moodle.example.edu/mod/lti/auth.php`. Required with
    `auth.type: lti`."""
    keys_url: PlatformUrl | None = None
    """Public keys of the platform (*keyset URL*, *JWKS endpoint*), such as
    `https://moodle.example.edu/mod/lti/certs.php`. Required with `auth.type: lti`."""
    title: Line | None = None
    """Name of the platform on the hub's pages, such as `Example Courses`. Not set: the host of the issuer."""
    username_claim: ClaimName = "sub"
    """Claim with the user name, such as `email`; `custom_login` is the custom parameter `login` of the tool. `sub`, the
    default, is the ID of the account, which never changes. Another claim gives all users other names, and empty
    homes."""
    deployment_ids: Annotated[tuple[PlatformId, ...], Field(examples=[["1"]])] = ()
    """Deployments of the tool from which people can sign in. Empty: all of `lti.clientIds`."""
    admin_roles: Annotated[tuple[RoleUri, ...], Field(examples=[[_ADMINISTRATOR]])] = ()
    """Roles at the platform whose holders are admins of the whole hub, until their next sign-in without the role. A
    role in a course (`.../membership#Instructor`) counts in any course."""

    @property
    def title_in_use(self) -> str:
        """The name of the platform."""
        return self.title or host_of(self.issuer or "")
