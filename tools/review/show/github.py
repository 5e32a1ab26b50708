"""The comments on a pull request: one for each stack, edited in place."""

import os
import re
from itertools import count
from typing import Any, Final, cast

import httpx

from tools.errors import ToolError

_MARKER: Final = re.compile(r"<!-- jupyterhub-preview: [^\s<>]+ -->")
_PAGE: Final = 100
"""Largest page of comments that GitHub returns."""
_OWN: Final = "github-actions[bot]"
"""User of a workflow's token. Comments of other users are never edited."""


def post(body: str, number: int) -> str:
    """Create the comment, or update the one of the same stack.

    Args:
        body: The text; it begins with the stack's marker.
        number: Number of the pull request.

    Returns:
        URL of the comment.

    Raises:
        ToolError: An environment variable is missing, or GitHub rejected the comment.
    """
    found = _MARKER.match(body)
    if found is None:
        message = "The comment has no marker. Write it with: python -m tools.review preview (or offline)"
        raise ToolError(message)
    repository = _variable("GITHUB_REPOSITORY")
    headers = {
        "Authorization": f"Bearer {_variable('GITHUB_TOKEN')}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    api = os.environ.get("GITHUB_API_URL") or "https://api.github.com"
    with httpx.Client(base_url=f"{api}/repos/{repository}/issues/", headers=headers, timeout=30) as client:
        try:
            known = _find(client, number, found[0])
            if known is None:
                answer = client.post(f"{number}/comments", json={"body": body})
            else:
                answer = client.patch(f"comments/{known}", json={"body": body})
            answer.raise_for_status()
        except httpx.HTTPStatusError as error:
            raise ToolError(_rejection(error.response)) from None
        except httpx.HTTPError as error:
            message = f"{api} cannot be reached: {error}"
            raise ToolError(message) from None
        return str(answer.json()["html_url"])


def _find(client: httpx.Client, number: int, marker: str) -> int | None:
    """Return the id of the comment that begins with the marker."""
    for page in count(1):
        answer = client.get(f"{number}/comments", params={"per_page": _PAGE, "page": page})
        answer.raise_for_status()
        comments = cast("list[dict[str, Any]]", answer.json())
        for comment in comments:
            # A deleted account is no user.
            is_own = comment["user"] is not None and comment["user"]["login"] == _OWN
            if is_own and str(comment["body"]).startswith(marker):
                return int(comment["id"])
        if len(comments) < _PAGE:
            break
    return None


def _rejection(response: httpx.Response) -> str:
    try:
        reason = str(cast("dict[str, Any]", response.json()).get("message", ""))
    except ValueError:
        reason = ""
    problem = f"GitHub rejected the comment: {response.status_code} {reason}".rstrip()
    if response.status_code in {401, 403}:
        return f"{problem}\nThe job needs the permission `pull-requests: write`, which jobs of a fork never have."
    if response.status_code == 404:
        return f"{problem}\nThis repository has no such pull request, or the token may not read it."
    return problem


def _variable(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        message = f"{name} is not set. GitHub Actions sets it; pass GITHUB_TOKEN in the step's `env:`."
        raise ToolError(message)
    return value
