"""Further servers of a user, with names; and who else may use a server."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from jupyterhub import orm
from jupyterhub.apihandlers.shares import ServerShareCodeAPIHandler
from jupyterhub.scopes import needs_scope
from kubernetes_asyncio.client import V1Affinity, V1LabelSelector, V1PodAffinity, V1PodAffinityTerm

from hub.errors import HubError

if TYPE_CHECKING:
    from kubernetes_asyncio.client import V1Pod
    from tornado.web import RequestHandler
    from traitlets.config import Config

    from hub.contract import HubConfig, NamedServers

MOST_CODES: Final = 100
"""Maximum number of share codes of a user. They expire, by default after a day."""

SHARING_SCOPES: Final = ("shares!user", "read:users:name", "read:groups:name")
"""Scopes of a user who may share: by names of users and groups that they know. They list nobody."""

_USER: Final = "hub.jupyter.org/username"
"""KubeSpawner's label of a user's pods."""


def configure(c: Config, config: HubConfig) -> None:
    """Set how many servers a user may have, and whether users may share them."""
    limit = config.named_servers.limit
    c.JupyterHub.allow_named_servers = limit > 0
    # Also for operators who allow named servers in hub.extraConfig.
    c.JupyterHub.named_server_limit_per_user = limit or 10
    if config.sharing:
        # An extension in the server may share it for its user.
        c.KubeSpawner.oauth_client_allowed_scopes = ["access:servers!server", "shares!server"]


def sentences(named: NamedServers) -> list[str]:
    """Return what users should know of their further servers; nothing if there are none."""
    if not named.limit:
        return []
    if not named.shares_home:
        return ["Each server has a home folder of its own."]
    machine = " They run on one machine, which must have room for all of them." if named.on_one_node else ""
    return [f"All your servers have the same home folder.{machine}"]


def keep_together(pod: V1Pod) -> None:
    """Let all servers of a user run on one node: their home is a disk, which is attached to one at a time.

    Kubernetes could start the second one elsewhere, where it would wait for the disk until the timeout.
    """
    term = V1PodAffinityTerm(
        label_selector=V1LabelSelector(match_labels={_USER: pod.metadata.labels[_USER]}),
        topology_key="kubernetes.io/hostname",
    )
    affinity = pod.spec.affinity = pod.spec.affinity or V1Affinity()
    together = affinity.pod_affinity = affinity.pod_affinity or V1PodAffinity()
    required = together.required_during_scheduling_ignored_during_execution or []
    together.required_during_scheduling_ignored_during_execution = [*required, term]


class ShareCodes(ServerShareCodeAPIHandler):
    """JupyterHub's share codes of a server, with a limit."""

    @needs_scope("shares")
    async def post(self, user_name: str, server_name: str | None = None) -> None:
        """Create a share code.

        Raises:
            HubError: The user has too many; status 400.
        """
        owner = self.find_user(user_name)
        if owner is not None:
            codes = self.db.query(orm.ShareCode).filter_by(owner_id=owner.orm_user.id).count()
            if codes >= MOST_CODES:
                reasons = [f"{user_name} has {MOST_CODES} share codes, the most that are allowed.", "Delete some."]
                raise HubError(reasons, status=HTTPStatus.BAD_REQUEST)
        await super().post(user_name, server_name)


REPLACEMENTS: dict[type[RequestHandler], type[RequestHandler]] = {ServerShareCodeAPIHandler: ShareCodes}
"""Handlers in place of JupyterHub's."""
