"""The script that renews the proxy's certificate, with a server in place of the proxy."""

import socket
import ssl
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.doubles.certificates import CA_CERTIFICATE, pair
from tests.unit.docker.dockerfile import DOCKER, NODE

SERVER = """
import https from "node:https";
import { readFileSync } from "node:fs";
const [cert, key] = ["crt", "key"].map((part) => readFileSync(`${process.env.TLS_FOLDER}/tls.${part}`));
const server = https.createServer({ cert, key }, (_, answer) => answer.end("here"));
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
"""
"""Creates its server as configurable-http-proxy does."""


def put(folder: Path, name: str) -> None:
    """Write a new certificate and key as Kubernetes does: it replaces the whole content of the folder."""
    certificate, key = pair(name)
    new = folder / f"..{time.monotonic_ns()}"
    new.mkdir()
    (new / "tls.key").write_text(key)
    (new / "tls.crt").write_text(certificate)
    link(folder, new)


def link(folder: Path, new: Path) -> None:
    (folder / "..new").symlink_to(new)
    (folder / "..new").rename(folder / "..data")
    for part in ("tls.key", "tls.crt"):
        if not (folder / part).is_symlink():
            (folder / part).symlink_to(f"..data/{part}")


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running server."""

    folder: Path
    port: int
    process: subprocess.Popen[str]

    def connect(self) -> ssl.SSLSocket:
        """Open a connection without a check of the host name."""
        context = ssl.create_default_context(cadata=CA_CERTIFICATE)
        context.check_hostname = False
        return context.wrap_socket(socket.create_connection(("127.0.0.1", self.port), timeout=5))

    def name(self) -> str:
        """Return the name in the certificate of a new connection."""
        with self.connect() as connection:
            return str((connection.getpeercert() or {})["subjectAltName"][0][1])

    def line(self) -> str:
        """Return the next line of its output."""
        assert self.process.stdout
        return self.process.stdout.readline()


def ask(connection: ssl.SSLSocket) -> str:
    connection.sendall(b"GET / HTTP/1.1\r\nHost: hub.example.org\r\n\r\n")
    return connection.recv(4096).decode()


@contextmanager
def running(folder: Path) -> Generator[Server]:
    put(folder, "first.example.org")
    program = folder / "server.mjs"
    program.write_text(SERVER)
    with subprocess.Popen(
        [NODE, f"--import={DOCKER / 'proxy' / 'https.mjs'}", program],
        env={"TLS_FOLDER": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout
        try:
            yield Server(folder=folder, port=int(process.stdout.readline()), process=process)
        finally:
            process.terminate()


@pytest.fixture
def server(tmp_path: Path) -> Generator[Server]:
    with running(tmp_path) as started:
        yield started


def test_a_renewed_certificate_is_served_and_open_connections_stay(server: Server) -> None:
    assert server.name() == "first.example.org"
    with server.connect() as before:
        assert "here" in ask(before)
        put(server.folder, "second.example.org")
        assert server.line() == "A renewed certificate is in use.\n"
        assert server.name() == "second.example.org"
        assert "here" in ask(before)


def test_an_unusable_certificate_keeps_the_previous_one(server: Server) -> None:
    broken = server.folder / "..broken"
    broken.mkdir()
    for part in ("tls.crt", "tls.key"):
        (broken / part).write_text("no certificate")
    link(server.folder, broken)
    assert "the previous one stays in use" in server.line()
    assert server.name() == "first.example.org"
    put(server.folder, "second.example.org")
    assert server.line() == "A renewed certificate is in use.\n"


def test_the_proxy_sends_hsts_and_refuses_old_tls_versions(server: Server) -> None:
    with server.connect() as connection:
        assert "Strict-Transport-Security: max-age=2592000\r\n" in ask(connection)
    old = ssl.create_default_context(cadata=CA_CERTIFICATE)
    old.check_hostname = False
    old.set_ciphers("DEFAULT@SECLEVEL=0")
    old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError, match=r"(?i)alert.protocol.version"):
        old.wrap_socket(socket.create_connection(("127.0.0.1", server.port), timeout=5))
