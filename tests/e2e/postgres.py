"""A PostgreSQL server of the tests' own, as a hub sees it: on another machine, and asking for a password."""

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

from sqlalchemy import Row, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from local import host
from local.commands import run

DATABASE: Final = "hub"
"""Name of the database, and of the user who owns it and may do nothing else on the server."""

_ADMIN: Final = "postgres"
"""The server's superuser, and this machine's user as whom it runs, as it refuses to be root."""
_BINARIES: Final = Path("/usr/lib/postgresql")
_SECONDS: Final = 60
"""How long the server may take to start or stop."""


@dataclass(kw_only=True)
class Postgres:
    """Serves from entering the context to leaving it. Its data are gone then."""

    address: str = "127.0.0.1"
    password: str
    """Of the database's owner. Letters and digits only."""
    port: int = field(init=False)
    _admin_password: str = field(init=False, repr=False, default_factory=lambda: secrets.token_hex(20))
    _folder: Path = field(init=False)
    _process: "subprocess.Popen[bytes]" = field(init=False)
    _stack: ExitStack = field(init=False)

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._folder = Path(stack.enter_context(TemporaryDirectory(prefix="postgres-")))
            self.port = _free_port(self.address)
            self._make_data()
            stack.callback(self.stop)
            self.start()
            self.administrate(f"CREATE ROLE {DATABASE} LOGIN PASSWORD '{self.password}'")
            self.administrate(f"CREATE DATABASE {DATABASE} OWNER {DATABASE}")
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def url(self) -> str:
        """Where the database is, as the setting `database.url` wants it."""
        return f"postgresql://{DATABASE}:{self.password}@{self.address}:{self.port}/{DATABASE}"

    @property
    def log(self) -> str:
        """What the server printed."""
        return (self._folder / "log").read_text()

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the hub's database as its owner."""
        return [tuple(row) for row in _execute(self.url, sql)]

    def administrate(self, sql: str) -> None:
        """Do something on the server as its superuser."""
        _execute(f"postgresql://{_ADMIN}:{self._admin_password}@{self.address}:{self.port}/postgres", sql)

    def empty(self) -> None:
        """Begin with an empty database; whoever uses it is cut off."""
        self.administrate(f"DROP DATABASE {DATABASE} WITH (FORCE)")
        self.administrate(f"CREATE DATABASE {DATABASE} OWNER {DATABASE}")

    def start(self) -> None:
        """Start the server, and return once it answers.

        Raises:
            RuntimeError: It does not; the text is its log.
        """
        command = _command("postgres", "-D", "data", "-h", self.address, "-p", str(self.port), "-k", "", "-F")
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

    def _make_data(self) -> None:
        if os.geteuid() == 0:
            shutil.chown(self._folder, _ADMIN, _ADMIN)
        (self._folder / "password").write_text(self._admin_password)
        options = ["--pgdata=data", f"--username={_ADMIN}", "--pwfile=password", "--auth=scram-sha-256", "--no-sync"]
        run(_command("initdb", *options, "--encoding=UTF8", "--locale=C"), cwd=self._folder)
        # Pods come from other addresses; a user without a password gets in from none.
        (self._folder / "data" / "pg_hba.conf").write_text("host all all all scram-sha-256\n")


def install() -> None:
    """Install Debian's PostgreSQL where it is missing.

    Raises:
        LocalError: There is no way to.
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


def _execute(url: str, sql: str) -> "list[Row[Any]]":
    engine = create_engine(
        url.replace("postgresql:", "postgresql+psycopg2:"), isolation_level="AUTOCOMMIT", poolclass=NullPool
    )
    with engine.connect() as connection:
        done = connection.execute(text(sql))
        return list(done.all()) if done.returns_rows else []
