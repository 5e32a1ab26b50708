"""Pages and limits of the real proxy, with a hub that answers or is away."""

import socket
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from tests.unit.docker.proxies import MAX_HEADER_BYTES, Proxy, code, running

_MEBIBYTE = 2**20


class _Target(BaseHTTPRequestHandler):
    """A hub and a notebook: they answer with the size of what they were sent."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = f"cookies of {len(self.headers.get('Cookie', ''))} bytes".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Long", "x" * 60_000)
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 its name in the base class
        pass


@contextmanager
def _target() -> Generator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Target)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Generator[Proxy]:
    """A proxy with a hub and with ada's notebook."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("http.client._MAXLINE", 2 * MAX_HEADER_BYTES)  # of the target, which has a lower limit
        yield from _proxied(tmp_path_factory)


def _proxied(tmp_path_factory: pytest.TempPathFactory) -> Generator[Proxy]:
    with _target() as url, running(tmp_path_factory.mktemp("proxy"), hub_url=url) as proxy:
        proxy.add("/user/ada", url)
        yield proxy


def _raw(proxy: Proxy, request: bytes) -> str:
    """Send bytes, and return what comes back until the connection ends."""
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as connection:
        connection.sendall(request)
        answer = b""
        while received := connection.recv(65536):
            answer += received
    return answer.decode()


def test_without_a_hub_the_page_says_so_and_reloads_by_itself(tmp_path: Path) -> None:
    with running(tmp_path) as alone:
        for path in ("/hub/home", "/user/ada/lab", "/"):
            answer = httpx.get(f"{alone.url}{path}")
            assert answer.status_code == 503
            assert "The hub is not available right now" in answer.text
            assert '<meta http-equiv="refresh" content="5">' in answer.text
            assert answer.headers["content-type"] == "text/html; charset=utf-8"
            assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/hub/home", "/user/ada/lab"])
def test_cookies_of_64_kib_reach_hub_and_notebooks(path: str, proxy: Proxy) -> None:
    cookies = "a=" + "x" * (64 * 1024 - 2)
    answer = httpx.get(f"{proxy.url}{path}", headers={"Cookie": cookies})
    assert (answer.status_code, answer.text) == (200, "cookies of 65536 bytes")
    assert len(answer.headers["x-long"]) == 60_000


def test_more_cookies_get_a_page_that_says_what_to_do(proxy: Proxy) -> None:
    cookies = "a=" + "x" * (4 * MAX_HEADER_BYTES)
    request = f"GET /hub/home HTTP/1.1\r\nHost: hub\r\nCookie: {cookies}\r\n\r\n"
    answer = _raw(proxy, request.encode())
    assert answer.startswith("HTTP/1.1 431 Request Header Fields Too Large\r\n")
    assert "Delete the cookies of this site" in answer


def test_a_request_that_is_no_http_gets_a_page(proxy: Proxy) -> None:
    answer = _raw(proxy, b"GET / HTTP/1.1\r\nno header\r\n\r\n")
    assert answer.startswith("HTTP/1.1 400 Bad Request\r\n")
    assert "This request cannot be read" in answer


@pytest.mark.parametrize("path", ["/user/50%", "/hub/%zz", "/user/ada/%ff"])
def test_an_address_with_a_wrong_code_gets_a_page(path: str, proxy: Proxy) -> None:
    answer = _raw(proxy, f"GET {path} HTTP/1.1\r\nHost: hub\r\n\r\n".encode())
    assert answer.startswith("HTTP/1.1 400 Bad Request\r\n")
    assert "The link may be incomplete" in answer


def test_a_websocket_with_a_wrong_address_is_refused(proxy: Proxy) -> None:
    upgrade = "Connection: Upgrade\r\nUpgrade: websocket"
    answer = _raw(proxy, f"GET /user/50% HTTP/1.1\r\nHost: hub\r\n{upgrade}\r\n\r\n".encode())
    assert answer.startswith("HTTP/1.1 400 Bad Request\r\n")


def test_a_large_request_to_the_hub_gets_a_page(proxy: Proxy) -> None:
    assert httpx.post(f"{proxy.url}/hub/api/users", content=b"x" * _MEBIBYTE).status_code == 200
    answer = httpx.post(f"{proxy.url}/hub/api/users", content=b"x" * (_MEBIBYTE + 1))
    assert answer.status_code == 413
    assert "The hub takes at most 1 MiB." in answer.text


def test_uploads_to_a_notebook_have_no_limit(proxy: Proxy) -> None:
    assert httpx.post(f"{proxy.url}/user/ada/upload", content=b"x" * 32 * _MEBIBYTE).status_code == 200


def test_a_slow_upload_to_a_notebook_is_not_cut_off(tmp_path: Path) -> None:
    # Node's limit for a whole request is 5 minutes, here 0.3 s.
    impatient = tmp_path / "opt-proxy" / "impatient.mjs"
    code(tmp_path)
    impatient.write_text(
        "import http from 'node:http';\n"
        "const { createServer } = http;\n"
        "const limits = { requestTimeout: 300, headersTimeout: 300, connectionsCheckingInterval: 50 };\n"
        "http.createServer = (options, ...given) => typeof options === 'object'\n"
        "  ? createServer({ ...options, ...limits }, ...given) : createServer(options, ...given);\n"
    )

    def slowly() -> Iterator[bytes]:
        for _ in range(5):
            time.sleep(0.3)
            yield b"x" * 1000

    with _target() as url, running(tmp_path, modules=("impatient.mjs", "pages.mjs")) as proxy:
        proxy.add("/user/ada", url)
        upload = httpx.post(f"{proxy.url}/user/ada/upload", content=slowly(), headers={"Content-Length": "5000"})
    assert upload.status_code == 200


def test_large_requests_are_refused_for_the_hub_below_a_path_and_not_for_notebooks(tmp_path: Path) -> None:
    with _target() as url, running(tmp_path, hub_url=url, environment={"HUB_ROUTE": "/jupyter"}) as proxy:
        proxy.add("/jupyter/", url)
        proxy.add("/jupyter/user/ada", url)
        body = b"x" * (_MEBIBYTE + 1)
        answers = {
            path: httpx.post(f"{proxy.url}{path}", content=body).status_code
            for path in ("/", "/jupyter/hub/login", "/jupyter/user/ada/api/contents/a")
        }
    assert answers == {"/": 413, "/jupyter/hub/login": 413, "/jupyter/user/ada/api/contents/a": 200}
