"""The time after which the real proxy closes an idle connection."""

import socket
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.unit.docker import proxies

_REQUEST = b"GET /_chp_healthz HTTP/1.1\r\nHost: hub.example.org\r\n\r\n"


@contextmanager
def _connection(proxy: proxies.Proxy) -> Generator[socket.socket]:
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=60) as connection:
        yield connection


def _answer(connection: socket.socket) -> bytes:
    connection.sendall(_REQUEST)
    return connection.recv(65536)


@pytest.mark.parametrize(
    ("options", "told"),
    [((), b"timeout=5"), (("--keep-alive-timeout=620000",), b"timeout=620")],
    ids=["default", "set"],
)
def test_the_proxy_tells_how_long_it_keeps_an_idle_connection(
    tmp_path: Path, options: tuple[str, ...], told: bytes
) -> None:
    with proxies.running(tmp_path, options=options) as proxy, _connection(proxy) as connection:
        assert told in _answer(connection)


def test_the_proxy_closes_an_idle_connection_by_the_option(tmp_path: Path) -> None:
    with proxies.running(tmp_path, options=["--keep-alive-timeout=1"]) as proxy, _connection(proxy) as connection:
        assert b"200 OK" in _answer(connection)
        assert connection.recv(1) == b""
