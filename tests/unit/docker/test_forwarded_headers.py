"""The headers by which the hub learns how a browser has sent its request."""

import threading
from collections.abc import Generator, Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest

from tests.unit.docker import proxies


class _Hub(BaseHTTPRequestHandler):
    """Answers with the header that it gets."""

    def do_GET(self) -> None:
        body = str(self.headers["X-Forwarded-Proto"]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def hub() -> Generator[str]:
    """The URL of a hub."""
    with HTTPServer(("127.0.0.1", 0), _Hub) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("options", "sent", "received"),
    [
        ((), None, "http"),
        # Tornado, and so the hub, reads the last one.
        ((), "https", "https,http"),
        (("--no-x-forward",), "https", "https"),
    ],
)
def test_behind_another_proxy_the_hub_gets_its_headers_unchanged(
    tmp_path: Path, hub: str, options: Sequence[str], sent: str | None, received: str
) -> None:
    headers = {} if sent is None else {"X-Forwarded-Proto": sent}
    with proxies.running(tmp_path, hub_url=hub, options=options) as proxy:
        assert httpx.get(f"{proxy.url}/hub/", headers=headers).text == received
