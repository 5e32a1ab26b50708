"""Named types for Identity-Aware Proxy (IAP)."""

import re
from typing import Annotated

from pydantic import AfterValidator

from settings.types.text import Text, matching

_HOST = r"(?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?\.)+[a-z][-a-z0-9]*[a-z0-9]"
_EMAIL = re.compile(rf"[^\s@/:,]{{1,64}}@{_HOST}")
_DOMAIN = re.compile(_HOST)
_LONGEST_EMAIL = 254
_NO_MEMBER = (
    "is not a member for IAP, such as user:ada@example.org, group:physics@example.org (a Google group) or "
    "domain:example.org (a Google Workspace)"
)


def _member(text: str) -> str:
    kind, _, who = text.partition(":")
    who = who.lower()
    if not (_DOMAIN.fullmatch(who) if kind == "domain" else is_email(who)):
        raise ValueError(_NO_MEMBER)
    return f"{kind}:{who}"


def is_email(text: str) -> bool:
    """Return whether a text is an email address."""
    return len(text) <= _LONGEST_EMAIL and _EMAIL.fullmatch(text) is not None


IapMember = Annotated[Text, matching(r"(?:user|group|domain):\S+", _NO_MEMBER), AfterValidator(_member)]
"""IAM member that IAP can allow: `user:`, `group:` or `domain:`, converted to lower case."""


BackendServiceId = Annotated[
    Text,
    matching(
        r"[1-9][0-9]{5,19}",
        "is not the ID of a backend service, which is a long number; to list them: gcloud compute backend-services "
        "list --global --format='table(name,id)'",
    ),
]
"""ID of a load balancer's backend service: a number."""
