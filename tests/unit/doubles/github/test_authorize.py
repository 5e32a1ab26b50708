"""The OAuth endpoints of the test double of GitHub."""

import re
import secrets

import pytest

from tests.doubles.github import GitHub
from tests.unit.doubles.github.asking import (
    CALLBACK,
    CHALLENGE,
    VERIFIER,
    authorize,
    exchange,
    new_code,
    new_token,
    sent_back,
)


def test_an_authorization_redirects_with_code_and_state(github: GitHub) -> None:
    page = authorize(github, scope="read:org")
    assert page.status_code == 200
    for part in ('id="login"', '<button id="authorize">Authorize</button>', 'id="cancel"', "read:org"):
        assert part in page.text
    result = sent_back(authorize(github, form={"login": "ADA"}, state="x&y z"))
    assert result.keys() == {"code", "state"}
    assert result["state"] == "x&y z"


def test_inputs_are_escaped_on_the_page(github: GitHub) -> None:
    page = authorize(github, form={"login": '"><script>'}, scope="<b>")
    assert "<script>" not in page.text
    assert "<b>" not in page.text.replace("<b id", "")


def test_an_unknown_login_shows_the_page_again(github: GitHub) -> None:
    page = authorize(github, form={"login": "mallory"})
    assert page.status_code == 200
    assert "Incorrect username or password." in page.text
    assert 'id="authorize"' in page.text


def test_a_cancelled_authorization_redirects_with_the_error(github: GitHub) -> None:
    result = sent_back(authorize(github, form={"cancel": "1", "login": "ada"}))
    assert result["error"] == "access_denied"
    assert result["error_description"] == "The user has denied your application access."
    assert result["state"] == "s"


def test_an_unknown_client_is_not_found(github: GitHub) -> None:
    assert authorize(github, client_id="other").status_code == 404
    assert authorize(github, client_id="other", form={"login": "ada"}).status_code == 404


@pytest.mark.parametrize(
    "redirect_uri",
    [
        "http://127.100.0.12/hub",
        "http://127.100.0.12/hub/oauth_callback2",
        "http://127.100.0.12/hub/oauth_callback/../evil",
        "http://127.100.0.12:8000/hub/oauth_callback",
        "http://evil.example/hub/oauth_callback",
        "https://127.100.0.12/hub/oauth_callback",
    ],
)
def test_a_redirect_outside_the_registered_callback_url_is_refused(github: GitHub, redirect_uri: str) -> None:
    for form in (None, {"login": "ada"}):
        result = sent_back(authorize(github, redirect_uri=redirect_uri, form=form))
        assert result["error"] == "redirect_uri_mismatch"
        assert "code" not in result


def test_a_redirect_below_the_callback_url_is_allowed(github: GitHub) -> None:
    github.callback_url = "http://hub.example.org"
    target = "http://hub.example.org/hub/oauth_callback"
    answer = authorize(github, redirect_uri=target, form={"login": "ada"})
    assert answer.headers["Location"].startswith(f"{target}?code=")


def test_a_code_is_exchanged_for_a_token_of_githubs_format(github: GitHub) -> None:
    result = exchange(github, new_code(github, scope="read:org user:email"))
    # GitHub separates scopes with commas, whatever the separator in the request.
    assert result == {"access_token": result["access_token"], "token_type": "bearer", "scope": "read:org,user:email"}
    assert re.fullmatch(r"gho_[A-Za-z0-9]{36}", result["access_token"])
    assert result["access_token"] != new_token(github)


def test_wrong_client_credentials_are_refused_and_the_code_stays_valid(github: GitHub) -> None:
    code = new_code(github)
    for wrong in ({"client_secret": "x"}, {"client_id": "x"}, {"client_secret": ""}):
        result = exchange(github, code, **wrong)
        assert result.keys() == {"error", "error_description", "error_uri"}
        assert result["error"] == "incorrect_client_credentials"
    assert "access_token" in exchange(github, code)


def test_a_changed_client_secret_is_effective_at_once(github: GitHub) -> None:
    old = github.client_secret
    github.client_secret = secrets.token_hex(20)
    assert exchange(github, new_code(github), client_secret=old)["error"] == "incorrect_client_credentials"
    assert "access_token" in exchange(github, new_code(github))


def test_a_code_is_valid_once(github: GitHub) -> None:
    code = new_code(github)
    assert "access_token" in exchange(github, code)
    assert exchange(github, code)["error"] == "bad_verification_code"
    assert exchange(github, "unknown")["error"] == "bad_verification_code"


def test_a_code_is_valid_for_its_redirect_uri_only(github: GitHub) -> None:
    assert exchange(github, new_code(github), redirect_uri=f"{CALLBACK}/x")["error"] == "redirect_uri_mismatch"


def test_a_code_challenge_needs_its_verifier(github: GitHub) -> None:
    assert exchange(github, new_code(github, **CHALLENGE))["error"] == "bad_verification_code"
    assert exchange(github, new_code(github, **CHALLENGE), code_verifier="x" * 43)["error"] == "bad_verification_code"
    assert "access_token" in exchange(github, new_code(github, **CHALLENGE), code_verifier=VERIFIER)
