"""The pages of a running hub: what a link, a second click and a refused choice do."""

import sqlite3
import time
from collections.abc import Generator
from contextlib import ExitStack

import pytest

from hub.contract import HubConfig
from tests.unit.hub.page import Page
from tests.unit.hub.running_hub import RunningHub, running, text_of


@pytest.fixture(scope="module")
def hub(hub_config: HubConfig, tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningHub]:
    with running(tmp_path_factory.mktemp("hub"), hub_config.model_copy(update={"idle_minutes": 0})) as hub:
        yield hub


def stored_options(hub: RunningHub, name: str) -> str | None:
    with sqlite3.connect(hub.database) as database:
        found = database.execute(
            "select user_options from spawners join users on users.id = user_id where users.name = ?", [name]
        ).fetchone()
    return found and found[0]


@pytest.mark.parametrize(
    "query",
    [
        "cpu=1",
        "opt-cpu=1",
        "cpu=1&memory=512Mi&image=quay.io/jupyter/x",
        "profile=x",
        "utm_source=mail",
        "cpu=lots",
        "_xsrf=2%7Ca",
    ],
)
@pytest.mark.parametrize("path", ["/hub/spawn", "/hub/spawn/link"])
def test_a_link_to_the_form_starts_no_server(path: str, query: str, hub: RunningHub) -> None:
    ada = hub.visit("link")
    answer = ada.get(f"{path}?{query}", headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"})
    assert answer.status_code == 200
    assert "Notebook image" in answer.text
    assert ada.server() is None


@pytest.mark.parametrize(
    ("query", "cpu"),
    [
        ("cpu=2", "2"),
        ("opt-cpu=2&cpu=3", "2"),
        ("cpu=2&utm_source=mail&fbclid=x&failed=1", "2"),
        ("cpu=2&memory=lots", "2"),
        ("cpu=lots", "lots"),
        ("utm_source=mail", "0.5"),
        ("image=%ff", "0.5"),
        ("%ff=1&next=%ff", "0.5"),
    ],
)
def test_a_link_fills_in_the_form(query: str, cpu: str, hub: RunningHub) -> None:
    answer = hub.visit("bob").get(f"/hub/spawn?{query}")
    assert answer.status_code == 200
    form = Page(answer.text)
    assert form.values()["cpu"] == cpu
    assert ("A link filled in this form" in form.text) == (not query.startswith(("utm", "%ff")))


def test_the_mistakes_of_a_link_are_at_their_fields(hub: RunningHub) -> None:
    form = Page(hub.visit("bob").get("/hub/spawn?cpu=lots&memory=2Gi").text)
    assert [name for name, field in form.inputs.items() if "aria-invalid" in field] == ["cpu"]
    assert "'lots' is not an amount" in form.text


@pytest.mark.parametrize(
    "path",
    [
        "/hub/",
        "/hub/home",
        "/hub/user/eve",
        "/hub/user/eve/lab?cpu=1",
        "/hub/user-redirect/lab?cpu=1",
        "/hub/spawn-pending/eve",
        "/hub/token",
        "/hub/api/users/eve",
        "/hub/accept-share?code=x",
        "/hub/login?next=/hub/spawn%3Fcpu=1",
    ],
)
def test_no_page_starts_a_server(path: str, hub: RunningHub) -> None:
    eve = hub.visit("eve")
    eve.get(path, follow_redirects=True)
    assert eve.server() is None


@pytest.mark.parametrize(
    ("came_from", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 302),
        ({"Sec-Fetch-Site": "none"}, 302),  # typed, or a bookmark
        ({"Sec-Fetch-Site": "cross-site"}, 200),
        ({"Sec-Fetch-Site": "same-site", "Referer": "https://other.example.org/"}, 200),
        ({"Referer": "{hub}/hub/home"}, 302),  # http
        ({"Referer": "http://other.example.org/"}, 200),
        ({}, 200),
    ],
    ids=str,
)
def test_only_a_page_of_the_hub_signs_out_without_asking(
    came_from: dict[str, str], status: int, hub: RunningHub
) -> None:
    joe = hub.visit("joe")
    answer = joe.get("/hub/logout", headers={name: text.format(hub=hub.url) for name, text in came_from.items()})
    assert answer.status_code == status
    if status == 200:
        assert "Do you want to sign out?" in text_of(answer)
        assert 'href="/hub/logout"' in answer.text
    # Still signed in, or led to the sign-in page.
    assert joe.get("/hub/home").status_code == (200 if status == 200 else 302)


