"""Services and roles on a running hub: what their tokens may do, who may sign in to them, and renewed tokens."""

from collections.abc import Generator, Iterable, Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from hub.contract import HubConfig
from hub.contract_services import Role, Service, token_variable
from tests.hub_configs import HUB_CONFIG
from tests.unit.hub.running_hub import RunningHub, Visitor, running

_WRITE_TOKENS = """
from pathlib import Path

def write_token(spawner):
    Path(f"{spawner.user.name}.token").write_text(spawner.api_token)

c.KubeSpawner.pre_spawn_hook = write_token
"""
_CALLBACK = "https://grader.example.org/oauth_callback"


def service(name: str, **fields: object) -> Service:
    """Return a service with an API token only, except for these fields."""
    given: dict[str, object] = {
        "url": None,
        "display": True,
        "redirect_url": None,
        "skip_consent": True,
        "scopes": (),
        "sign_in_scopes": (),
        "from_notebooks": False,
        "users": (),
        "groups": (),
    }
    return Service.model_validate({"name": name, **given, **fields})


def role(name: str, scopes: Iterable[str], **members: tuple[str, ...]) -> Role:
    """Return a role of these members."""
    given: dict[str, tuple[str, ...]] = {"users": (), "groups": (), "services": ()}
    return Role.model_validate({"name": name, "description": "", "scopes": scopes, **given, **members})


BINDER = service("binder", scopes=("admin:users", "admin:servers"))
"""As BinderHub: it makes users and starts their servers."""
DASK = service("dask-gateway", url="http://127.0.0.1:9", from_notebooks=True)
"""As dask-gateway: servers call it with their tokens, which it has the hub check."""
GRADER = service("grader", redirect_url=_CALLBACK, groups=("staff",), sign_in_scopes=("read:users:groups!user",))
"""A program with an address of its own, for the members of a group."""
LIMITED = service("limited", url="http://127.0.0.1:9", from_notebooks=True, users=("bob",))
"""For one user."""
ALL = (BINDER, DASK, GRADER, LIMITED)
STAFF = role("course-staff", ["admin:servers!group=course", "list:users!group=course"], groups=("staff",))


def configured(services: Iterable[Service] = ALL, roles: Iterable[Role] = (STAFF,)) -> HubConfig:
    """Return a `hub.json` with services, roles, and two groups."""
    groups = {"staff": ("ada",), "course": ("bob",)}
    return HUB_CONFIG.model_copy(
        update={"idle_minutes": 60, "services": tuple(services), "roles": tuple(roles), "groups": groups}
    )


def tokens(generation: str) -> Mapping[str, str]:
    """Return the environment of a hub with a token for each service."""
    return {token_variable(each.name): token_of(each.name, generation) for each in ALL}


def token_of(name: str, generation: str = "1") -> str:
    """Return the token of a service."""
    return (f"{name}-{generation}-".encode().hex() + "0" * 64)[:64]


def call(hub: RunningHub, method: str, path: str, *, token: str, body: object = None) -> httpx.Response:
    """Call the API with a token."""
    headers = {"Authorization": f"token {token}"}
    return httpx.request(method, f"{hub.url}/hub/api{path}", headers=headers, json=body, timeout=60)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hub")


@pytest.fixture(scope="module")
def hub(folder: Path) -> Generator[RunningHub]:
    with running(folder, configured(), extra_config=_WRITE_TOKENS, environment=tokens("1")) as hub:
        yield hub


@pytest.fixture(scope="module")
def ada(hub: RunningHub) -> Visitor:
    """A member of `staff`."""
    return hub.visit("ada")


@pytest.fixture(scope="module")
def bob(hub: RunningHub) -> Visitor:
    """A member of `course`, with a server."""
    visitor = hub.visit("bob")
    assert visitor.start().is_success
    return visitor


def test_a_service_may_do_what_its_scopes_say(hub: RunningHub) -> None:
    token = token_of("binder")
    assert call(hub, "POST", "/users/visitor-1", token=token).status_code == 201
    assert call(hub, "POST", "/users/visitor-1/server", token=token).status_code in {201, 202}
    assert call(hub, "GET", "/users/visitor-1", token=token).json()["name"] == "visitor-1"
    assert call(hub, "GET", "/groups", token=token).status_code == 403


def test_a_service_without_scopes_may_do_nothing(hub: RunningHub) -> None:
    for path in ("/users", "/users/bob", "/groups", "/services", "/proxy"):
        assert call(hub, "GET", path, token=token_of("dask-gateway")).status_code in {403, 404}


def _scopes_of_server(hub: RunningHub, folder: Path, name: str) -> set[str]:
    """Return the scopes of the token of a user's server, as a service learns them from the hub."""
    answer = call(hub, "GET", "/user", token=(folder / f"{name}.token").read_text())
    assert answer.json()["name"] == name
    return set(answer.json()["scopes"])


