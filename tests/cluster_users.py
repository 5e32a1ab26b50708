"""The test processes that use the local cluster at the same time."""

import fcntl
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TextIO

from tools import paths
from tools.local import cluster, images, node

_STARTED = paths.STATE / "started-by-tests"


@dataclass(frozen=True)
class ClusterUsers:
    """A lock: shared by all test processes that use the cluster, and held alone by one that stops it."""

    lock: TextIO

    def share(self) -> None:
        """Let the other processes use the cluster too."""
        fcntl.flock(self.lock, fcntl.LOCK_SH)

    def wait_until_alone(self) -> None:
        """Wait until no other process uses the cluster; until `share`, none begins."""
        fcntl.flock(self.lock, fcntl.LOCK_EX)

    def is_alone(self) -> bool:
        """Whether no other process uses the cluster."""
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def one_at_a_time(name: str) -> Generator[None]:
    """Let one test process at a time do this: build, install or start something."""
    paths.STATE.mkdir(parents=True, exist_ok=True)
    with (paths.STATE / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def running_cluster() -> Generator[ClusterUsers]:
    """Start the local cluster with the images. If the tests started it, the last process to leave stops it.

    Raises:
        ToolError: This machine cannot run the cluster, or cannot build the images.
    """
    paths.STATE.mkdir(parents=True, exist_ok=True)
    with (paths.STATE / "tests.lock").open("w") as lock:
        users = ClusterUsers(lock)
        with one_at_a_time("tests-start"):
            if not cluster.is_up():
                _STARTED.touch()
            elif users.is_alone():
                _STARTED.unlink(missing_ok=True)
            users.share()
            cluster.up()
            for image in images.ensure_built().values():
                images.load(image, node.CTR)
        yield users
        if users.is_alone() and _STARTED.exists():
            cluster.down()
            _STARTED.unlink()
