"""Shared use of the local cluster by several test processes."""

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
    """Two locks, which all test processes that use the cluster share.

    `presence` is shared from the start to the end of a process: the one that then holds it alone is the last. `use` can
    be held alone for a while, to stop the cluster. With a single lock, a process that waits to be alone would no longer
    count as present, as flock gives up the shared lock while it waits for the exclusive one.
    """

    presence: TextIO
    use: TextIO

    def enter(self) -> None:
        """Start the use of the cluster; wait while another process has exclusive use."""
        fcntl.flock(self.presence, fcntl.LOCK_SH)
        fcntl.flock(self.use, fcntl.LOCK_SH)

    @contextmanager
    def alone(self) -> Generator[None]:
        """Wait for exclusive use of the cluster until the end of the block."""
        fcntl.flock(self.use, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self.use, fcntl.LOCK_SH)

    def leave(self) -> None:
        """End the use, so that a process that waits for exclusive use can continue."""
        fcntl.flock(self.use, fcntl.LOCK_UN)

    def is_last(self) -> bool:
        """Return whether no other process is present; one process at a time may call it."""
        try:
            fcntl.flock(self.presence, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            fcntl.flock(self.presence, fcntl.LOCK_SH)
        return True


@contextmanager
def one_at_a_time(name: str) -> Generator[None]:
    """Run the block in one test process at a time, for builds, installations and starts."""
    paths.STATE.mkdir(parents=True, exist_ok=True)
    with (paths.STATE / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def running_cluster() -> Generator[ClusterUsers]:
    """Start the local cluster and load the images. If the tests started it, the last process stops it.

    Raises:
        ToolError: This machine cannot run the cluster, or cannot build the images.
    """
    paths.STATE.mkdir(parents=True, exist_ok=True)
    with (paths.STATE / "present.lock").open("w") as presence, (paths.STATE / "use.lock").open("w") as use:
        users = ClusterUsers(presence, use)
        with one_at_a_time("tests-start"):
            users.enter()
            if not cluster.is_up():
                _STARTED.touch()
            elif users.is_last():
                _STARTED.unlink(missing_ok=True)
            cluster.up()
            for image in images.ensure_built().values():
                images.load(image, node.CTR)
        yield users
        users.leave()
        with one_at_a_time("tests-start"):
            if users.is_last() and _STARTED.exists():
                cluster.down()
                _STARTED.unlink()