def test_a_form_of_another_site_starts_no_server(hub: RunningHub) -> None:
    mia = hub.visit("mia")
    assert mia.post("/hub/spawn", data={"cpu": "1"}).status_code == 403
    assert mia.server() is None


def test_the_form_of_the_page_starts_a_server_and_a_second_click_leads_there(hub: RunningHub) -> None:
    zoe = hub.visit("zoe")
    first = zoe.send_form("/hub/spawn", cpu="1")
    assert first.status_code == 302
    second = zoe.send_form("/hub/spawn", cpu="2")
    assert (second.status_code, second.headers["location"]) == (302, "/hub/spawn-pending/zoe")
    assert stored_options(hub, "zoe") == '{"cpu": "1"}'
    assert zoe.call("DELETE", "/users/zoe/server").status_code == 204


def test_a_form_with_invalid_utf_8_comes_back_with_the_reason(hub: RunningHub) -> None:
    max_ = hub.visit("max")
    answer = max_.post(
        f"/hub/spawn?_xsrf={max_.xsrf}",
        content=b"cpu=%ff&memory=2Gi",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 400
    assert Page(answer.text).values()["memory"] == "2Gi"


def test_an_unforeseen_error_gives_the_form_back_with_the_values(hub: RunningHub) -> None:
    kim = hub.visit("kim")
    answer = kim.send_form("/hub/spawn", image="quay.io/jupyter/x:broken", cpu="2")
    assert answer.status_code == 500
    assert Page(answer.text).values()["cpu"] == "2"


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/hub/nothing", 404, "There is no such page here"),
        ("/hub/user/somebody/lab", 404, "There is no such page here"),
        ("/hub/admin", 403, "Your account may not see this page"),
        ("/hub/spawn/meg/named", 400, "Named servers are not enabled."),
        ("/hub/error/503?url=/user/meg", 200, "Your server does not answer"),
        ("/hub/user/meg", 424, "Your server is not running"),
    ],
)
def test_an_error_is_in_words_with_a_way_out(path: str, status: int, words: str, hub: RunningHub) -> None:
    answer = hub.visit("meg").get(path)
    assert answer.status_code == status
    assert words in text_of(answer)
    assert "Home page" in answer.text or "Start server" in answer.text


def test_an_outdated_form_says_so(hub: RunningHub) -> None:
    answer = hub.visit("meg").post("/hub/spawn?_xsrf=old", data={"cpu": "1"})
    assert answer.status_code == 403
    assert "This page was out of date" in text_of(answer)


def test_a_failed_start_is_explained_with_a_way_to_the_form(hub: RunningHub) -> None:
    tom = hub.visit("tom")
    answer = tom.send_form("/hub/spawn", image="quay.io/jupyter/x:broken")
    assert "Unhandled" not in text_of(answer)
    assert "The hub could not start your server because of an error." in text_of(answer)
    later = tom.get("/hub/spawn-pending/tom")
    assert "Your server did not start" in text_of(later)
    assert 'href="/hub/spawn/tom"' in later.text


@pytest.mark.parametrize("options", [{"cpu": 99}, {"image": "evil/x:1"}, {"junk": "x" * 300_000}, {"junk": ["x"]}])
def test_refused_options_are_not_kept(options: dict[str, object], hub: RunningHub) -> None:
    joe = hub.visit("joe")
    for body in ({"user_options": options}, options):
        assert joe.call("POST", "/users/joe/server", body).status_code == 400
        assert stored_options(hub, "joe") in {None, "{}"}
        assert joe.server() is None
    assert joe.call("POST", "/users/joe/server").status_code == 201, "the next start has the defaults"
    assert joe.call("DELETE", "/users/joe/server").status_code == 204


def test_long_options_are_never_stored(hub: RunningHub) -> None:
    sam = hub.visit("sam")
    assert sam.call("POST", "/users/sam/server").status_code == 201
    assert sam.call("DELETE", "/users/sam/server").status_code == 204
    sam.call("PATCH", "/users/sam/server", {"user_options": {"cpu": "0" * 20_000}})
    assert stored_options(hub, "sam") == "{}"


