"""Rules of the ways to sign in, except those of Identity-Aware Proxy."""

from settings.groups.auth import AuthSettings
from settings.groups.cluster import ClusterSettings
from settings.groups.endpoint import EndpointSettings
from settings.groups.github import GitHubSettings
from settings.groups.identity import IdentitySettings
from settings.types.addresses import host_of, is_loopback

_NEW_APP = "https://github.com/settings/applications/new"


def github_errors(github: GitHubSettings, auth: AuthSettings) -> list[str]:
    """Report missing credentials of the OAuth app."""
    keys = {"github.clientId": github.client_id, "github.clientSecret": github.client_secret}
    if auth.type != "github" and not any(keys.values()):
        return []
    set_key = {
        "github.clientId": "pulumi config set github.clientId ID",
        "github.clientSecret": "pulumi config set --secret github.clientSecret",
    }
    has_one = any(keys.values())
    hint = (
        ", but the other of github.clientId and github.clientSecret is"
        if has_one
        else f"; register an app ({_NEW_APP})"
    )
    return [f"{key}: is not set{hint}: {set_key[key]}" for key, value in keys.items() if value is None]


def github_url_errors(github: GitHubSettings) -> list[str]:
    """Report the address of GitHub's API, or another name of GitHub, in place of its pages'."""
    scheme, _, host = github.url.partition("://")
    right = "github.com" if host == "www.github.com" else host.removeprefix("api.")
    if right == host or not host.endswith(("github.com", ".ghe.com")):
        return []
    return [f"github.url: must be the address of GitHub's pages: pulumi config set github.url {scheme}://{right}"]


def access_errors(auth: AuthSettings, github: GitHubSettings) -> list[str]:
    """Report settings with which nobody could sign in with GitHub."""
    if auth.type != "github" or any(
        (
            github.organizations,
            github.admin_teams,
            auth.allowed_users,
            auth.admin_users,
            auth.allow_anyone_from_the_internet,
        )
    ):
        return []
    return [
        (
            "github.organizations: nobody could sign in; set it, auth.allowedUsers or auth.adminUsers: "
            "pulumi config set --path '[\"github.organizations\"][0]' ORG"
        )
    ]


def password_errors(auth: AuthSettings) -> list[str]:
    """Report missing settings of sign-in without a provider."""
    errors: list[str] = []
    if auth.type == "shared-password" and auth.user_password is None:
        errors.append(_secret("auth.userPassword", "the password that all share"))
    if auth.type == "shared-password" and auth.admin_users and auth.admin_password is None:
        errors.append(_secret("auth.adminPassword", "the password of auth.adminUsers"))
    if auth.type == "native":
        if not auth.admin_users:
            errors.append(
                "auth.adminUsers: is not set, but only an admin can authorize people who signed up: "
                "pulumi config set --path '[\"auth.adminUsers\"][0]' NAME"
            )
        if auth.admin_password is None:
            errors.append(_secret("auth.adminPassword", "without it anybody could sign up with an admin's name"))
    if auth.type == "custom" and auth.custom_class is None:
        errors.append("auth.customClass: is not set: pulumi config set auth.customClass PACKAGE.MODULE.CLASS")
    return errors


def dummy_errors(
    auth: AuthSettings, endpoint: EndpointSettings, public_url: str | None, cluster: ClusterSettings
) -> list[str]:
    """Report `dummy` on a hub that others can reach, since it lets anybody in."""
    if auth.type != "dummy" or auth.allow_anyone_from_the_internet:
        return []
    has_local_url = public_url is not None and is_loopback(host_of(public_url))
    loopback = "loopback (127.0.0.0/8, ::1, localhost)"
    if endpoint.type == "none":
        if has_local_url:
            return []
        reason = f"so publicUrl must be {loopback}"
    elif endpoint.is_behind_a_proxy or endpoint.internal or cluster.on_gke:
        reason = "so nobody else may reach it: pulumi config set endpoint.type none"
    elif endpoint.address is None:
        reason = (
            "so endpoint.address must be set to a loopback address; without it a cloud gives a public one: "
            "pulumi config set endpoint.address 127.100.0.10"
        )
    elif not is_loopback(endpoint.address) or not has_local_url:
        reason = f"so endpoint.address and publicUrl must be {loopback}"
    else:
        return []
    otherwise = "to let strangers in on purpose: pulumi config set auth.allowAnyoneFromTheInternet true"
    return [f"auth.type: dummy lets anybody in with any password, {reason}; {otherwise}"]


def identity_errors(identity: IdentitySettings) -> list[str]:
    """Report entries of `identity.notebooks` that are empty, or have the same name or user."""
    errors: list[str] = []
    names: dict[str, int] = {}
    places: dict[str, int] = {}
    for index, entry in enumerate(identity.notebooks):
        place = f"identity.notebooks[{index}]"
        if not entry.users and not entry.organizations and not entry.groups:
            errors.append(f"{place}: is for nobody; set users, organizations or groups, or remove it")
        if (first := names.setdefault(entry.name, index)) != index:
            errors.append(f"{place}.name: is also the name of identity.notebooks[{first}]; choose another")
        others = sorted({places.setdefault(user, index) for user in entry.users} - {index})
        errors += [
            f"{place}.users: has a user who is in identity.notebooks[{other}].users too; a notebook has one service "
            "account, so keep the user in one of the two"
            for other in others
        ]
    return errors


def _secret(key: str, why: str) -> str:
    return f"{key}: is not set ({why}): pulumi config set --secret {key}"
