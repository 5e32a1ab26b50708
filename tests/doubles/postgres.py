"""PostgreSQL servers, started by the tests, with password authentication."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Self

import trustme
from sqlalchemy.exc import OperationalError

from tests.doubles.sql import execute
from tools.commands import run
from tools.local import host

DATABASE: Final = "hub"
"""Name of the hub's database and of its owner, who has no other permissions on the server."""

_ADMIN: Final = "postgres"
"""The server's superuser, and the system user of its process: PostgreSQL does not run as root."""
_BINARIES: Final = Path("/usr/lib/postgresql")
_SECONDS: Final = 60
"""Timeout for the start and the stop of the server."""


@dataclass(kw_only=True)
class Server:
    """A PostgreSQL server that runs while its context is entered; its data are deleted at the end."""

    address: str = "127.0.0.1"
    port: int = 0
    """0 = any free port."""
    encrypted: bool = False
    """Whether only encrypted connections are accepted."""
    authority: str = field(init=False, repr=False, default="")
    """CA certificate (PEM) of the server; empty if `encrypted` is off."""
    _admin_password: str = field(init=False, repr=False, default_factory=lambda: secrets.token_hex(20))
    _folder: Path = field(init=False)
    _process: "subprocess.Popen[bytes]" = field(init=False)
    _stack: ExitStack = field(init=False)

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._folder = Path(stack.enter_context(TemporaryDirectory(prefix="postgres-")))
            self.port = self.port or _free_port(self.address)
            self._make_data()
            stack.callback(self.stop)
            self.start()
            self._fill()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def admin_url(self) -> str:
        """URL of the database `postgres` for the superuser."""
        return self._url_of(_ADMIN, self._admin_password, "postgres")

    @property
    def log(self) -> str:
        """The log of the server."""
        return (self._folder / "log").read_text()

    def administrate(self, sql: str, *, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Execute SQL as the superuser, and return the rows."""
        return execute(self._url_of(_ADMIN, self._admin_password, database), sql)

    def start(self) -> None:
        """Start the server, and wait until it accepts connections.

        Raises:
            RuntimeError: It does not; the message is its log.
        """
        command = _command("postgres", "-D", "data", "-h", self.address, "-p", str(self.port), "-k", "", "-F")
        command += ["-c", "ssl=on"] if self.encrypted else []
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self._folder
            )
        for _ in range(_SECONDS * 10):
            try:
                self.administrate("SELECT 1")
            except OperationalError:
                if self._process.poll() is not None:
                    break
                time.sleep(0.1)
            else:
                return
        raise RuntimeError(self.log)

    def stop(self) -> None:
        """Stop the server if it runs; all connections end at once, as in a restart."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(_SECONDS)

    def _url_of(self, user: str, password: str, database: str) -> str:
        return f"postgresql://{user}:{password}@{self.address}:{self.port}/{database}"

    def _fill(self) -> None:
        """Create the initial content: none."""

    def _make_data(self) -> None:
        if os.geteuid() == 0:
            shutil.chown(self._folder, _ADMIN, _ADMIN)
        (self._folder / "password").write_text(self._admin_password)
        options = ["--pgdata=data", f"--username={_ADMIN}", "--pwfile=password", "--auth=scram-sha-256", "--no-sync"]
        run(_command("initdb", *options, "--encoding=UTF8", "--locale=C"), cwd=self._folder)
        # Pods have other addresses. No address gets access without a password.
        connection = "hostssl" if self.encrypted else "host"
        (self._folder / "data" / "pg_hba.conf").write_text(f"{connection} all all all scram-sha-256\n")
        if self.encrypted:
            authority = trustme.CA()
            self.authority = authority.cert_pem.bytes().decode()
            certificate = authority.issue_cert(self.address)
            self._write("server.crt", certificate.cert_chain_pems[0].bytes())
            self._write("server.key", certificate.private_key_pem.bytes())

    def _write(self, name: str, content: bytes) -> None:
        """Write a file that only the server can read; it refuses other keys."""
        file = self._folder / "data" / name
        file.touch(mode=0o600)
        file.write_bytes(content)
        if os.geteuid() == 0:
            shutil.chown(file, _ADMIN, _ADMIN)


@dataclass(kw_only=True)
class Postgres(Server):
    """A server with a database and its owner."""

    password: str
    """Password of the owner; letters and digits only."""

    def _fill(self) -> None:
        self.administrate(f"CREATE ROLE {DATABASE} LOGIN PASSWORD '{self.password}'")
        self.administrate(f"CREATE DATABASE {DATABASE} OWNER {DATABASE}")

    @property
    def url(self) -> str:
        """URL of the database, as in the setting `database.url`."""
        return self._url_of(DATABASE, self.password, DATABASE)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Execute SQL in the hub's database as its owner, and return the rows."""
        return execute(self.url, sql)


def install() -> None:
    """Install Debian's PostgreSQL if it is missing.

    Raises:
        ToolError: It cannot be installed.
    """
    if not any(_BINARIES.glob("*/bin/postgres")):
        host.install_packages({"postgres": "postgresql"})


def _command(program: str, *arguments: str) -> list[str | Path]:
    """Return the command of a program; Debian has the server's programs in a folder for each version."""
    as_admin = ["setpriv", f"--reuid={_ADMIN}", f"--regid={_ADMIN}", "--clear-groups"] if os.geteuid() == 0 else []
    return [*as_admin, max(_BINARIES.glob(f"*/bin/{program}")), *arguments]


def _free_port(address: str) -> int:
    with socket.create_server((address, 0)) as free:
        return int(free.getsockname()[1])
