"""Rules of the groups that settings name: they must be able to come from the sign-in in use."""

from settings.groups.auth import AuthSettings
from settings.groups.github import GitHubSettings
from settings.groups.hub import HubSettings
from settings.groups.identity import IdentitySettings
from settings.groups.memberships import memberships
from settings.groups.monitoring import MonitoringSettings
from settings.groups.notebook import NotebookSettings
from settings.groups.oidc import OidcSettings


def organization_errors(
    auth: AuthSettings,
    identity: IdentitySettings,
    notebook: NotebookSettings,
    hub: HubSettings,
    monitoring: MonitoringSettings,
) -> list[str]:
    """Report organizations, which the hub knows only from sign-in with GitHub."""
    if auth.type == "github":
        return []
    return [
        f"{entry.place}.organizations: needs auth.type github, from which the hub knows their members; set that, or "
        "list people in users or groups"
        for entry in memberships(identity, notebook, hub, monitoring)
        if entry.organizations
    ]


def group_errors(
    auth: AuthSettings,
    identity: IdentitySettings,
    notebook: NotebookSettings,
    hub: HubSettings,
    monitoring: MonitoringSettings,
) -> list[str]:
    """Report groups that sign-in with GitHub replaces."""
    if auth.type != "github":
        return []
    return [
        f"{entry.place}.groups: has no effect with auth.type github, whose groups are organizations and teams; list "
        "them in organizations"
        for entry in memberships(identity, notebook, hub, monitoring)
        if entry.groups
    ]


def team_errors(auth: AuthSettings, github: GitHubSettings) -> list[str]:
    """Report teams of admins with another sign-in."""
    if auth.type in {"github", "iap"} or not github.admin_teams:  # with IAP, all of github.* is reported
        return []
    groups = "; with OpenID Connect: oidc.adminGroups" if auth.type == "oidc" else ""
    return [
        (
            f"github.adminTeams: needs auth.type github, from which the hub knows their members{groups}; remove it: "
            "pulumi config rm github.adminTeams"
        )
    ]


def claim_errors(
    oidc: OidcSettings,
    identity: IdentitySettings,
    notebook: NotebookSettings,
    hub: HubSettings,
    monitoring: MonitoringSettings,
) -> list[str]:
    """Report groups that the OpenID provider does not give, or that have other names there.

    With another sign-in the provider itself is reported.
    """
    named: dict[str, tuple[str, ...]] = {
        "oidc.allowedGroups": oidc.allowed_groups,
        "oidc.adminGroups": oidc.admin_groups,
        **{f"{entry.place}.groups": entry.groups for entry in memberships(identity, notebook, hub, monitoring)},
    }
    if oidc.provider == "google":
        return [
            f"{place}: Google's sign-in tells no groups; list people in users, or use auth.type iap, whose members may "
            "be Google groups"
            for place, groups in named.items()
            if groups
        ]
    if oidc.provider == "keycloak":
        return [
            f"{place}[{index}]: the hub knows Keycloak's groups without '/' in front, and who is in science/physics is "
            "in science, too; remove the '/'"
            for place, groups in named.items()
            for index, group in enumerate(groups)
            if group.startswith("/")
        ]
    return []
