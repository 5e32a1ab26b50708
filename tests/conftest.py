"""Fixtures of several layers: the engine, the local cluster, and stacks on both."""

import os
import subprocess
from collections.abc import Generator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml

from tests.cluster_users import ClusterUsers, running_cluster
from tools import engine
from tools.engine import Engine, Stack
from tools.errors import ToolError
from tools.local import images, layout

pytest_plugins = ["tests.scenarios"]

IN_CI = os.environ.get("CI", "") not in {"", "false"}


def leave_out(reason: str) -> None:
    """Leave a test out, and say why; in CI that is a failure, as nothing may be left out there."""
    if IN_CI:
        pytest.fail(f"left out, which CI does not allow: {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def built_engine() -> Engine:
    """The engine that `make up` would use."""
    try:
        return engine.find()
    except ToolError as error:
        leave_out(str(error))
        raise


@pytest.fixture(scope="session")
def users_of_cluster() -> Generator[ClusterUsers]:
    """The test processes that use the local cluster, which runs and has the images."""
    with ExitStack() as stack:
        try:
            users = stack.enter_context(running_cluster())
        except ToolError as error:
            leave_out(str(error))
            raise
        yield users


@pytest.fixture(scope="session")
def live_cluster(users_of_cluster: ClusterUsers) -> Path:
    """The kubeconfig of the local cluster, which runs and has the images."""
    assert users_of_cluster
    return layout.KUBECONFIG


@pytest.fixture(scope="session")
def image_settings(live_cluster: Path) -> dict[str, str]:
    """The images of docker/, as settings."""
    assert live_cluster.exists()
    return {f"{name}.image": image.reference for name, image in images.ensure_built().items()}


def make_stack(name: str, folder: Path, found: Engine, kubeconfig: Path, values: Mapping[str, object]) -> Stack:
    """A stack with a state of its own in `folder`, ready to be worked on."""
    config = {"pulumi:disable-default-providers": ["kubernetes"]} | {f"jupyterhub:{k}": v for k, v in values.items()}
    file = folder / "settings.yaml"
    file.write_text(yaml.safe_dump({"config": config}))
    stack = Stack(name=name, engine=found, folder=folder, kubeconfig=kubeconfig)
    stack.prepare(file, {})
    return stack


def set_secret(stack: Stack, key: str, value: str) -> None:
    """Do `pulumi config set --secret`, with the value on standard input: an argument is seen by the whole machine."""
    done = pulumi(stack, "config", "set", "--secret", key, stdin=value)
    assert done.returncode == 0, done.stdout


def pulumi(stack: Stack, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run a Pulumi command on the stack to its end; `stdout` holds all that a person would see."""
    return stack.run(*arguments, stdin=stdin)
