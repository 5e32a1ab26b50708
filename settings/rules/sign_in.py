"""Rules of the ways to sign in."""

from settings.groups.auth import AuthSettings
from settings.groups.github import GitHubSettings
from settings.groups.identity import IdentitySettings

_NEW_APP = "https://github.com/settings/applications/new"


def missing_parts(auth: AuthSettings, github: GitHubSettings) -> list[str]:
    """Returns what the chosen way of signing in lacks, each with its key and how to mend it."""
    missing: list[str] = []
    if auth.type == "github":
        if github.client_id is None and github.client_secret is None:
            missing += [
                f"github.clientId: is not set; register an app ({_NEW_APP}): pulumi config set github.clientId ID",
                "github.clientSecret: is not set: pulumi config set --secret github.clientSecret",
            ]
        lets_in = (github.organizations, auth.allowed_users, auth.admin_users, auth.allow_anyone_from_the_internet)
        if not any(lets_in):
            missing.append(
                "github.organizations: nobody could sign in; set it, auth.allowedUsers or auth.adminUsers: "
                "pulumi config set --path '[\"github.organizations\"][0]' ORG"
            )
    if auth.type == "shared-password" and auth.user_password is None:
        missing.append(_secret("auth.userPassword", "the password that all share"))
    if auth.type == "shared-password" and auth.admin_users and auth.admin_password is None:
        missing.append(_secret("auth.adminPassword", "the password of auth.adminUsers"))
    if auth.type == "native":
        if not auth.admin_users:
            missing.append(
                "auth.adminUsers: is not set, and only an admin can let people in who signed up: "
                "pulumi config set --path '[\"auth.adminUsers\"][0]' NAME"
            )
        if auth.admin_password is None:
            missing.append(_secret("auth.adminPassword", "without it anybody could sign up with an admin's name"))
    if auth.type == "custom" and auth.custom_class is None:
        missing.append("auth.customClass: is not set: pulumi config set auth.customClass PACKAGE.MODULE.CLASS")
    return missing


def _secret(key: str, why: str) -> str:
    return f"{key}: is not set ({why}): pulumi config set --secret {key}"


def without_github(identity: IdentitySettings) -> list[str]:
    """Returns what counts on organizations of GitHub, which the hub learns of in its own sign-in with GitHub only."""
    return [
        f"identity.notebooks[{index}].organizations: needs auth.type github, by which the hub learns who is in them; "
        "set that, or name people in users"
        for index, entry in enumerate(identity.notebooks)
        if entry.organizations
    ]
