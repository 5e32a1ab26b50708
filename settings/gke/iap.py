"""Sign-in with Google's Identity-Aware Proxy (IAP), which stands in front of a gateway, and what it demands."""

import re
from typing import Annotated

from pydantic import AfterValidator

from settings.model import Model
from settings.scalars import Line, Text
from settings.secret import Secret
from settings.sections import EndpointSettings
from settings.sign_in import AuthSettings, GitHubSettings

_HOST = r"(?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?\.)+[a-z][-a-z0-9]*[a-z0-9]"
_EMAIL = re.compile(rf"[^\s@/:,]{{1,64}}@{_HOST}")
_DOMAIN = re.compile(_HOST)
_LONGEST_EMAIL = 254
_SERVICE_ID = re.compile(r"[1-9][0-9]{5,19}")
_CONSOLE = "https://console.cloud.google.com/auth/clients"


def _member(text: str) -> str:
    kind, colon, who = text.partition(":")
    who = who.lower()
    is_right = _DOMAIN.fullmatch(who) if kind == "domain" else kind in {"user", "group"} and _is_email(who)
    if not (colon and is_right):
        msg = (
            "is nobody whom IAP can let in; right ones look like user:ada@example.org, group:physics@example.org (a "
            "Google group) or domain:example.org (a Google Workspace)"
        )
        raise ValueError(msg)
    return f"{kind}:{who}"


def _service_id(text: str) -> str:
    if _SERVICE_ID.fullmatch(text) is None:
        msg = (
            "is not the id of a backend service, which is a long number; gcloud compute backend-services list "
            "--global --format='table(name,id)' shows them"
        )
        raise ValueError(msg)
    return text


def _is_email(text: str) -> bool:
    return len(text) <= _LONGEST_EMAIL and _EMAIL.fullmatch(text) is not None


IapMember = Annotated[Text, AfterValidator(_member)]
"""Whom IAP lets in, in the words of Google Cloud's IAM: `user:`, `group:` or `domain:`, in lower case."""

BackendServiceId = Annotated[Text, AfterValidator(_service_id)]
"""The number by which Google Cloud knows a backend service of a load balancer."""


class IapSettings(Model):
    """Sign-in with IAP, for `auth.type` `iap`."""

    client_id: Line | None = None
    """Client ID of the OAuth client with which IAP signs people in, `....apps.googleusercontent.com`."""
    client_secret: Secret | None = None
    """Its client secret."""
    members: tuple[IapMember, ...] = ()
    """Whom IAP lets in, beside `auth.allowedUsers` and `auth.adminUsers`: all of these may use the hub."""
    backend_service: BackendServiceId | None = None
    """Id of the gateway's backend service, known after the first `up`; none = what IAP says to any backend of the
    project counts."""


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
        if not _is_email(name)
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
