"""The look-alike of GitHub in tests/e2e answers as GitHub does wherever a hub would notice: sign-in."""

import re
import secrets
from urllib.parse import parse_qsl

import pytest

from tests.doubles.github import GitHub
from tests.unit.doubles.github.asking import (
    CALLBACK,
    CHALLENGE,
    HTTP,
    VERIFIER,
    authorize,
    exchange,
    new_code,
    new_token,
    sent_back,
)


def test_a_person_who_authorizes_is_sent_back_with_a_code_and_the_state(github: GitHub) -> None:
    page = authorize(github, scope="read:org")
    assert page.status_code == 200
    for part in ('id="login"', '<button id="authorize">Authorize</button>', 'id="cancel"', "read:org"):
        assert part in page.text
    told = sent_back(authorize(github, form={"login": "ADA"}, state="x&y z"))
    assert told.keys() == {"code", "state"}
    assert told["state"] == "x&y z"


def test_what_was_typed_or_asked_is_shown_as_text(github: GitHub) -> None:
    page = authorize(github, form={"login": '"><script>'}, scope="<b>")
    assert "<script>" not in page.text
    assert "<b>" not in page.text.replace("<b id", "")


def test_an_unknown_login_gets_the_page_again(github: GitHub) -> None:
    page = authorize(github, form={"login": "mallory"})
    assert page.status_code == 200
    assert "Incorrect username or password." in page.text
    assert 'id="authorize"' in page.text


def test_a_person_who_cancels_is_sent_back_with_the_reason(github: GitHub) -> None:
    told = sent_back(authorize(github, form={"cancel": "1", "login": "ada"}))
    assert told["error"] == "access_denied"
    assert told["error_description"] == "The user has denied your application access."
    assert told["state"] == "s"


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
def test_nobody_is_sent_outside_the_registered_callback_url(github: GitHub, redirect_uri: str) -> None:
    for form in (None, {"login": "ada"}):
        told = sent_back(authorize(github, redirect_uri=redirect_uri, form=form))
        assert told["error"] == "redirect_uri_mismatch"
        assert "code" not in told


def test_people_may_be_sent_below_the_callback_url_which_may_be_registered_while_it_runs(github: GitHub) -> None:
    github.callback_url = "http://hub.example.org"
    target = "http://hub.example.org/hub/oauth_callback"
    answer = authorize(github, redirect_uri=target, form={"login": "ada"})
    assert answer.headers["Location"].startswith(f"{target}?code=")


def test_a_code_becomes_a_token_that_looks_like_that_of_github(github: GitHub) -> None:
    told = exchange(github, new_code(github, scope="read:org user:email"))
    # GitHub puts commas between scopes, whatever was between them in the question.
    assert told == {"access_token": told["access_token"], "token_type": "bearer", "scope": "read:org,user:email"}
    assert re.fullmatch(r"gho_[A-Za-z0-9]{36}", told["access_token"])
    assert told["access_token"] != new_token(github)


def test_a_token_may_be_asked_for_with_json_and_basic_authentication_and_told_as_a_form(github: GitHub) -> None:
    address = f"{github.url}/login/oauth/access_token"
    answer = HTTP.post(address, json={"code": new_code(github)}, auth=("hub", github.client_secret))
    assert answer.headers["Content-Type"].startswith("application/x-www-form-urlencoded")
    assert dict(parse_qsl(answer.text)).keys() == {"access_token", "token_type", "scope"}


def test_wrong_client_credentials_are_told_and_the_code_stays_good(github: GitHub) -> None:
    code = new_code(github)
    for wrong in ({"client_secret": "x"}, {"client_id": "x"}, {"client_secret": ""}):
        told = exchange(github, code, **wrong)
        assert told.keys() == {"error", "error_description", "error_uri"}
        assert told["error"] == "incorrect_client_credentials"
    assert "access_token" in exchange(github, code)


def test_the_secret_may_change_while_it_runs(github: GitHub) -> None:
    old = github.client_secret
    github.client_secret = secrets.token_hex(20)
    assert exchange(github, new_code(github), client_secret=old)["error"] == "incorrect_client_credentials"
    assert "access_token" in exchange(github, new_code(github))


def test_a_code_is_good_once(github: GitHub) -> None:
    code = new_code(github)
    assert "access_token" in exchange(github, code)
    assert exchange(github, code)["error"] == "bad_verification_code"
    assert exchange(github, "unknown")["error"] == "bad_verification_code"


def test_a_code_expires(github: GitHub) -> None:
    code = new_code(github)
    github.code_seconds = 0
    assert exchange(github, code)["error"] == "bad_verification_code"


def test_a_code_is_good_only_for_the_redirect_uri_that_it_was_sent_to(github: GitHub) -> None:
    assert exchange(github, new_code(github), redirect_uri=f"{CALLBACK}/x")["error"] == "redirect_uri_mismatch"


def test_a_challenge_has_to_be_answered_by_its_verifier(github: GitHub) -> None:
    assert exchange(github, new_code(github, **CHALLENGE))["error"] == "bad_verification_code"
    assert exchange(github, new_code(github, **CHALLENGE), code_verifier="x" * 43)["error"] == "bad_verification_code"
    assert "access_token" in exchange(github, new_code(github, **CHALLENGE), code_verifier=VERIFIER)
