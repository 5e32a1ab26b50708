"""Readiness of the API server."""

from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.kubeconfigs import write
from tools.local import api, layout


class _Starting(BaseHTTPRequestHandler):
    """An API server whose default roles are missing until it is ready."""

    ready = False

    def do_GET(self) -> None:
        """Respond to a request."""
        self.send_response(404 if "rolebindings" in self.path and not self.ready else 200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b'{"roleRef": {"apiGroup": "", "kind": "Role", "name": "any"}}')

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the name is the library's
        """Print nothing."""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[type[_Starting]]:
    """The API server of the local cluster's kubeconfig."""
    monkeypatch.setattr(_Starting, "ready", False)
    with HTTPServer(("127.0.0.1", 0), _Starting) as serving:
        server = f"http://127.0.0.1:{serving.server_port}"
        monkeypatch.setattr(layout, "KUBECONFIG", write(tmp_path / "kubeconfig", {"c": server}, current="c"))
        Thread(target=serving.serve_forever, daemon=True).start()
        yield _Starting
        serving.shutdown()


def test_an_api_server_without_its_default_roles_is_not_ready(
    server: type[_Starting], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not api.answers()
    monkeypatch.setattr(server, "ready", True)
    assert api.answers()


def test_an_unreachable_api_server_is_not_ready(server: type[_Starting], tmp_path: Path) -> None:
    assert server
    write(tmp_path / "kubeconfig", {"c": "http://127.0.0.1:1"}, current="c")
    assert not api.answers()
