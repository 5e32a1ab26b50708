"""Requests of a hub and its users to the test double of GitHub."""

from urllib.parse import parse_qsl

import httpx

from tests.doubles.github import GitHub

HTTP = httpx.Client()
CALLBACK = "http://127.100.0.12/hub/oauth_callback"
# From RFC 7636, appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = {"code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "S256"}


def authorize(github: GitHub, *, form: dict[str, str] | None = None, **changed: str) -> httpx.Response:
    """Request the authorization page; with a form, submit it."""
    query = {"client_id": "hub", "redirect_uri": CALLBACK, "state": "s", "scope": "read:org"} | changed
    address = f"{github.url}/login/oauth/authorize"
    return HTTP.post(address, params=query, data=form) if form else HTTP.get(address, params=query)


def sent_back(answer: httpx.Response) -> dict[str, str]:
    """Return the query of a redirect to the registered callback URL."""
    assert answer.status_code == 302
    address, _, query = answer.headers["Location"].partition("?")
    assert address == CALLBACK
    return dict(parse_qsl(query))


def new_code(github: GitHub, login: str = "ada", **changed: str) -> str:
    return sent_back(authorize(github, form={"login": login}, **changed))["code"]


def exchange(github: GitHub, code: str, **changed: str) -> dict[str, str]:
    """Exchange a code for a token as OAuthenticator does."""
    form = {"client_id": "hub", "client_secret": github.client_secret, "code": code, "redirect_uri": CALLBACK}
    address = f"{github.url}/login/oauth/access_token"
    answer = HTTP.post(address, data=form | changed, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    return answer.json()


def new_token(github: GitHub, login: str = "ada", scope: str = "read:org") -> str:
    return exchange(github, new_code(github, login, scope=scope))["access_token"]


def ask(github: GitHub, path: str, token: str = "") -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return HTTP.get(f"{github.url}/api/v3{path}", headers=headers)
