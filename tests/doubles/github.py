"""A test double of GitHub for a hub: OAuth, and the API of users, organizations and teams.

It follows docs.github.com ("Authorizing OAuth apps" with its errors, and the REST endpoints for users, members and
teams), with the paths of GitHub Enterprise Server. Other paths get 404.
"""

import asyncio
import base64
import hashlib
import re
import secrets
import string
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from itertools import count
from pathlib import PurePosixPath
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from tests.doubles.github_failures import Failure
from tests.doubles.http_double import HttpDouble

_API = "/api/v3"
_SEES_MEMBERS = {"read:org", "write:org", "admin:org"}
"""Scopes with which a token shows private memberships."""
_ERRORS = {
    "access_denied": "The user has denied your application access.",
    "bad_refresh_token": "The refresh token passed is incorrect or expired.",
    "bad_verification_code": "The code passed is incorrect or expired.",
    "incorrect_client_credentials": "The client_id and/or client_secret passed are incorrect.",
    "redirect_uri_mismatch": "The redirect_uri MUST match the registered callback URL for this application.",
}


class Request(NamedTuple):
    """A received request, without query, headers and body, which may have codes, tokens and secrets."""

    method: str
    path: str
    status: int
    """0 if the connection was closed without a response."""


@dataclass(kw_only=True)
class Account:
    """A user account. Tests may change name and email."""

    login: str
    id: int
    name: str | None
    email: str | None
    """The public address; None for most users."""


@dataclass(frozen=True)
class _Group:
    shown: dict[str, object]
    """The organization or team in the API's format."""
    members: dict[int, bool] = field(default_factory=dict[int, bool])
    """By user id: whether the membership is public."""


class _Grant(NamedTuple):
    """An authorization: of a code first, then of a token."""

    person: Account
    scopes: list[str]
    redirect_uri: str
    challenge: str | None


_GRANT = web.RequestKey("grant", _Grant)
"""Key of the request with the authorization of its token."""


