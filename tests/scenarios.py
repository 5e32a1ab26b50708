"""Scenarios, and the modules that share a process: a pytest plugin.

With `-n` and `--dist loadfile`, pytest-xdist runs each module in one process, and the modules of `TOGETHER` too. The
longest ones begin first, so that all processes end at about the same time.

A module with `pytestmark = pytest.mark.scenario` is one scenario, and its tests are the steps. They run in order. After
the first failed step the others are not run, as their precondition is missing. If a step is selected by its name, the
steps before it run too.
"""

from collections.abc import Generator
from pathlib import PurePath

import pytest
from xdist.remote import Producer  # pyright: ignore[reportMissingTypeStubs] -- pytest-xdist has none
from xdist.scheduler import LoadScopeScheduling  # pyright: ignore[reportMissingTypeStubs] -- as above

TOGETHER = {
    **dict.fromkeys(("test_changes.py", "test_github_sign_in.py", "test_github_sign_up.py"), "the hub with GitHub"),
    **dict.fromkeys(("test_gke.py", "test_iap.py", "test_exposure.py"), "the custom resource definitions of GKE"),
}
"""Modules that share something: they run in one process, which creates and removes it."""

LONGEST = (
    "the hub with GitHub",
    "the custom resource definitions of GKE",
    "tests/e2e/test_cloud_sql.py",
    "tests/e2e/test_doctor.py",
    "tests/engine/test_upgrades.py",
    "tests/engine/test_failures.py",
    "tests/e2e/test_storage.py",
    "tests/e2e/test_oidc.py",
    "tests/e2e/test_capacity.py",
    "tests/e2e/test_capacity_of_hub.py",
    "tests/e2e/test_postgres.py",
    "tests/engine/test_review.py",
    "tests/engine/test_deploy_steps.py",
    "tests/e2e/test_tls.py",
    "tests/e2e/test_monitoring.py",
    "tests/e2e/test_hub.py",
    "tests/e2e/test_move.py",
)
"""Modules that take more than two minutes, the longest first; the others follow."""
LAST = "tests/e2e/test_local_cluster.py"
"""The module that waits for the end of the other processes, as it stops the cluster."""

_FAILED = pytest.StashKey[str]()
"""Key of a module with the name of its first failed step."""


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", "scenario: the module's tests are the steps of one scenario, in order")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling | None:
    """With `--dist loadfile`, run the modules of `TOGETHER` in one process, in order."""
    if config.getoption("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False  # it begins with the modules that have the most tests
    return _Together(config, log)


class _Together(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return _process_of(nodeid)


def _process_of(nodeid: str) -> str:
    module = nodeid.partition("::")[0]
    return TOGETHER.get(PurePath(module).name, module)


def _turn(item: pytest.Item) -> int:
    process = _process_of(item.nodeid)
    return LONGEST.index(process) if process in LONGEST else len(LONGEST) + (process == LAST)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(session: pytest.Session, items: list[pytest.Item]) -> None:
    """Add the steps before a selected one, and begin with the longest modules."""
    selected = {item.nodeid: item for item in items}
    result: dict[str, pytest.Item] = {}
    for name, item in selected.items():
        module = item.getparent(pytest.Module)
        if module and _is_step(item) and name not in result:
            steps = list(session.genitems(module))
            last = max(index for index, step in enumerate(steps) if step.nodeid in selected)
            result |= {step.nodeid: selected.get(step.nodeid, step) for step in steps[: last + 1]}
        result.setdefault(name, item)
    items[:] = sorted(result.values(), key=_turn)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a step after a failed one."""
    module = item.getparent(pytest.Module)
    if module and _is_step(item) and (failed := module.stash.get(_FAILED, "")):
        pytest.skip(f"the scenario ended at its step {failed}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
    call: pytest.CallInfo[None],  # noqa: ARG001 pytest passes arguments by name
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Record the first failed step."""
    report = yield
    module = item.getparent(pytest.Module)
    if module and report.failed and _is_step(item):
        module.stash.setdefault(_FAILED, item.name)
    return report


def _is_step(item: pytest.Item) -> bool:
    return item.get_closest_marker("scenario") is not None
