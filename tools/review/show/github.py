"""Puts a comment on a pull request: one for each stack, edited in place."""

import os
import re
from collections.abc import Iterator
from typing import Any, Final, cast

import httpx

_MARKER: Final = re.compile(r"<!-- jupyterhub-preview: [^\s<>]+ -->")
_PAGE: Final = 100
"""Comments that GitHub gives at once, at most."""
_OWN: Final = "github-actions[bot]"
"""The user whose token a workflow has. A comment of anybody else is left alone, whatever it begins with."""


class GitHubError(Exception):
    """GitHub did not take the comment; the text says why, and what to do."""


def post(body: str, number: int) -> str:
    """Make the comment, or put it in place of the last one about the same stack.

    Args:
        body: Its text, which begins with the stack's marker.
        number: The pull request's.

    Returns:
        Where it is.

    Raises:
        GitHubError: A variable is missing, or GitHub refused.
    """
    found = _MARKER.match(body)
    if found is None:
        message = "The comment does not begin with a marker, so it was not written by `review preview` or `offline`."
        raise GitHubError(message)
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
            raise GitHubError(_refusal(error.response)) from None
        except httpx.HTTPError as error:
            message = f"{api} cannot be reached: {error}"
            raise GitHubError(message) from None
        return str(answer.json()["html_url"])


def _find(client: httpx.Client, number: int, marker: str) -> int | None:
    """The number of the comment that begins with the marker."""
    mine = (
        comment
        for comment in _comments(client, number)
        if str(comment.get("body") or "").startswith(marker) and _login(comment) == _OWN
    )
    return next((int(comment["id"]) for comment in mine), None)


def _login(comment: dict[str, Any]) -> str:
    """Who wrote it; of an account that was deleted nothing is left."""
    user = cast("dict[str, Any] | None", comment.get("user"))
    return "" if user is None else str(user["login"])


def _comments(client: httpx.Client, number: int) -> Iterator[dict[str, Any]]:
    """All comments of the pull request, page by page."""
    page = 1
    while True:
        answer = client.get(f"{number}/comments", params={"per_page": _PAGE, "page": page})
        answer.raise_for_status()
        comments = cast("list[dict[str, Any]]", answer.json())
        yield from comments
        if len(comments) < _PAGE:
            return
        page += 1


def _refusal(response: httpx.Response) -> str:
    try:
        reason = str(cast("dict[str, Any]", response.json()).get("message", ""))
    except ValueError:
        reason = ""
    told = f"GitHub refused the comment: {response.status_code} {reason}".rstrip()
    if response.status_code in {401, 403}:
        return f"{told}\nThe job needs the permission `pull-requests: write`, which a fork's never has."
    if response.status_code == 404:
        return f"{told}\nThere is no such pull request in this repository, or the token may not see it."
    return told


def _variable(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        message = f"The variable {name} is not set. GitHub Actions sets it; GITHUB_TOKEN is given in the step's `env:`."
        raise GitHubError(message)
    return value
