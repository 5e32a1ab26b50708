"""PostgreSQL servers of the tests' own, as a hub sees them: on another machine, and asking for a password."""

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
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from tools.commands import run
from tools.local import host

DATABASE: Final = "hub"
"""Name of the database, and of the user who owns it and may do nothing else on the server."""

_ADMIN: Final = "postgres"
"""The server's superuser, and this machine's user as whom it runs, as it refuses to be root."""
_BINARIES: Final = Path("/usr/lib/postgresql")
_SECONDS: Final = 60
"""How long the server may take to start or stop."""


@dataclass(kw_only=True)
class Server:
    """Serves from entering the context to leaving it. Its data are gone then."""

    address: str = "127.0.0.1"
    port: int = 0
    """0 = any that is free."""
    encrypted: bool = False
    """Whether it takes encrypted connections alone."""
    authority: str = field(init=False, repr=False, default="")
    """Certificate (PEM) of who signs for it; empty where it takes connections that are not encrypted."""
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
        """How its superuser reaches the database `postgres`."""
        return self._url_of(_ADMIN, self._admin_password, "postgres")

    @property
    def log(self) -> str:
        """What the server printed."""
        return (self._folder / "log").read_text()

    def administrate(self, sql: str, *, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Do something on the server as its superuser, and return the rows that it gives."""
        return _execute(self._url_of(_ADMIN, self._admin_password, database), sql)

    def start(self) -> None:
        """Start the server, and return once it answers.

        Raises:
            RuntimeError: It does not; the text is its log.
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
        """Stop the server, if it runs, as a restart does: it ends all connections at once."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(_SECONDS)

    def _url_of(self, user: str, password: str, database: str) -> str:
        return f"postgresql://{user}:{password}@{self.address}:{self.port}/{database}"

    def _fill(self) -> None:
        """Make what is in it from the first moment on: nothing."""

    def _make_data(self) -> None:
        if os.geteuid() == 0:
            shutil.chown(self._folder, _ADMIN, _ADMIN)
        (self._folder / "password").write_text(self._admin_password)
        options = ["--pgdata=data", f"--username={_ADMIN}", "--pwfile=password", "--auth=scram-sha-256", "--no-sync"]
        run(_command("initdb", *options, "--encoding=UTF8", "--locale=C"), cwd=self._folder)
        # Pods come from other addresses; a user without a password gets in from none.
        connection = "hostssl" if self.encrypted else "host"
        (self._folder / "data" / "pg_hba.conf").write_text(f"{connection} all all all scram-sha-256\n")
        if self.encrypted:
            authority = trustme.CA()
            self.authority = authority.cert_pem.bytes().decode()
            certificate = authority.issue_cert(self.address)
            self._write("server.crt", certificate.cert_chain_pems[0].bytes())
            self._write("server.key", certificate.private_key_pem.bytes())

    def _write(self, name: str, content: bytes) -> None:
        """Write a file that only the server may read: of a key it takes no other."""
        file = self._folder / "data" / name
        file.touch(mode=0o600)
        file.write_bytes(content)
        if os.geteuid() == 0:
            shutil.chown(file, _ADMIN, _ADMIN)


@dataclass(kw_only=True)
class Postgres(Server):
    """A server with a database, and with a user who owns that."""

    password: str
    """Of the database's owner. Letters and digits only."""

    def _fill(self) -> None:
        self.administrate(f"CREATE ROLE {DATABASE} LOGIN PASSWORD '{self.password}'")
        self.administrate(f"CREATE DATABASE {DATABASE} OWNER {DATABASE}")

    @property
    def url(self) -> str:
        """Where the database is, as the setting `database.url` wants it."""
        return self._url_of(DATABASE, self.password, DATABASE)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the hub's database as its owner."""
        return _execute(self.url, sql)

    def empty(self) -> None:
        """Begin with an empty database; whoever uses it is cut off."""
        self.administrate(f"DROP DATABASE {DATABASE} WITH (FORCE)")
        self.administrate(f"CREATE DATABASE {DATABASE} OWNER {DATABASE}")


def install() -> None:
    """Install Debian's PostgreSQL where it is missing.

    Raises:
        ToolError: There is no way to.
    """
    if not any(_BINARIES.glob("*/bin/postgres")):
        host.install_packages({"postgres": "postgresql"})


def _command(program: str, *arguments: str) -> list[str | Path]:
    """Debian keeps the server's programs out of the PATH, in a folder for each version."""
    as_admin = ["setpriv", f"--reuid={_ADMIN}", f"--regid={_ADMIN}", "--clear-groups"] if os.geteuid() == 0 else []
    return [*as_admin, max(_BINARIES.glob(f"*/bin/{program}")), *arguments]


def _free_port(address: str) -> int:
    with socket.create_server((address, 0)) as free:
        return int(free.getsockname()[1])


def _execute(url: str, sql: str) -> list[tuple[Any, ...]]:
    """Do something in a database as whom and where the URL says, and return the rows that it gives."""
    engine = create_engine(
        url.replace("postgresql:", "postgresql+psycopg2:"), isolation_level="AUTOCOMMIT", poolclass=NullPool
    )
    with engine.connect() as connection:
        done = connection.execute(text(sql))
        return [tuple(row) for row in done.all()] if done.returns_rows else []