def test_servers_use_the_services_that_their_users_may_use(
    hub: RunningHub, folder: Path, ada: Visitor, bob: Visitor
) -> None:
    assert ada.start().is_success
    expected = {"ada": {"dask-gateway"}, bob.name: {"dask-gateway", "limited"}}
    for name, services in expected.items():
        scopes = _scopes_of_server(hub, folder, name)
        for each in ALL:
            assert (f"access:services!service={each.name}" in scopes) == (each.name in services), (name, each.name)


def _signed_in(hub: RunningHub, visitor: Visitor, each: Service, redirect: str) -> str | None:
    """Sign a visitor in to a service, and return the user's name as the service learns it; None: refused."""
    answer = visitor.get(
        "/hub/api/oauth2/authorize",
        params={
            "client_id": f"service-{each.name}",
            "redirect_uri": redirect,
            "response_type": "code",
            "state": "s",
        },
    )
    if answer.status_code == 403:
        return None
    assert answer.status_code == 302, answer.text
    location = answer.headers["Location"]
    assert location.startswith(redirect)
    (code,) = parse_qs(urlsplit(location).query)["code"]
    given = httpx.post(
        f"{hub.url}/hub/api/oauth2/token",
        data={
            "client_id": f"service-{each.name}",
            "client_secret": token_of(each.name),
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect,
        },
    ).json()["access_token"]
    return call(hub, "GET", "/user", token=given).json()["name"]


def test_people_sign_in_to_a_service_that_is_for_them(hub: RunningHub, ada: Visitor, bob: Visitor) -> None:
    assert _signed_in(hub, ada, GRADER, _CALLBACK) == "ada"
    assert _signed_in(hub, bob, GRADER, _CALLBACK) is None
    own = "/services/limited/oauth_callback"
    assert _signed_in(hub, bob, LIMITED, own) == "bob"
    assert _signed_in(hub, ada, LIMITED, own) is None


def test_the_menu_has_the_services_with_an_url(ada: Visitor) -> None:
    page = ada.get("/hub/home").text
    assert 'href="/services/dask-gateway/"' in page
    assert "/services/grader/" not in page
    assert "/services/binder/" not in page


def test_a_role_gives_its_members_its_scopes_and_no_more(hub: RunningHub, ada: Visitor, bob: Visitor) -> None:
    eve = hub.visit("eve")
    assert {user["name"] for user in ada.call("GET", "/users").json()} == {"bob"}
    assert eve.call("DELETE", f"{bob.path}/server").status_code in {403, 404}
    assert ada.call("DELETE", f"{eve.path}/server").status_code in {403, 404}
    assert ada.call("DELETE", f"{bob.path}/server").status_code in {202, 204}


def test_a_renewed_token_ends_the_old_one(tmp_path: Path) -> None:
    with running(tmp_path, configured(), environment=tokens("1")) as hub:
        assert call(hub, "GET", "/users", token=token_of("binder")).status_code == 200
    with running(tmp_path, configured(), environment=tokens("2")) as hub:
        assert call(hub, "GET", "/users", token=token_of("binder")).status_code == 403
        assert call(hub, "GET", "/users", token=token_of("binder", "2")).status_code == 200
        # The idle culler's, a new one at each start.
        assert hub.log.read_text().count("Deleting a former token of the service idle-culler") == 1


def test_a_service_that_is_removed_has_no_token_and_a_member_that_is_removed_no_role(tmp_path: Path) -> None:
    cutter = role("cutter", ["delete:servers"], users=("ada",), services=("dask-gateway",))
    with running(tmp_path, configured(roles=[cutter]), environment=tokens("1")) as hub:
        assert call(hub, "DELETE", "/users/bob/server", token=token_of("dask-gateway")).status_code != 403
        assert hub.visit("ada").call("DELETE", "/users/bob/server").status_code != 403
    emptied = cutter.model_copy(update={"users": ("eve",), "services": ()})
    with running(tmp_path, configured([DASK], [emptied]), environment=tokens("1")) as hub:
        assert call(hub, "GET", "/users", token=token_of("binder")).status_code == 403
        assert call(hub, "DELETE", "/users/bob/server", token=token_of("dask-gateway")).status_code in {403, 404}
        assert hub.visit("ada").call("DELETE", "/users/bob/server").status_code in {403, 404}


def test_all_users_and_servers_have_the_scopes_that_the_settings_add(tmp_path: Path) -> None:
    roles = [role("user", ["read:hub"]), role("server", ["list:services"])]
    with running(tmp_path, configured([], roles), extra_config=_WRITE_TOKENS) as hub:
        ada = hub.visit("ada")
        assert ada.call("GET", "/info").status_code == 200
        assert ada.start().is_success
        scopes = _scopes_of_server(hub, tmp_path, "ada")
        assert "access:servers!server=ada/" in scopes
        # A server never has more than its user.
        assert "list:services" not in scopes
