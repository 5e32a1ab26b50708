"""Named types for users, GitHub organizations, service accounts and classes."""

import re
from typing import Annotated, Final

from settings.types.text import Check, Text, matching, pattern

_USER: Final = r"[^\s/,]{1,255}"
_NO_USER: Final = "is not the name of one user: no spaces, commas or slashes; several are a list, such as [ada, grace]"
# Also names from before GitHub's present rules, such as acme-, acme--lab and acme:v1.0.
_ORGANIZATION = r"[A-Za-z0-9][-A-Za-z0-9]{0,38}(?::[-_a-z0-9][-_.a-z0-9]{0,254})?"
_SERVICE_ACCOUNT = r"[a-z][-a-z0-9]{4,28}[a-z0-9]@[a-z][-a-z0-9]{4,28}[a-z0-9]\.iam\.gserviceaccount\.com"
_CLASS = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+"


def _user_name(text: str) -> str:
    if re.fullmatch(_USER, text) is None or not text.isprintable():
        raise ValueError(_NO_USER)
    return text.lower()


UserName = Annotated[Text, Check(_user_name, pattern(_USER, _NO_USER))]
"""Name of a user of the hub, converted to lower case, as in JupyterHub."""

GitHubOrganization = Annotated[
    Text,
    matching(
        _ORGANIZATION,
        "is not a GitHub organization or team, such as physics, or physics:staff for a team (both as in the address of "
        "their pages, the team in lower case)",
    ),
]
"""A GitHub organization (`org`) or a team (`org:team`), by their names in URLs."""

GoogleServiceAccount = Annotated[
    Text,
    matching(
        _SERVICE_ACCOUNT,
        "is not the e-mail of a Google service account, such as notebooks@my-project-123.iam.gserviceaccount.com; to "
        "list them: gcloud iam service-accounts list",
    ),
]
"""Email of a Google service account: `name@project.iam.gserviceaccount.com`."""

ClassPath = Annotated[
    Text, matching(_CLASS, "is not the path of a Python class, such as oauthenticator.google.GoogleOAuthenticator")
]
"""Import path of a Python class: `package.module.Class`."""