@dataclass(kw_only=True)
class GitHub(HttpDouble):
    """Server of GitHub's OAuth pages and API.

    A group is an organization `org` or a team `org:slug`. Names of groups and logins are case-insensitive.
    """

    client_id: str
    client_secret: str
    callback_url: str = ""
    """The registered callback URL; it may be set later."""
    refusing: bool = False
    """Whether each connection is closed without a response."""
    rate_limited: bool = False
    """Whether each API request gets 403, as over the rate limit."""
    failure: Failure | None = None
    """Response to each request to a path that `failing` matches."""
    failing: str = r"/api/v3/"
    """Regular expression."""
    delay: float = 0
    """Seconds before each response."""
    silent: bool = False
    """Whether no request gets a response, as behind a firewall that drops packets."""
    people: dict[str, Account] = field(init=False, default_factory=dict[str, Account])
    """By login in lower case."""
    most_at_once: int = field(init=False, default=0)
    """Largest number of requests that waited for a response at the same time."""
    _waiting: int = field(init=False, default=0)
    requests: list[Request] = field(init=False, default_factory=list[Request])
    """Received requests, oldest first; may be cleared."""
    _groups: dict[tuple[str, str], _Group] = field(init=False, default_factory=dict[tuple[str, str], _Group])
    """By organization and team in lower case; the team is "" for the organization itself."""
    _codes: dict[str, _Grant] = field(init=False, default_factory=dict[str, _Grant])
    _tokens: dict[str, _Grant] = field(init=False, default_factory=dict[str, _Grant])
    _refresh_tokens: dict[str, _Grant] = field(init=False, default_factory=dict[str, _Grant])
    _ids: Iterator[int] = field(init=False, default_factory=lambda: count(1001))

    def application(self) -> web.Application:
        """Return the OAuth endpoints and the API."""
        app = web.Application(middlewares=[self._serve])
        app.add_routes(
            [
                web.route("*", "/login/oauth/authorize", self._authorize),
                web.post("/login/oauth/access_token", self._access_token),
                web.get(f"{_API}/user", self._user),
                web.get(f"{_API}/user/{{kind:orgs|teams}}", self._own_groups),
                web.get(f"{_API}/orgs/{{org}}", self._organization),
                web.get(f"{_API}/orgs/{{org}}/{{kind:members|public_members}}/{{login}}", self._membership),
                web.get(f"{_API}/orgs/{{org}}/teams/{{team}}/members/{{login}}", self._membership),
                web.route("*", "/{path:.*}", _not_found),
            ]
        )
        return app

    def add_person(self, login: str, *, name: str | None = None, email: str | None = None) -> Account:
        """Create a user account.

        Raises:
            ValueError: The login exists.
        """
        if login.casefold() in self.people:
            raise ValueError(f"the login {login} is taken")
        self.people[login.casefold()] = person = Account(login=login, id=next(self._ids), name=name, email=email)
        return person

    def join(self, group: str, login: str, *, public: bool = False) -> None:
        """Add a user to a group, which is created if it does not exist. Members of a team join its organization.

        Args:
            group: The organization or team.
            login: Login of the user.
            public: Whether the membership is public; that of a team never is.

        Raises:
            KeyError: There is no such user.
        """
        person = self.people[login.casefold()]
        name, _, team = group.partition(":")
        new = _Group({"login": name, "id": next(self._ids)})
        organization = self._groups.setdefault((name.casefold(), ""), new)
        if team:
            slug = team.casefold()
            new = _Group({"id": next(self._ids), "name": team, "slug": slug, "organization": organization.shown})
            self._groups.setdefault((name.casefold(), slug), new).members[person.id] = False
            organization.members.setdefault(person.id, False)
        else:
            organization.members[person.id] = public

    def leave(self, group: str, login: str) -> None:
        """Remove a user from a group, and from its teams if it is an organization.

        Raises:
            KeyError: The user is not a member.
        """
        person = self.people[login.casefold()]
        name, _, team = group.casefold().partition(":")
        del self._groups[name, team].members[person.id]
        for (organization, _), other in self._groups.items():
            if organization == name and not team:
                other.members.pop(person.id, None)

    def rename(self, organization: str, new: str) -> None:
        """Rename an organization. As at GitHub, its API answers 404 for the old name."""
        for name, team in [key for key in self._groups if key[0] == organization.casefold()]:
            self._groups[new.casefold(), team] = self._groups.pop((name, team))
        self._groups[new.casefold(), ""].shown["login"] = new

    def revoke_tokens(self, login: str) -> None:
        """Revoke the tokens of a user."""
        person = self.people[login.casefold()]
        self._tokens = {token: grant for token, grant in self._tokens.items() if grant.person.id != person.id}

    def refresh_token(self, login: str) -> str:
        """Return a refresh token, as GitHub Apps get with tokens that expire. It is valid once."""
        person = self.people[login.casefold()]
        grant = next(grant for grant in self._tokens.values() if grant.person.id == person.id)
        token = "ghr_" + secrets.token_hex(38)
        self._refresh_tokens[token] = grant
        return token

    @web.middleware
    async def _serve(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Respond to a request, and record it."""
        self._waiting += 1
        self.most_at_once = max(self.most_at_once, self._waiting)
        try:
            await asyncio.sleep(self.delay)
            while self.silent:
                await asyncio.sleep(0.05)
        finally:
            self._waiting -= 1
        if self.refusing and request.transport:
            request.transport.close()
            answer, status = web.Response(), 0
        else:
            answer = self._refusal(request) or await handler(request)
            status = answer.status
        self.requests.append(Request(request.method, request.path, status))
        return answer

    def _refusal(self, request: web.Request) -> web.Response | None:
        """Return the error of an outage, a rate limit or a token; store the authorization of an API request."""
        if self.failure and re.search(self.failing, request.path):
            return self.failure.response()
        is_api = request.path.startswith(_API)
        if self.down:
            message = "No server is currently available to service your request. Sorry about that."
            return _problem(503, message) if is_api else _page(503, "Unicorn!", message)
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        grant = self._tokens.get(token) if scheme.casefold() in {"bearer", "token"} else None
        if is_api and self.rate_limited:
            caller = f"user ID {grant.person.id}" if grant else "this address"
            headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(time.time()) + 1800)}
            return _problem(403, f"API rate limit exceeded for {caller}.", headers)
        if is_api and grant is None:
            return _problem(401, "Bad credentials" if token else "Requires authentication")
        if grant:
            request[_GRANT] = grant
        return None

    async def _authorize(self, request: web.Request) -> web.Response:
        query, form = request.query, await request.post()
        state = {"state": query["state"]} if "state" in query else {}
        target = query.get("redirect_uri", self.callback_url)
        login = str(form.get("login", ""))
        if query.get("client_id") != self.client_id:
            return await _not_found(request)
        # As documented; github.com now shows a warning page instead.
        if not _is_below(target, self.callback_url):
            return _redirect(self.callback_url, _error("redirect_uri_mismatch") | state)
        if "cancel" in form:
            return _redirect(self.callback_url, _error("access_denied") | state)
        if person := self.people.get(login.casefold()):
            code = secrets.token_hex(10)
            self._codes[code] = _Grant(
                person=person,
                scopes=re.findall(r"[^ ,]+", query.get("scope", "")),
                redirect_uri=target,
                challenge=query.get("code_challenge"),
            )
            return _redirect(target, {"code": code} | state)
        # Without an action, a form is submitted to the URL of the page, with the query of the hub.
        html = f"""<form method="post">
            <p>{escape(self.client_id)} asks for <b id="scope">{escape(query.get("scope", "")) or "public data"}</b></p>
            <label>Username <input id="login" name="login" value="{escape(login)}" autocomplete="off"></label>
            <button id="authorize">Authorize</button> <button id="cancel" name="cancel" value="1">Cancel</button>
            </form>"""
        error = '<p id="error" role="alert">Incorrect username or password.</p>' if request.method == "POST" else ""
        return _page(200, "Authorize application", error + html)

    async def _access_token(self, request: web.Request) -> web.Response:
        form = await request.post()
        return web.json_response(self._exchange({name: str(value) for name, value in form.items()}))

    def _exchange(self, given: Mapping[str, str]) -> dict[str, str]:
        if (given.get("client_id"), given.get("client_secret")) != (self.client_id, self.client_secret):
            return _error("incorrect_client_credentials")
        if given.get("grant_type") == "refresh_token":
            return self._renew(given.get("refresh_token", ""))
        grant = self._codes.pop(given.get("code", ""), None)
        if grant is None:
            return _error("bad_verification_code")
        answered = base64.urlsafe_b64encode(hashlib.sha256(given.get("code_verifier", "").encode()).digest())
        if grant.challenge not in {None, answered.decode().rstrip("=")}:
            return _error("bad_verification_code")
        if given.get("redirect_uri", grant.redirect_uri) != grant.redirect_uri:
            return _error("redirect_uri_mismatch")
        return self._new_token(grant)

    def _renew(self, token: str) -> dict[str, str]:
        grant = self._refresh_tokens.pop(token, None)
        if grant is None:
            return _error("bad_refresh_token")
        new = "ghr_" + secrets.token_hex(38)
        self._refresh_tokens[new] = grant
        return {**self._new_token(grant), "refresh_token": new}

    def _new_token(self, grant: _Grant) -> dict[str, str]:
        token = "gho_" + "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(36))
        self._tokens[token] = grant
        # Separated by commas as at GitHub, whatever the separator in the request.
        return {"access_token": token, "token_type": "bearer", "scope": ",".join(grant.scopes)}

    async def _user(self, request: web.Request) -> web.Response:
        person = request[_GRANT].person
        shown = {"login": person.login, "id": person.id, "name": person.name, "email": person.email}
        return web.json_response({**shown, "type": "User", "site_admin": False})

    async def _own_groups(self, request: web.Request) -> web.Response:
        """Return a page of the user's organizations or teams: 30 by default, and 100 at most."""
        grant = request[_GRANT]
        kind = request.match_info["kind"]
        if not {*_SEES_MEMBERS, "user"} & {*grant.scopes}:
            return _problem(403, f"You need at least read:org scope or user scope to list your {kind}.")
        own = [
            group.shown  # of a copy, as a test may add groups meanwhile
            for (_, team), group in list(self._groups.items())
            if grant.person.id in group.members and bool(team) == (kind == "teams")
        ]
        size, page = min(int(request.query.get("per_page", "30")), 100), int(request.query.get("page", "1"))
        following = f"{self.url}{request.path}?{urlencode({'per_page': size, 'page': page + 1})}"
        headers = {"Link": f'<{following}>; rel="next"'} if len(own) > page * size else {}
        return web.json_response(own[(page - 1) * size : page * size], headers=headers)

    async def _organization(self, request: web.Request) -> web.Response:
        group = self._groups.get((request.match_info["org"].casefold(), ""))
        return web.json_response(group.shown) if group else await _not_found(request)

    async def _membership(self, request: web.Request) -> web.Response:
        grant = request[_GRANT]
        name, team, login = (request.match_info.get(part, "").casefold() for part in ("org", "team", "login"))
        organization, group = self._groups.get((name, "")), self._groups.get((name, team))
        person = self.people.get(login)
        # Only members see private members, and only with the scope.
        is_seen = organization and grant.person.id in organization.members and _SEES_MEMBERS & {*grant.scopes}
        kind = request.match_info.get("kind")
        if kind == "members" and organization and not is_seen:
            return _redirect(f"{self.url}{_API}/orgs/{name}/public_members/{login}")
        is_public = group.members.get(person.id) if group and person else None
        is_found = is_public if kind == "public_members" else is_seen and is_public is not None
        return web.Response(status=204) if is_found else await _not_found(request)


async def _not_found(request: web.Request) -> web.Response:
    if request.path.startswith(_API):
        return _problem(404, "Not Found")
    return _page(404, "Page not found", "This is not the web page you are looking for.")


def _problem(status: int, message: str, headers: Mapping[str, str] | None = None) -> web.Response:
    fields = {"message": message, "documentation_url": "https://docs.github.com/rest", "status": str(status)}
    return web.json_response(fields, status=status, headers=headers)


def _page(status: int, title: str, body: str) -> web.Response:
    head = f'<meta charset="utf-8"><link rel="icon" href="data:,"><title>{title}</title>'
    text = f'<!DOCTYPE html><html lang="en"><head>{head}</head><body><h1>{title}</h1>{body}</body></html>'
    return web.Response(status=status, text=text, content_type="text/html")


def _redirect(url: str, parameters: Mapping[str, str] | None = None) -> web.Response:
    return web.Response(status=302, headers={"Location": f"{url}?{urlencode(parameters)}" if parameters else url})


def _error(name: str) -> dict[str, str]:
    uri = f"https://docs.github.com/apps/oauth-apps/maintaining-oauth-apps#{name.replace('_', '-')}"
    return {"error": name, "error_description": _ERRORS[name], "error_uri": uri}


def _is_below(url: str, registered_url: str) -> bool:
    """Return whether a redirect URL is valid for the registered one. GitHub also allows subdomains."""
    given, registered = urlsplit(url), urlsplit(registered_url)
    path = PurePosixPath(given.path)
    return given[:2] == registered[:2] and ".." not in path.parts and path.is_relative_to(registered.path or "/")
