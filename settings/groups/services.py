"""Services, roles and groups of the hub: parts of `hub.*`."""

import re
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import Field

from settings.types.accounts import GitHubOrganization, UserName
from settings.types.addresses import PublicUrl
from settings.types.choices import GroupName
from settings.types.model import Model
from settings.types.names import LABEL, DnsLabel
from settings.types.services import RedirectUrl, RoleName, Scope, ServiceName
from settings.types.text import Flag, Line, WholeNumber
from settings.types.traffic import Destination

_IN_CLUSTER: Final = re.compile(rf"{LABEL}\.({LABEL})(?:\.svc(?:\.cluster\.local)?)?")
_IPV4: Final = re.compile(r"\d+\.\d+\.\d+\.\d+")
SERVICE_EXAMPLE: Final = {
    "name": "dask-gateway",
    "url": "http://traefik-dask-gateway.dask",
    "namespace": "dask",
    "fromNotebooks": True,
}
"""Example of an entry of `hub.services`."""
ROLE_EXAMPLE: Final = {
    "name": "course-staff",
    "scopes": ["admin:servers!group=course-1", "access:servers!group=course-1"],
    "users": ["ada"],
}
"""Example of an entry of `hub.roles`."""


class Service(Model):
    """A service of the hub: a program outside of it that has an API token, or that people sign in to by the hub."""

    name: ServiceName
    """Name, such as `dask-gateway`. Its OAuth client ID is `service-<name>`."""
    url: PublicUrl | None = None
    """URL in the cluster, such as `http://traefik-dask-gateway.dask`. The hub serves it at `/services/<name>/`. Not
    set: it has an address of its own, or none."""
    display: Flag = True
    """Whether the menu Services has a link to it, if it has a `url`."""
    redirect_url: RedirectUrl | None = None
    """OAuth redirect URL of a service with an address of its own, such as `https://binder.example.org/oauth_callback`.
    Not set: that of `url`, `/services/<name>/oauth_callback`."""
    skip_consent: Flag = False
    """Whether people are not asked before the service learns who they are."""
    scopes: Annotated[tuple[Scope, ...], Field(examples=[["list:users", "read:servers"]])] = ()
    """Scopes of its API token. Empty: those of the roles in `hub.roles` that name it."""
    sign_in_scopes: Annotated[tuple[Scope, ...], Field(examples=[["read:users:groups!user"]])] = ()
    """Further scopes that it may use in the name of people who sign in to it."""
    from_notebooks: Flag = False
    """Whether notebook servers may use it with their own token, for users who may use it."""
    users: Annotated[tuple[UserName, ...], Field(examples=[["ada"]])] = ()
    """Users who may use it. Everybody, if there are no organizations and groups either."""
    organizations: Annotated[tuple[GitHubOrganization, ...], Field(examples=[["example-org:physics"]])] = ()
    """GitHub organizations `org` and teams `org:team` whose members may use it."""
    groups: Annotated[tuple[GroupName, ...], Field(examples=[["course-1"]])] = ()
    """Groups whose members may use it, with another sign-in than GitHub."""
    namespace: DnsLabel | None = None
    """Existing namespace of its pods. They may connect to the hub, and the Secret `<name of the hub>-service-<name>`
    there has its token, under the key `token`. Not set: only the output `service_tokens` has the token."""
    token_generation: Annotated[WholeNumber, Field(ge=1)] = 1
    """Generation of its token: a higher number renews it, and the old one is no longer valid once the hub has
    restarted."""

    @property
    def has_page(self) -> bool:
        """Whether people sign in to it."""
        return self.url is not None or self.redirect_url is not None

    @property
    def destination(self) -> Destination | None:
        """The pods or the address behind `url`; None if the URL does not tell them, or there is none."""
        if self.url is None:
            return None
        parts = urlsplit(self.url)
        if found := _IN_CLUSTER.fullmatch(parts.hostname or ""):
            # All ports: that of the pods may be another one than that of the Service.
            return Destination(namespace=found[1])
        if _IPV4.fullmatch(parts.hostname or ""):
            return Destination(range=f"{parts.hostname}/32", ports=(str(self.port),))
        return None

    @property
    def port(self) -> int | None:
        """Port of `url`."""
        if self.url is None:
            return None
        parts = urlsplit(self.url)
        return parts.port or (443 if parts.scheme == "https" else 80)


class Role(Model):
    """A role: scopes, and who has them."""

    name: RoleName
    """Name, such as `course-staff`. `user` and `server` add scopes to JupyterHub's roles of all users and servers."""
    description: Line | None = None
    """Description. Not set: none."""
    scopes: Annotated[tuple[Scope, ...], Field(examples=[ROLE_EXAMPLE["scopes"]])]
    """Scopes of [JupyterHub's API](https://jupyterhub.readthedocs.io/en/stable/rbac/scopes.html)."""
    users: Annotated[tuple[UserName, ...], Field(examples=[["ada"]])] = ()
    """Users who have it. Only these: who is removed here loses it."""
    organizations: Annotated[tuple[GitHubOrganization, ...], Field(examples=[["example-org:physics"]])] = ()
    """GitHub organizations `org` and teams `org:team` whose members have it."""
    groups: Annotated[tuple[GroupName, ...], Field(examples=[["course-1-staff"]])] = ()
    """Groups whose members have it, with another sign-in than GitHub."""
    services: Annotated[tuple[ServiceName, ...], Field(examples=[["grader"]])] = ()
    """Services of `hub.services` that have it."""

    @property
    def is_of_all(self) -> bool:
        """Whether it adds scopes to one of JupyterHub's own roles."""
        return self.name in {"user", "server"}
