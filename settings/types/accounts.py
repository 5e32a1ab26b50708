"""Named types for people and for what they belong to."""

import re
from typing import Annotated

from pydantic import AfterValidator

from settings.types.text import Text

_USER = re.compile(r"[^\s/,]{1,255}")
_ORGANIZATION = re.compile(r"[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}(?P<team>:[a-z0-9][-_a-z0-9]{0,99})?")
_SERVICE_ACCOUNT = re.compile(r"[a-z][-a-z0-9]{4,28}[a-z0-9]@[a-z][-a-z0-9]{4,28}[a-z0-9]\.iam\.gserviceaccount\.com")
_CLASS = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+", re.ASCII)


def _user_name(text: str) -> str:
    if _USER.fullmatch(text) is None or not text.isprintable():
        msg = "is not the name of one user: no spaces, commas or slashes; several are a list, such as [ada, grace]"
        raise ValueError(msg)
    return text.lower()


def _github_organization(text: str) -> str:
    if _ORGANIZATION.fullmatch(text) is None:
        msg = (
            "is not a GitHub organization or team; right ones look like physics, or physics:staff for a team "
            "(both as in the address of their pages, the team in lower case)"
        )
        raise ValueError(msg)
    return text


def _google_service_account(text: str) -> str:
    if _SERVICE_ACCOUNT.fullmatch(text) is None:
        msg = (
            "is not the e-mail of a Google service account; right ones look like "
            "notebooks@my-project-123.iam.gserviceaccount.com; gcloud iam service-accounts list shows them"
        )
        raise ValueError(msg)
    return text


def _class_path(text: str) -> str:
    if _CLASS.fullmatch(text) is None:
        msg = "is not the path of a Python class; right ones look like oauthenticator.google.GoogleOAuthenticator"
        raise ValueError(msg)
    return text


UserName = Annotated[Text, AfterValidator(_user_name)]
"""How the hub knows a person. JupyterHub takes every name in lower case, and so does this."""

GitHubOrganization = Annotated[Text, AfterValidator(_github_organization)]
"""A GitHub organization, `org`, or a team in it, `org:team`, both by their names in URLs."""

GoogleServiceAccount = Annotated[Text, AfterValidator(_google_service_account)]
"""The e-mail of a service account that somebody made in a Google Cloud project, `name@project.iam...`."""

ClassPath = Annotated[Text, AfterValidator(_class_path)]
"""Where a Python class is to be found, `package.module.Class`."""