def test_a_user_has_a_bounded_number_of_short_tokens(hub: RunningHub) -> None:
    pat = hub.visit("pat")
    answers = [pat.call("POST", "/users/pat/tokens", {"note": "n" * 5000}) for _ in range(101)]
    assert [answer.status_code for answer in answers] == [201] * 100 + [400]
    assert "Revoke some" in answers[-1].json()["message"]
    assert {len(token["note"]) for token in pat.call("GET", "/users/pat/tokens").json()["api_tokens"]} == {255}
    assert pat.call("POST", "/users/pat/server").status_code == 201, "a server has a token, too"
    assert pat.call("DELETE", "/users/pat/server").status_code == 204


def test_long_scopes_of_a_token_are_refused(hub: RunningHub) -> None:
    scopes = [f"read:servers!server=lee/{number}" for number in range(1000)]
    answer = hub.visit("lee").call("POST", "/users/lee/tokens", {"scopes": scopes})
    assert answer.status_code == 400


def test_the_oldest_sessions_with_servers_end(hub: RunningHub) -> None:
    ida = hub.visit("ida")
    assert ida.start().is_success
    client = "jupyterhub-user-ida"
    with sqlite3.connect(hub.database) as database:
        (user,) = database.execute("select id from users where name = 'ida'").fetchone()
        database.executemany(
            "insert into api_tokens (user_id, client_id, hashed, prefix, scopes, created)"
            " values (?, ?, ?, 'x', '[]', '2026-01-01 00:00:00.000000')",
            [(user, client, f"hash {number}") for number in range(150)],
        )

    def listed() -> int:
        return len(ida.call("GET", "/users/ida/tokens").json()["api_tokens"])

    assert listed() == 151
    query = {"client_id": client, "redirect_uri": "/user/ida/oauth_callback", "response_type": "code"}
    for _ in range(110):
        answer = ida.get("/hub/api/oauth2/authorize", params=query)
        assert answer.headers["location"].startswith("/user/ida/oauth_callback?code=")
    with sqlite3.connect(hub.database) as database:
        tokens = database.execute("select client_id, hashed from api_tokens where user_id = ? order by id", [user])
        clients, hashes = zip(*tokens.fetchall(), strict=True)
        assert clients == ("jupyterhub", *[client] * 100), "the server keeps its token"
        assert hashes[1:] == tuple(f"hash {number}" for number in range(50, 150))
        assert listed() == 101
        codes = database.execute("select count(*) from oauth_codes where user_id = ?", [user])
        assert codes.fetchone() == (101,)
    assert ida.call("DELETE", "/users/ida/server").status_code == 204
    with sqlite3.connect(hub.database) as database:
        assert not database.execute("select * from api_tokens where user_id = ?", [user]).fetchall()
    assert "expected to delete" not in hub.log.read_text()


def test_a_user_has_a_bounded_number_of_progress_streams(hub: RunningHub) -> None:
    progress = "/hub/api/users/ann/server/progress"
    ann, again = hub.visit("ann"), hub.visit("ann")
    headers = {"X-XSRFToken": again.xsrf}
    for _ in range(2):
        ann.call("POST", "/users/ann/server", {"image": "quay.io/jupyter/x:slow"})
        with ExitStack() as streams:
            for _ in range(100):
                stream = ann.stream("GET", progress, headers={"X-XSRFToken": ann.xsrf})
                assert streams.enter_context(stream).status_code == 200
            with again.stream("GET", progress, headers=headers) as refused:
                assert refused.status_code == 429
                assert "100 pages wait for servers of yours already" in refused.read().decode()
            assert hub.visit("nan").call("GET", "/users/ann/server/progress").status_code == 404, "another user"
            assert again.call("DELETE", "/users/ann/server").status_code in {202, 204}
        while again.server() is not None:
            time.sleep(0.1)


def test_refused_progress_streams_do_not_count(hub: RunningHub) -> None:
    bea = hub.visit("bea")
    assert {bea.call("GET", "/users/ann/server/progress").status_code for _ in range(101)} == {404}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/shares/guy/", 403),
        ("POST", "/share-codes/guy/", 403),
        ("POST", "/users/guy/servers/second", 400),
        ("PUT", "/users/guy/servers/second", 400),
        ("POST", "/groups/mine", 403),
        ("POST", "/users/other", 403),
        ("POST", "/users", 403),
        ("PATCH", "/users/guy", 403),
        ("POST", "/users/guy/activity", 400),
    ],
)
def test_a_user_can_create_nothing_else_in_the_database(method: str, path: str, status: int, hub: RunningHub) -> None:
    future = {"last_activity": "2999-01-01T00:00:00Z"} if path.endswith("activity") else {}
    assert hub.visit("guy").call(method, path, future).status_code == status
