"""The routes of the real proxy after a crash and after a rollout."""

import json
from pathlib import Path

from tests.unit.docker.proxies import Proxy, free_ports, running
from tests.waiting import wait_until

_NAMES = [
    "ada",
    "ada#b",
    "ada?x",
    "ada?x#y",
    "50%",
    "%41da",
    "%2e%2e",
    "a%2fb",
    "%",
    "%%",
    "alice_gmail.com#EXT#@tenant.onmicrosoft.com",
    "a+b@example.org",
    "a b",
    " ada ",
    "zoë",
    "zoe\u0308",
    "日本語",
    "🦜",
    "Ada",
    "a--b",
    "a.b",
    ".",
    "__proto__",
    "constructor",
    "toString",
    "12345",
    "1e3",
    "a;b=c",
    "a&b",
    "a:b",
    "a,b",
    "[a]",
    "{a}",
    "a|b",
    "a^b",
    "a`b",
    'a"b',
    "a'b",
    "a<b>",
    "a$b",
    "a*b",
    "a!b",
    "(a)",
    "~ada",
    "a=b",
    "x" * 255,
    "ü" * 255,
    "last",
]


def _add_all(proxy: Proxy) -> None:
    for index, name in enumerate(_NAMES):
        proxy.add(f"/user/{name}", f"http://10.0.{index}.1:8888", user=name, server_name="")


def _kept(folder: Path, count: int) -> None:
    """Wait until the file of a running proxy has that many routes of the hub's."""

    def has_all() -> bool:
        try:
            routes: dict[str, dict[str, object]] = json.loads((folder / "routes.json").read_text())
        except (OSError, ValueError):
            return False
        return sum("jupyterhub" in route for route in routes.values()) == count

    wait_until(has_all)


def test_a_killed_proxy_has_all_its_routes_again(tmp_path: Path) -> None:
    with running(tmp_path) as proxy:
        _add_all(proxy)
        proxy.api("DELETE", "/user/last")
        before = proxy.routes()
        _kept(tmp_path, len(_NAMES) - 1)
    with running(tmp_path) as proxy:
        assert proxy.routes() == before
        assert len(before) == len(_NAMES) - 1


def test_a_new_proxy_copies_each_route_of_the_old_one(tmp_path: Path) -> None:
    with running(tmp_path / "old") as old:
        _add_all(old)
        with running(tmp_path / "new", other=old.api_url) as new:
            assert new.routes() == old.routes()
            assert [route["target"] for route in new.routes().values()] == [
                f"http://10.0.{index}.1:8888" for index in range(len(_NAMES))
            ]
            _kept(tmp_path / "new", len(_NAMES))


def test_the_hub_sees_that_a_process_is_new(tmp_path: Path) -> None:
    with running(tmp_path / "old") as old:
        old.add("/user/ada", "http://10.0.0.1:8888")
        old.api("POST", "/hub/checked", {"target": "http://10.0.0.9:8081"})
        _kept(tmp_path / "old", 1)
        with running(tmp_path / "new", other=old.api_url) as new:
            assert set(new.api().json()) == {"/", "/user/ada"}
    with running(tmp_path / "old") as restarted:
        assert set(restarted.api().json()) == {"/", "/user/ada"}


def test_another_hub_address_replaces_the_old_default_route(tmp_path: Path) -> None:
    with running(tmp_path, hub_url="http://127.0.0.1:1") as proxy:
        proxy.add("/", "http://127.0.0.1:1", hub=True)
        proxy.add("/user/ada", "http://10.0.0.1:8888")
        _kept(tmp_path, 2)
    with running(tmp_path, hub_url="http://127.0.0.1:2") as proxy:
        assert proxy.api().json()["/"]["target"] == "http://127.0.0.1:2"


def test_an_unreadable_file_or_another_token_does_not_stop_the_proxy(tmp_path: Path) -> None:
    tmp_path.joinpath("routes.json").write_text('{"/user/ada": ')
    (port,) = free_ports(1)
    with running(tmp_path, other=f"http://127.0.0.1:{port}") as proxy:
        assert proxy.routes() == {}
        proxy.add("/user/ada", "http://10.0.0.1:8888")
        _kept(tmp_path, 1)
