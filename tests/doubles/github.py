"""A look-alike of GitHub, as a hub sees it: sign-in, and the API about people, their organisations and their teams.

It follows docs.github.com ("Authorizing OAuth apps", the errors of both requests, the REST endpoints for users, members
and teams), with the paths of GitHub Enterprise Server. What is not there is answered 404.
"""

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

from tests.doubles.look_alike import LookAlike

_API = "/api/v3"
_SEES_MEMBERS = {"read:org", "write:org", "admin:org"}
"""The scopes without which a token does not show that its owner is a member."""
_ERRORS = {
    "access_denied": "The user has denied your application access.",
    "bad_verification_code": "The code passed is incorrect or expired.",
    "incorrect_client_credentials": "The client_id and/or client_secret passed are incorrect.",
    "redirect_uri_mismatch": "The redirect_uri MUST match the registered callback URL for this application.",
}


class Request(NamedTuple):
    """A request that was received, without query, headers and body: those hold codes, tokens and secrets."""

    method: str
    path: str
    status: int
    """0 if the connection was closed without an answer."""


@dataclass(kw_only=True)
class Person:
    """Somebody with an account. Tests may change name and email."""

    login: str
    id: int
    name: str | None
    email: str | None
    """The public one; most people show none."""


@dataclass(frozen=True)
class _Group:
    shown: dict[str, object]
    """The organisation or team, as the API shows it."""
    members: dict[int, bool] = field(default_factory=dict[int, bool])
    """By the person's id: whether everybody may see the membership."""


class _Grant(NamedTuple):
    """What somebody lets the hub do: behind a code first, then behind a token."""

    person: Person
    scopes: list[str]
    redirect_uri: str
    challenge: str | None
    issued: float


_GRANT = web.RequestKey("grant", _Grant)
"""What the caller of the API shows with a token."""


