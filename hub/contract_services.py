"""Contract: services of the hub, roles, and groups."""

from __future__ import annotations

from hub.contract_part import Part


class Service(Part):
    """A service of the hub. Its token is in the environment variable `token_variable`."""

    name: str
    """Name."""
    url: str | None
    """URL that the proxy routes `/services/<name>/` to; None: it is not served by the hub."""
    display: bool
    """Whether the menu of the pages has a link to it."""
    redirect_url: str | None
    """OAuth redirect URL; None: that of `url`."""
    skip_consent: bool
    """Whether people are not asked before the service learns who they are."""
    scopes: tuple[str, ...]
    """Scopes of its token."""
    sign_in_scopes: tuple[str, ...]
    """Further scopes in the name of people who sign in to it."""
    from_notebooks: bool
    """Whether notebook servers may use it with their own token."""
    users: tuple[str, ...]
    """Users who may use it. Everybody, if there are no groups either."""
    groups: tuple[str, ...]
    """Groups whose members may use it."""

    @property
    def has_page(self) -> bool:
        """Whether people sign in to it."""
        return self.url is not None or self.redirect_url is not None


class Role(Part):
    """A role of the hub."""

    name: str
    """Name. `user` and `server` add scopes to JupyterHub's own roles."""
    description: str
    """Description, perhaps empty."""
    scopes: tuple[str, ...]
    """Scopes."""
    users: tuple[str, ...]
    """Users who have it."""
    groups: tuple[str, ...]
    """Groups whose members have it."""
    services: tuple[str, ...]
    """Services that have it."""


def token_variable(service: str) -> str:
    """Return the environment variable of the hub with the token of a service."""
    return f"JUPYTERHUB_SERVICE_TOKEN_{service.upper().replace('-', '_')}"
