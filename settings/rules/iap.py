"""Rules of sign-in with Identity-Aware Proxy (IAP)."""

from settings.groups.auth import AuthSettings
from settings.groups.endpoint import EndpointSettings
from settings.groups.github import GitHubSettings
from settings.groups.iap import IapSettings
from settings.types.iap import is_email
from settings.types.model import Model

_CONSOLE = "https://console.cloud.google.com/auth/clients"


def iap_mistakes(
    auth: AuthSettings, iap: IapSettings, github: GitHubSettings | None, endpoint: EndpointSettings | None
) -> list[str]:
    """Returns what does not go with IAP, or with its absence; a group that is wrong in itself is None."""
    if auth.type != "iap":
        return _without_iap(auth, iap)
    mistakes: list[str] = []
    if endpoint is not None and endpoint.type != "gateway":
        mistakes.append(
            "auth.type: iap is a part of Google's load balancer, which stands before the hub with endpoint.type "
            "gateway, and so on GKE only: pulumi config set endpoint.type gateway"
        )
    if iap.client_id is None:
        mistakes.append(
            f"iap.clientId: is not set; make an OAuth client of the type web application ({_CONSOLE}): "
            "pulumi config set iap.clientId ID"
        )
    if iap.client_secret is None:
        mistakes.append("iap.clientSecret: is not set: pulumi config set --secret iap.clientSecret")
    if not (iap.members or auth.allowed_users or auth.admin_users):
        mistakes.append(
            "iap.members: nobody could sign in; set it, auth.allowedUsers or auth.adminUsers: "
            "pulumi config set --path '[\"iap.members\"][0]' domain:example.org"
        )
    if auth.allow_anyone_from_the_internet:
        mistakes.append(
            "auth.allowAnyoneFromTheInternet: is not offered with auth.type iap; iap.members says who may come; remove "
            "it: pulumi config rm auth.allowAnyoneFromTheInternet"
        )
    return mistakes + _names_that_are_no_emails(auth) + ([] if github is None else _keys_of_github(github))


def _without_iap(auth: AuthSettings, iap: IapSettings) -> list[str]:
    keys = _set_keys("iap", iap)
    if not keys:
        return []
    named = " and ".join(keys) + (" is" if len(keys) == 1 else " are") + " set"
    removed = "; ".join(f"pulumi config rm {key}" for key in keys)
    if auth.type == "github":
        why = "IAP lets in nobody without a Google account, so people would sign in twice, and need an account at both"
        mend = f"choose one. IAP: pulumi config set auth.type iap, and remove github.*. GitHub: {removed}"
        return [f"auth.type: is github, but {named}: {why}; {mend}"]
    return [
        f"auth.type: is {auth.type}, but {named}, for IAP; choose one: pulumi config set auth.type iap; or: {removed}"
    ]


def _names_that_are_no_emails(auth: AuthSettings) -> list[str]:
    lists = {
        "auth.allowedUsers": auth.allowed_users,
        "auth.adminUsers": auth.admin_users,
        "auth.blockedUsers": auth.blocked_users,
    }
    return [
        f"{key}[{index}]: is no e-mail address; with auth.type iap people are known by that of their Google account, "
        "such as ada@example.org"
        for key, names in lists.items()
        for index, name in enumerate(names)
        if not is_email(name)
    ]


def _keys_of_github(github: GitHubSettings) -> list[str]:
    return [
        f"{key}: does not go with auth.type iap, which lets in nobody without a Google account; remove it: "
        f"pulumi config rm {key}; or let people sign in with GitHub alone: pulumi config set auth.type github"
        for key in _set_keys("github", github)
        if key != "github.recheckMinutes"  # counts for every way of signing in
    ]


def _set_keys(group: str, of: Model) -> list[str]:
    return [
        f"{group}.{field.alias}" for name, field in type(of).model_fields.items() if getattr(of, name) != field.default
    ]