@dataclass(kw_only=True)
class GitHub(LookAlike):
    """Serves its pages and its API.

    A group is an organisation `org` or a team `org:slug`. Names of groups and logins may be written in any case.
    """

    client_id: str
    client_secret: str
    callback_url: str = ""
    """The registered one; it may be set once the hub's address is known."""
    code_seconds: float = 600
    """How long the code that a sign-in ends with can be turned into a token."""
    refusing: bool = False
    """Closes every connection without an answer. A browser asks twice before it believes that."""
    rate_limited: bool = False
    """Answers the API's callers with 403, as those who have asked too often."""
    people: dict[str, Person] = field(init=False, default_factory=dict[str, Person])
    """By login in lower case."""
    requests: list[Request] = field(init=False, default_factory=list[Request])
    """What was received, oldest first; may be cleared."""
    _groups: dict[tuple[str, str], _Group] = field(init=False, default_factory=dict[tuple[str, str], _Group])
    """By organisation and team in lower case, with "" as the team of the organisation itself."""
    _codes: dict[str, _Grant] = field(init=False, default_factory=dict[str, _Grant])
    _tokens: dict[str, _Grant] = field(init=False, default_factory=dict[str, _Grant])
    _ids: Iterator[int] = field(init=False, default_factory=lambda: count(1001))

    def application(self) -> web.Application:
        """The pages of the sign-in, and the API."""
        app = web.Application(middlewares=[self._serve])
        app.add_routes(
            [
                web.route("*", "/login/oauth/authorize", self._authorize),
                web.post("/login/oauth/access_token", self._access_token),
                web.get(f"{_API}/user", self._user),
                web.get(f"{_API}/user/{{kind:orgs|teams}}", self._own_groups),
                web.get(f"{_API}/orgs/{{org}}/{{kind:members|public_members}}/{{login}}", self._membership),
                web.get(f"{_API}/orgs/{{org}}/teams/{{team}}/members/{{login}}", self._membership),
                web.route("*", "/{path:.*}", _not_found),
            ]
        )
        return app

    def add_person(self, login: str, *, name: str | None = None, email: str | None = None) -> Person:
        """Open an account; a ValueError if the login is taken."""
        if login.casefold() in self.people:
            raise ValueError(f"the login {login} is taken")
        self.people[login.casefold()] = person = Person(login=login, id=next(self._ids), name=name, email=email)
        return person

    def join(self, group: str, login: str, *, public: bool = False) -> None:
        """Make somebody a member of a group, which is made if it is not there. Members of a team join its organisation.

        Args:
            group: The organisation or team.
            login: Whose account; a KeyError if there is none.
            public: Whether everybody may see the membership. That of a team is never public.
        """
        person = self.people[login.casefold()]
        name, _, team = group.partition(":")
        new = _Group({"login": name, "id": next(self._ids)})
        organisation = self._groups.setdefault((name.casefold(), ""), new)
        if team:
            slug = team.casefold()
            new = _Group({"id": next(self._ids), "name": team, "slug": slug, "organization": organisation.shown})
            self._groups.setdefault((name.casefold(), slug), new).members[person.id] = False
            organisation.members.setdefault(person.id, False)
        else:
            organisation.members[person.id] = public

    def leave(self, group: str, login: str) -> None:
        """Take somebody out of a group, and of its teams if it is an organisation; a KeyError if they are not in it."""
        person = self.people[login.casefold()]
        name, _, team = group.casefold().partition(":")
        del self._groups[name, team].members[person.id]
        for (organisation, _), other in self._groups.items():
            if organisation == name and not team:
                other.members.pop(person.id, None)

    def revoke_tokens(self, login: str) -> None:
        """Make somebody's tokens worthless, as they can in their account's settings."""
        person = self.people[login.casefold()]
        self._tokens = {token: grant for token, grant in self._tokens.items() if grant.person.id != person.id}

    @web.middleware
    async def _serve(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer a request, and note that."""
        if self.refusing and request.transport:
            request.transport.close()
            answer, status = web.Response(), 0
        else:
            answer = self._refusal(request) or await handler(request)
            status = answer.status
        self.requests.append(Request(request.method, request.path, status))
        return answer

    def _refusal(self, request: web.Request) -> web.Response | None:
        """What is answered whatever is asked; for the API's callers, who they are is stored with the request."""
        is_api = request.path.startswith(_API)
        if self.down:
            message = "No server is currently available to service your request. Sorry about that."
            return _problem(503, message) if is_api else _page(503, "Unicorn!", message)
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        grant = self._tokens.get(token) if scheme.casefold() in {"bearer", "token"} else None
        if is_api and self.rate_limited:
            who = f"user ID {grant.person.id}" if grant else "this address"
            headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(time.time()) + 1800)}
            return _problem(403, f"API rate limit exceeded for {who}.", headers)
        if is_api and grant is None:
            return _problem(401, "Bad credentials" if token else "Requires authentication")
        if grant:
            request[_GRANT] = grant
        return None

    async def _authorize(self, request: web.Request) -> web.Response:
        asked, typed = request.query, await request.post()
        state = {"state": asked["state"]} if "state" in asked else {}
        target = asked.get("redirect_uri", self.callback_url)
        login = str(typed.get("login", ""))
        if asked.get("client_id") != self.client_id:
            return await _not_found(request)
        # As documented; since some time github.com itself shows a page that warns people, and the hub hears nothing.
        if not _is_below(target, self.callback_url):
            return _redirect(self.callback_url, _error("redirect_uri_mismatch") | state)
        if "cancel" in typed:
            return _redirect(self.callback_url, _error("access_denied") | state)
        if person := self.people.get(login.casefold()):
            code = secrets.token_hex(10)
            self._codes[code] = _Grant(
                person=person,
                scopes=re.findall(r"[^ ,]+", asked.get("scope", "")),
                redirect_uri=target,
                challenge=asked.get("code_challenge"),
                issued=time.monotonic(),
            )
            return _redirect(target, {"code": code} | state)
        # Without an action, a form is sent to the page's own URL, and so with all that the hub asked.
        form = f"""<form method="post">
            <p>{escape(self.client_id)} asks for <b id="scope">{escape(asked.get("scope", "")) or "public data"}</b></p>
            <label>Username <input id="login" name="login" value="{escape(login)}" autocomplete="off"></label>
            <button id="authorize">Authorize</button> <button id="cancel" name="cancel" value="1">Cancel</button>
            </form>"""
        error = '<p id="error" role="alert">Incorrect username or password.</p>' if request.method == "POST" else ""
        return _page(200, "Authorize application", error + form)

    async def _access_token(self, request: web.Request) -> web.Response:
        form = await (request.json() if request.content_type == "application/json" else request.post())
        given = {str(name): str(value) for name, value in form.items()}
        if (header := request.headers.get("Authorization", "")).startswith("Basic "):
            given["client_id"], _, given["client_secret"] = base64.b64decode(header[6:]).decode().partition(":")
        fields = self._exchange(given)
        if "application/json" in request.headers.get("Accept", ""):
            return web.json_response(fields)
        return web.Response(text=urlencode(fields), content_type="application/x-www-form-urlencoded")

    def _exchange(self, given: Mapping[str, str]) -> dict[str, str]:
        if (given.get("client_id"), given.get("client_secret")) != (self.client_id, self.client_secret):
            return _error("incorrect_client_credentials")
        grant = self._codes.pop(given.get("code", ""), None)
        if grant is None or time.monotonic() - grant.issued >= self.code_seconds:
            return _error("bad_verification_code")
        answered = base64.urlsafe_b64encode(hashlib.sha256(given.get("code_verifier", "").encode()).digest())
        if grant.challenge not in {None, answered.decode().rstrip("=")}:
            return _error("bad_verification_code")
        if given.get("redirect_uri", grant.redirect_uri) != grant.redirect_uri:
            return _error("redirect_uri_mismatch")
        token = "gho_" + "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(36))
        self._tokens[token] = grant
        # Commas, whatever the hub put between them: OAuthenticator then takes several scopes for one.
        return {"access_token": token, "token_type": "bearer", "scope": ",".join(grant.scopes)}

    async def _user(self, request: web.Request) -> web.Response:
        person = request[_GRANT].person
        shown = {"login": person.login, "id": person.id, "name": person.name, "email": person.email}
        return web.json_response({**shown, "type": "User", "site_admin": False})

    async def _own_groups(self, request: web.Request) -> web.Response:
        """A page of the asker's organisations or teams: 30 unless asked for another number, and 100 at most."""
        grant = request[_GRANT]
        kind = request.match_info["kind"]
        if not {*_SEES_MEMBERS, "user"} & {*grant.scopes}:
            return _problem(403, f"You need at least read:org scope or user scope to list your {kind}.")
        own = [
            group.shown  # of a list of its own, as a test may add groups meanwhile
            for (_, team), group in list(self._groups.items())
            if grant.person.id in group.members and bool(team) == (kind == "teams")
        ]
        size, page = min(int(request.query.get("per_page", "30")), 100), int(request.query.get("page", "1"))
        following = f"{self.url}{request.path}?{urlencode({'per_page': size, 'page': page + 1})}"
        headers = {"Link": f'<{following}>; rel="next"'} if len(own) > page * size else {}
        return web.json_response(own[(page - 1) * size : page * size], headers=headers)

    async def _membership(self, request: web.Request) -> web.Response:
        grant = request[_GRANT]
        name, team, login = (request.match_info.get(part, "").casefold() for part in ("org", "team", "login"))
        organisation, group = self._groups.get((name, "")), self._groups.get((name, team))
        person = self.people.get(login)
        # Only members may ask for members, and only with the scope does a token show that its owner is one.
        is_seen = organisation and grant.person.id in organisation.members and _SEES_MEMBERS & {*grant.scopes}
        kind = request.match_info.get("kind")
        if kind == "members" and organisation and not is_seen:
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
    """Whether GitHub sends people to a URL, for a hub with that registered one. GitHub also allows subdomains."""
    given, registered = urlsplit(url), urlsplit(registered_url)
    path = PurePosixPath(given.path)
    return given[:2] == registered[:2] and ".." not in path.parts and path.is_relative_to(registered.path or "/")
