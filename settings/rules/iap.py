"""Rules of sign-in with Identity-Aware Proxy (IAP)."""

from settings.groups.auth import AuthSettings
from settings.groups.endpoint import EndpointSettings
from settings.groups.github import GitHubSettings
from settings.groups.iap import IapSettings
from settings.types.iap import is_email
from settings.types.model import Model

_CONSOLE = "https://console.cloud.google.com/auth/clients"


def effect_errors(auth: AuthSettings, iap: IapSettings) -> list[str]:
    """Report keys of IAP with another sign-in."""
    keys = _set_keys("iap", iap)
    if auth.type == "iap" or not keys:
        return []
    named = " and ".join(keys) + (" is" if len(keys) == 1 else " are") + " set"
    remove = "; ".join(f"pulumi config rm {key}" for key in keys)
    if auth.type == "github":
        return [
            (
                f"auth.type: is github, but {named}: behind IAP people would sign in twice, with accounts at Google "
                f"and GitHub; choose one. IAP: pulumi config set auth.type iap, and remove github.*. GitHub: {remove}"
            )
        ]
    return [
        f"auth.type: is {auth.type}, but {named}, for IAP; choose one: pulumi config set auth.type iap; or: {remove}"
    ]


def client_errors(auth: AuthSettings, iap: IapSettings) -> list[str]:
    """Report keys that IAP does not support, and missing ones."""
    if auth.type != "iap":
        return []
    errors: list[str] = []
    if iap.client_id is None:
        errors.append(
            f"iap.clientId: is not set; create an OAuth client of type web application ({_CONSOLE}): "
            "pulumi config set iap.clientId ID"
        )
    if iap.client_secret is None:
        errors.append("iap.clientSecret: is not set: pulumi config set --secret iap.clientSecret")
    if not (iap.members or auth.allowed_users or auth.admin_users):
        errors.append(
            "iap.members: nobody could sign in; set it, auth.allowedUsers or auth.adminUsers: "
            "pulumi config set --path '[\"iap.members\"][0]' domain:example.org"
        )
    if auth.allow_anyone_from_the_internet:
        errors.append(
            "auth.allowAnyoneFromTheInternet: is not offered with auth.type iap, where iap.members lists who may sign "
            "in; remove it: pulumi config rm auth.allowAnyoneFromTheInternet"
        )
    return errors


def endpoint_errors(auth: AuthSettings, endpoint: EndpointSettings) -> list[str]:
    """Report IAP without a gateway."""
    if auth.type != "iap" or endpoint.type == "gateway":
        return []
    return [
        (
            "auth.type: iap is a part of Google's load balancer, on GKE only, so it needs endpoint.type gateway: "
            "pulumi config set endpoint.type gateway"
        )
    ]


def user_errors(auth: AuthSettings) -> list[str]:
    """Report users that are not email addresses."""
    if auth.type != "iap":
        return []
    lists = {
        "auth.allowedUsers": auth.allowed_users,
        "auth.adminUsers": auth.admin_users,
        "auth.blockedUsers": auth.blocked_users,
    }
    return [
        f"{key}[{index}]: is not an e-mail address; with auth.type iap users are named by that of their Google "
        "account, such as ada@example.org"
        for key, names in lists.items()
        for index, name in enumerate(names)
        if not is_email(name)
    ]


def github_errors(auth: AuthSettings, github: GitHubSettings) -> list[str]:
    """Report keys of GitHub beside IAP."""
    if auth.type != "iap":
        return []
    return [
        f"{key}: does not go with auth.type iap, where everybody signs in with a Google account; remove it: "
        f"pulumi config rm {key}; or let people sign in with GitHub alone: pulumi config set auth.type github"
        for key in _set_keys("github", github)
        if key != "github.recheckMinutes"  # counts for every way to sign in
    ]


def _set_keys(group: str, of: Model) -> list[str]:
    return [
        f"{group}.{field.alias}" for name, field in type(of).model_fields.items() if getattr(of, name) != field.default
    ]
