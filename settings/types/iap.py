"""Named types for Identity-Aware Proxy (IAP)."""

import re
from typing import Annotated

from pydantic import AfterValidator

from settings.types.text import Text

_HOST = r"(?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?\.)+[a-z][-a-z0-9]*[a-z0-9]"


_EMAIL = re.compile(rf"[^\s@/:,]{{1,64}}@{_HOST}")


_DOMAIN = re.compile(_HOST)


_LONGEST_EMAIL = 254


_SERVICE_ID = re.compile(r"[1-9][0-9]{5,19}")


def _member(text: str) -> str:
    kind, colon, who = text.partition(":")
    who = who.lower()
    is_right = _DOMAIN.fullmatch(who) if kind == "domain" else kind in {"user", "group"} and is_email(who)
    if not (colon and is_right):
        msg = (
            "is not a member for IAP, such as user:ada@example.org, group:physics@example.org (a "
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


def is_email(text: str) -> bool:
    """Tell whether a text is an e-mail address."""
    return len(text) <= _LONGEST_EMAIL and _EMAIL.fullmatch(text) is not None


IapMember = Annotated[Text, AfterValidator(_member)]
"""A member that IAP allows, as in IAM: `user:`, `group:` or `domain:`, in lower case."""


BackendServiceId = Annotated[Text, AfterValidator(_service_id)]
"""The number by which Google Cloud knows a backend service of a load balancer."""
