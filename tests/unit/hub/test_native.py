"""Sign-up, sign-in and authorization on a running hub with NativeAuthenticator."""

import sqlite3
from collections.abc import Generator

import httpx
import pytest

from hub.contract import HubConfig
from tests.unit.hub.running_hub import ADMIN_PASSWORD, RunningHub, Visitor, running, text_of

PASSWORD = "something long and odd"  # noqa: S105 of the tests
TOO_LONG = "0123456789" * 8


@pytest.fixture(scope="module")
def hub(hub_config: HubConfig, tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningHub]:
    native = hub_config.sign_in.model_copy(update={"type": "native", "admin_users": ("grace",)})
    config = hub_config.model_copy(update={"idle_minutes": 0, "sign_in": native})
    with running(tmp_path_factory.mktemp("hub"), config) as hub:
        assert sign_up(hub, "grace", ADMIN_PASSWORD).status_code == 200
        yield hub


def sign_up(hub: RunningHub, name: str, password: str = PASSWORD) -> httpx.Response:
    visitor = Visitor(hub.url, name)
    visitor.get("/hub/signup")
    passwords = {"signup_password": password, "signup_password_confirmation": password}
    return visitor.send_form("/hub/signup", username=name, **passwords)


def test_a_link_authorizes_and_discards_nobody(hub: RunningHub) -> None:
    assert sign_up(hub, "eve").status_code == 200
    grace = hub.visit("grace", ADMIN_PASSWORD)
    for path in ("/hub/authorize/eve", "/hub/discard/eve"):
        assert grace.get(path).headers["location"] == "/hub/authorize"
    page = grace.get("/hub/authorize").text
    assert 'action="/hub/authorize/eve"' in page
    assert 'action="/hub/discard/eve"' in page
    assert grace.post("/hub/authorize/eve").status_code == 403, "a form of another site"
    assert grace.send_form("/hub/authorize/eve").status_code == 302
    assert 'action="/hub/discard/eve"' not in grace.get("/hub/authorize").text, "she is authorized"


@pytest.mark.parametrize(
    ("name", "password", "status", "words"),
    [
        ("ada\u200b", PASSWORD, 403, "has invisible characters"),
        ("\uff41da", PASSWORD, 403, "use that name"),
        ("\u0436" * 40, PASSWORD, 403, "is too long"),
        ("n" * 129, PASSWORD, 400, "The maximum is 128."),
        ("joe", TOO_LONG, 400, "at most 72 bytes"),
        ("joe", "\U0001f600" * 19, 400, "at most 72 bytes"),
        ("joe smith", PASSWORD, 200, "does not contain spaces"),
        ("joe", "short", 200, "has at least 10 characters"),
    ],
)
def test_a_sign_up_that_cannot_be_says_why(name: str, password: str, status: int, words: str, hub: RunningHub) -> None:
    answer = sign_up(hub, name, password)
    assert answer.status_code == status
    assert words in text_of(answer)
    assert "The signup was successful" not in text_of(answer)


def test_a_long_password_is_a_wrong_one(hub: RunningHub) -> None:
    visitor = Visitor(hub.url, "grace")
    visitor.get("/hub/login")
    answer = visitor.send_form("/hub/login", username="grace", password=TOO_LONG)
    assert "Invalid username or password" in text_of(answer)


def test_a_password_changes_to_none_that_is_too_long(hub: RunningHub) -> None:
    grace = hub.visit("grace", ADMIN_PASSWORD)

    def change(old: str, new: str) -> httpx.Response:
        fields = {"old_password": old, "new_password": new, "new_password_confirmation": new}
        return grace.send_form("/hub/change-password", **fields)

    assert "Your current password was incorrect" in text_of(change(TOO_LONG, PASSWORD))
    assert "at most 72 bytes" in text_of(change(ADMIN_PASSWORD, TOO_LONG))
    new = {"new_password": TOO_LONG, "new_password_confirmation": TOO_LONG}
    assert "at most 72 bytes" in text_of(grace.send_form("/hub/change-password/grace", **new))


def test_a_bounded_number_of_people_waits_for_authorization(hub: RunningHub) -> None:
    with sqlite3.connect(hub.database) as database:
        database.executemany(
            "insert into users_info (username, password, is_authorized) values (?, x'78', 0)",
            [[f"stranger{number}"] for number in range(100)],
        )
    answer = sign_up(hub, "late")
    assert answer.status_code == 503
    assert "100 people have signed up and wait for an admin" in text_of(answer)
    assert hub.visit("grace", ADMIN_PASSWORD).send_form("/hub/discard/stranger0").status_code == 302
    assert "sent to the admin" in text_of(sign_up(hub, "late"))
