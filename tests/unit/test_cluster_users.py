"""Locks of the test processes that share the local cluster."""

import threading
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.cluster_users import ClusterUsers


@pytest.fixture
def two_users(tmp_path: Path) -> Generator[tuple[ClusterUsers, ClusterUsers]]:
    """Two users in one process: flock locks open files, not processes."""
    with ExitStack() as files:

        def user() -> ClusterUsers:
            return ClusterUsers(*(files.enter_context((tmp_path / name).open("w")) for name in ("presence", "use")))

        yield user(), user()


def test_a_process_that_waits_for_exclusive_use_counts_as_present(two_users: tuple[ClusterUsers, ClusterUsers]) -> None:
    waiting, leaving = two_users
    waiting.enter()
    leaving.enter()
    alone, done = threading.Event(), threading.Event()

    def wait_to_be_alone() -> None:
        with waiting.alone():
            alone.set()
            assert done.wait(60)

    thread = threading.Thread(target=wait_to_be_alone)
    thread.start()
    assert not leaving.is_last()
    assert not alone.is_set()
    leaving.leave()
    assert alone.wait(60)
    assert not leaving.is_last()
    done.set()
    thread.join()


def test_the_only_process_is_the_last(two_users: tuple[ClusterUsers, ClusterUsers]) -> None:
    first, second = two_users
    first.enter()
    assert first.is_last()
    second.enter()
    assert not first.is_last()
    assert not second.is_last()
