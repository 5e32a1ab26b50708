"""Nobody starts a server without having accepted the terms of use, and a new text is accepted anew."""

import json
import re
import sqlite3
from collections.abc import Generator
from pathlib import Path
from typing import Any

import httpx
import pytest
from jupyterhub import orm
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from hub import terms
from hub.contract import HubConfig
from tests.hub_configs import HUB_CONFIG
from tests.unit.hub.running_hub import RunningHub, Visitor, running, text_of

_TERMS = "Be kind.\n\nSee https://example.org/rules"


def _config(text: str | None) -> HubConfig:
    sign_in = HUB_CONFIG.sign_in.model_copy(update={"admin_users": ("root",)})
    pages = HUB_CONFIG.pages.model_copy(update={"terms": text})
    return HUB_CONFIG.model_copy(update={"pages": pages, "sign_in": sign_in})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hub")


@pytest.fixture(scope="module")
def hub(folder: Path) -> Generator[RunningHub]:
    with running(folder, _config(_TERMS)) as hub:
        yield hub


def _accept(visitor: Visitor, **changes: str) -> httpx.Response:
    """Press the button of the page."""
    page = visitor.get("/hub/terms?next=/hub/spawn%3Fcpu=2").text
    fields = dict(re.findall(r'<input type="hidden" name="(text|next)" value="([^"]*)"', page))
    return visitor.send_form("/hub/terms", **{**fields, **changes})


def _record(of: RunningHub, name: str) -> dict[str, Any] | None:
    with sqlite3.connect(of.database) as database:
        (found,) = database.execute("select user_info from users where name = ?", [name]).fetchone()
    info: dict[str, Any] = json.loads(found) if found else {}
    return info.get("terms")


def test_everybody_can_read_the_terms(hub: RunningHub) -> None:
    page = httpx.get(f"{hub.url}/hub/terms")
    assert "Terms of use Be kind. See https://example.org/rules" in text_of(page)
    assert '<a href="https://example.org/rules">' in page.text
    assert "I accept" not in page.text
    assert 'href="/hub/terms">Terms of use</a>' in httpx.get(f"{hub.url}/hub/login").text


def test_the_spawn_page_leads_to_the_terms_and_these_lead_back(hub: RunningHub) -> None:
    ann = hub.visit("ann")
    first = ann.get("/hub/spawn?cpu=2")
    assert first.headers["Location"] == "/hub/terms?next=%2Fhub%2Fspawn%3Fcpu%3D2"
    assert "I accept the terms of use" in ann.get(first.headers["Location"]).text
    assert _accept(ann).headers["Location"] == "/hub/spawn?cpu=2"
    assert ann.get("/hub/spawn?cpu=2").status_code == 200
    assert "You have accepted these terms." in ann.get("/hub/terms").text
    record = _record(hub, "ann")
    assert record
    assert record["user"] == "ann"
    assert ann.start().status_code == 201
    assert ann.call("DELETE", "/users/ann/server").status_code == 204


def test_no_way_of_starting_a_server_goes_round_the_terms(hub: RunningHub) -> None:
    bob, root = hub.visit("bob"), hub.visit("root")
    assert _accept(root).status_code == 302
    answer = bob.start()
    assert answer.status_code == 403
    assert answer.json()["message"] == (
        "You have not accepted the terms of use of this hub. They are accepted at /hub/terms."
    )
    assert bob.send_form("/hub/spawn", cpu="1").headers["Location"] == "/hub/terms?next=%2Fhub%2Fspawn"
    by_admin = root.call("POST", "/users/bob/server")
    assert by_admin.status_code == 403
    assert "bob has not accepted the terms of use" in by_admin.json()["message"]
    assert "bob has not accepted" in text_of(root.send_form("/hub/spawn/bob", cpu="1"))
    assert bob.server() is None


def test_another_site_accepts_for_nobody(hub: RunningHub) -> None:
    cat = hub.visit("cat")
    assert cat.post("/hub/terms", data={"text": "x"}).status_code == 403
    assert _record(hub, "cat") is None


def test_a_text_that_was_not_shown_is_not_accepted(hub: RunningHub) -> None:
    dan = hub.visit("dan")
    answer = _accept(dan, text="0" * 32)
    assert answer.status_code == 409
    assert "The terms of use have changed meanwhile." in text_of(answer)
    assert _record(hub, "dan") is None


def test_the_page_leads_to_no_other_site(hub: RunningHub) -> None:
    assert _accept(hub.visit("eva"), next="https://evil.example/").headers["Location"] == "/hub/home"


def test_a_sign_in_keeps_the_acceptance_beside_what_it_writes() -> None:
    terms.configure(_TERMS)
    engine = create_engine("sqlite://")
    orm.Base.metadata.create_all(engine)
    with Session(engine) as database:
        user: Any = orm.User(name="fay")
        database.add(user)
        user.user_info = {"terms": {"text": "a"}}
        database.commit()
        for written in ({"account": {"id": "1"}}, {}):
            user.user_info = written
            database.commit()
            assert user.user_info == {**written, "terms": {"text": "a"}}
        user.user_info = {"terms": {"text": "b"}}
        database.commit()
        assert user.user_info == {"terms": {"text": "b"}}


def test_a_renamed_user_is_asked_again(hub: RunningHub) -> None:
    gus, root = hub.visit("gus"), hub.visit("root")
    assert _accept(gus).status_code == 302
    assert root.call("PATCH", "/users/gus", {"name": "other"}).is_success
    assert hub.visit("other").get("/hub/spawn").headers["Location"].startswith("/hub/terms")


def test_a_new_text_is_accepted_anew_and_another_line_end_is_not_new(folder: Path, hub: RunningHub) -> None:
    assert _accept(hub.visit("zoe")).status_code == 302
    with running(folder, _config(_TERMS.replace("\n", "\r\n") + "\n")) as same:
        assert same.visit("zoe").get("/hub/spawn").status_code == 200
    with running(folder, _config("Be very kind.")) as other:
        zoe = other.visit("zoe")
        assert zoe.start().status_code == 403
        assert _accept(zoe).status_code == 302
        assert zoe.start().status_code == 201
        assert zoe.call("DELETE", "/users/zoe/server").status_code == 204
    with running(folder, _config(None)) as free:
        assert free.visit("new").start().status_code == 201
        assert free.visit("new").call("DELETE", "/users/new/server").status_code == 204
