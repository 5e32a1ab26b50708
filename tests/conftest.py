"""Fixtures and functions of several layers: the engine, the local cluster, and stacks."""

import gc
import os
import sys
from collections.abc import Generator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import cast

import pytest
import yaml

from tests.cluster_users import ClusterUsers, running_cluster
from tools import engine
from tools.engine import Engine, Stack
from tools.errors import ToolError
from tools.local import images, layout

pytest_plugins = ["tests.scenarios"]

# As in config_check/__main__.py: JupyterHub needs none of the grammar that jsonschema builds if it finds this.
cast("dict[str, object]", sys.modules)["rfc3987_syntax"] = None
# The imported modules are millions of objects, which stay, and each full collection would look at all of them.
gc.disable()

IN_CI = os.environ.get("CI", "") not in {"", "false"}


def pytest_collection_finish() -> None:
    """Collect garbage from now on, but not in the modules."""
    gc.freeze()
    gc.enable()


def leave_out(reason: str) -> None:
    """Skip a test with a reason; in CI it fails instead, as nothing may be skipped there."""
    if IN_CI:
        pytest.fail(f"skipped, which CI does not allow: {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def built_engine() -> Engine:
    """The engine of `make up`."""
    try:
        return engine.find()
    except ToolError as error:
        leave_out(str(error))
        raise


@pytest.fixture(scope="session")
def users_of_cluster() -> Generator[ClusterUsers]:
    """The test processes that use the local cluster; it runs, and has the images."""
    with ExitStack() as stack:
        try:
            users = stack.enter_context(running_cluster())
        except ToolError as error:
            leave_out(str(error))
            raise
        yield users


@pytest.fixture(scope="session")
def live_cluster(users_of_cluster: ClusterUsers) -> Path:
    """The kubeconfig of the running local cluster, which has the images."""
    assert users_of_cluster
    return layout.KUBECONFIG


@pytest.fixture(scope="session")
def image_settings(live_cluster: Path) -> dict[str, str]:
    """The settings with the images of `docker/`."""
    assert live_cluster.exists()
    return {f"{name}.image": image.reference for name, image in images.ensure_built().items()}


def make_stack(name: str, folder: Path, found: Engine, kubeconfig: Path, values: Mapping[str, object]) -> Stack:
    """Return a prepared stack with its state in `folder`."""
    config = {"pulumi:disable-default-providers": ["kubernetes", "gcp"]} | {
        f"jupyterhub:{k}": v for k, v in values.items()
    }
    file = folder / "settings.yaml"
    file.write_text(yaml.safe_dump({"config": config}))
    stack = Stack(name=name, engine=found, folder=folder, kubeconfig=kubeconfig)
    stack.prepare(file, {})
    return stack


def set_secret(stack: Stack, key: str, value: str) -> None:
    """Run `pulumi config set --secret` with the value on standard input: arguments are visible to all processes."""
    succeed(stack, "config", "set", "--secret", key, stdin=value)


def succeed(stack: Stack, *arguments: str, stdin: str = "") -> str:
    """Run a Pulumi command that has to succeed, and return its output."""
    done = stack.run(*arguments, stdin=stdin)
    assert done.returncode == 0, done.stdout
    return done.stdout
