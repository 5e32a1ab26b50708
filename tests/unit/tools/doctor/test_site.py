"""`make doctor`: what is seen of the hub's URL."""

import ssl
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

from tests.doubles.certificates import pair
from tools.doctor import site

HOST = "hub.invalid"


class _Hub(BaseHTTPRequestHandler):
    hosts: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.hosts.append(f"{self.headers['Host']} {self.path}")
        self.send_response(503)
        self.send_header("X-JupyterHub-Version", "6.1.1")
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"The database is full.\n")

    def log_message(self, format: str, *_: object) -> None:  # noqa: A002 the server's name of it
        """Log nothing."""


@contextmanager
def _served(certificate: tuple[str, str] | None = None, folder: Path | None = None) -> Generator[int]:
    server = HTTPServer(("127.0.0.1", 0), _Hub)
    if certificate and folder:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        for name, text in zip(("certificate.pem", "key.pem"), certificate, strict=True):
            (folder / name).write_text(text)
        context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_hub_is_seen_with_its_version_and_its_health() -> None:
    with _served() as port:
        seen = site.look_at(f"http://127.0.0.1:{port}/jupyter", [])
    assert (seen.addresses, seen.status, seen.version) == (("127.0.0.1",), 503, "6.1.1")
    assert seen.text == "The database is full.\n"
    assert _Hub.hosts[-1].endswith(" /jupyter/hub/health")


def test_without_dns_the_certificate_is_seen_at_the_address_in_the_cluster(tmp_path: Path) -> None:
    made = pair(HOST, valid=timedelta(days=-1))
    with _served(made, tmp_path) as port:
        seen = site.look_at(f"https://{HOST}:{port}", ["127.0.0.1"])
    assert seen.addresses == ()
    assert seen.lookup_error
    assert seen.certificate
    assert made[0].split() == seen.certificate.split()
    assert seen.verify_error
    assert (seen.status, _Hub.hosts[-1]) == (503, f"{HOST} /hub/health")


def test_a_site_that_is_away_is_seen_with_the_reason() -> None:
    seen = site.look_at("https://127.0.0.1:1", [])
    assert (seen.status, seen.certificate, seen.verify_error) == (None, None, None)
    assert "refused" in (seen.error or "")


def test_without_any_address_only_dns_is_told() -> None:
    seen = site.look_at(f"http://{HOST}", [])
    assert (seen.addresses, seen.status, seen.error) == ((), None, None)
