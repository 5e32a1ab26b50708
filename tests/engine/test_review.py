"""The commands of the workflows that compare two revisions, without cluster, cloud and secrets."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.conftest import leave_out
from tests.examples import require_documented
from tools import toolchain
from tools.engine import Engine
from tools.errors import ToolError
from tools.paths import CHECKOUT

SECRET = "AAABAMarkerOfACiphertextThatNobodyHereCanDecrypt"  # noqa: S105 a made-up one
RUN = "https://github.com/physics/hub/actions/runs/1"


@dataclass(frozen=True, kw_only=True)
class Repository:
    """A repository with this program: one commit, and changes in the working tree."""

    folder: Path
    environment: Mapping[str, str]

    def change(self, stack: str, **changed: object) -> None:
        """Set keys of a stack file (`hub_image` is `hub.image`); None removes a key."""
        file = self.folder / f"Pulumi.{stack}.yaml"
        content = yaml.safe_load(file.read_text())
        for name, value in changed.items():
            content["config"][f"jupyterhub:{name.replace('_', '.', 1)}"] = value
        content["config"] = {key: value for key, value in content["config"].items() if value is not None}
        file.write_text(yaml.safe_dump(content))

    def git(self, *words: str) -> None:
        """Run git."""
        named = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
        subprocess.run(["git", *named, *words], cwd=self.folder, check=True, capture_output=True)

    def review(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command of `tools.review` in the folder, without stacks and clusters of this machine."""
        return subprocess.run(
            [sys.executable, "-m", "tools.review", *words],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def offline(self, stack: str, *words: str, base: str = "main") -> tuple[int, str]:
        """Compare offline; return exit code and comment."""
        comment = self.folder.parent / "comment.md"
        comment.unlink(missing_ok=True)
        done = self.review("offline", "--stack", stack, "--base", base, "--comment", str(comment), *words)
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, comment.read_text()


@pytest.fixture
def repository(built_engine: Engine, tmp_path: Path) -> Repository:
    """A new repository with the files of this checkout, on branch main."""
    return _new(built_engine, tmp_path)


@pytest.fixture(scope="module")
def unchanged(built_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """The same, for tests that change nothing in it."""
    return _new(built_engine, tmp_path_factory.mktemp("unchanged"))


@pytest.fixture(scope="module")
def without_changes(unchanged: Repository) -> Mapping[str, tuple[int, str]]:
    """By stack, exit code and comment of its comparison without changes."""
    return {stack: unchanged.offline(stack) for stack in ("dev", "gke")}


def _new(engine: Engine, place: Path) -> Repository:
    folder = place / "checkout"
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        source = CHECKOUT / name
        if source.is_file() and not source.is_symlink():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, folder / name)
    variables = {
        key: value for key, value in os.environ.items() if key not in {"KUBECONFIG"} and not key.startswith("PULUMI_")
    }
    environment = {
        **variables,
        "PATH": f"{engine.program.parent}{os.pathsep}{os.environ.get('PATH', '')}",
        **engine.environment,
        "HOME": str(place / "home"),
        "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache"),
    }
    found = Repository(folder=folder, environment=environment)
    found.git("init", "--quiet", "--initial-branch", "main")
    found.git("add", "--all")
    found.git("commit", "--quiet", "--message", "The hub as it is")
    return found


@pytest.fixture
def with_policies(repository: Repository, tmp_path: Path) -> Repository:
    """The repository, with Pulumi's plugin for policies in Python, which the local engine lacks."""
    try:
        toolchain.require_go()
        sdk = toolchain.sources_of(toolchain.PYTHON_HOST.source, "github.com/pulumi/pulumi/sdk/v3")
    except ToolError as error:
        leave_out(str(error))
        raise
    script = tmp_path / "bin" / "pulumi-analyzer-policy-python"
    script.parent.mkdir()
    shutil.copy(sdk / "python" / "dist" / script.name, script)
    script.chmod(0o755)
    (repository.folder / ".venv").symlink_to(sys.prefix)
    path = f"{script.parent}{os.pathsep}{repository.environment['PATH']}"
    return Repository(folder=repository.folder, environment={**repository.environment, "PATH": path})


CHANGED: dict[str, object] = {
    "notebook_idleMinutes": 30,
    "notebook_images": ["quay.io/jupyter/scipy-notebook:2026-11-02"],
    "notebook_quota": {"pods": 20},
    "proxy_resources": {"limits": {"memory": "512Mi"}},
}
"""A change of the hub's settings."""


def test_an_unchanged_stack_has_no_differences(without_changes: Mapping[str, tuple[int, str]]) -> None:
    for code, text in without_changes.values():
        assert code == 0, text
        assert "**No changes**" in text
        assert "<code>change" not in text


def test_the_comment_on_a_fork_has_the_differences_and_the_reason(with_policies: Repository) -> None:
    with_policies.change("gke", **CHANGED, github_clientSecret={"secure": SECRET})
    with_policies.git("commit", "--all", "--quiet", "--message", "A secret")
    with_policies.change("gke", nodes_user={"machineType": "e2-standard-16"}, cluster_location="europe-west4")
    with_policies.change("gke", notebook_idleMinutes=15, endpoint_hostname="lab.example.org")
    code, text = with_policies.offline("gke", "--because", "fork", "--policy-pack", "policy", "--run-url", RUN)
    assert code == 0, text
    assert SECRET not in text
    assert "placeholder@" not in text
    require_documented("offline", text)


def test_a_changed_secret_restarts_the_hub_and_is_not_shown(repository: Repository) -> None:
    repository.change("gke", github_clientSecret={"secure": SECRET})
    repository.git("commit", "--all", "--quiet", "--message", "A secret")
    repository.change("gke", github_clientSecret={"secure": f"{SECRET}2"})
    code, text = repository.offline("gke")
    assert code == 0, text
    assert "The hub restarts" in text
    assert "data.GITHUB_CLIENT_SECRET: [secret] (changed)" in text
    assert SECRET not in text


def test_an_added_secret_is_reported_and_not_shown(repository: Repository) -> None:
    repository.change("gke", auth_secretEnvironment={"secure": SECRET})
    code, text = repository.offline("gke")
    assert code == 0, text
    assert "+ data.PLACEHOLDER_FOR_AUTH_SECRET_ENVIRONMENT: [secret]" in text
    assert SECRET not in text


def test_a_missing_required_secret_is_reported_and_gets_a_placeholder(
    without_changes: Mapping[str, tuple[int, str]],
) -> None:
    code, text = without_changes["gke"]
    assert code == 0, text
    assert "github.clientSecret is not set in this stack file; a placeholder is used here." in text


def test_a_changed_dockerfile_is_a_new_image_and_restarts_the_hub(repository: Repository) -> None:
    with (repository.folder / "docker" / "hub" / "Dockerfile").open("a") as file:
        file.write("# changed\n")
    code, text = repository.offline("dev")
    assert code == 0, text
    assert "The hub restarts" in text
    assert "The image of the hub changes: `localhost/jupyterhub/hub:" in text


def test_all_mistakes_of_a_stack_file_are_reported_and_fail_the_check(repository: Repository) -> None:
    repository.change("dev", hub_imgae="localhost/hub:1", notebook_memory={"max": "2Gib"})
    code, text = repository.offline("dev", "--because", "fork")
    assert code == 1
    assert "has 2 mistakes:" in text
    assert re.search(r"hub\.imgae \(Pulumi\.dev\.yaml, line \d+\): is not known", text)
    assert '"2Gib" is not a quantity' in text
    assert "No changes" not in text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("config:\n  jupyterhub:name: [tf-hub\n", "Pulumi.dev.yaml cannot be used: the file is not YAML: "),
        ("config:\n- jupyterhub:name: x\n", "the file is not a stack file in line 2"),
        (
            "config:\n  jupyterhub:name: [1]\n  jupyterhub:auth.type: dummy\n  jupyterhub:protect: {a: 1}\n",
            "* name (Pulumi.dev.yaml, line 2): ",
        ),
    ],
)
def test_an_unreadable_stack_file_is_reported_with_its_line(repository: Repository, content: str, message: str) -> None:
    (repository.folder / "Pulumi.dev.yaml").write_text(content)
    code, text = repository.offline("dev")
    done = repository.review("diff", "--stack", "dev", "--base", "main")
    for shown in (text, done.stdout + done.stderr):
        assert message in shown
        assert " line " in shown
        assert "Traceback" not in shown
    assert code == done.returncode == 1


def test_a_policy_violation_is_reported_and_fails_the_check(with_policies: Repository) -> None:
    with_policies.change("dev", hub_image="quay.io/physics/hub:latest")
    code, text = with_policies.offline("dev", "--policy-pack", "policy")
    assert code == 1
    require_documented("policy", text)


def test_a_missing_stack_file_is_reported_with_the_existing_ones(repository: Repository) -> None:
    (repository.folder / "Pulumi.gke.yaml").unlink()
    code, text = repository.offline("gke")
    assert code == 1
    require_documented("missing", text)
    comment = repository.folder.parent / "comment.md"
    for command in ("preview", "drift"):
        target = ("--comment", str(comment)) if command == "preview" else ("--summary", str(comment))
        done = repository.review(command, "--stack", "gke", *target)
        assert done.returncode == 1
        assert "Pulumi.gke.yaml is missing" in comment.read_text()


def test_a_base_that_cannot_run_is_reported_and_everything_is_new(repository: Repository) -> None:
    program = (repository.folder / "__main__.py").read_text()
    (repository.folder / "__main__.py").write_text(f"import a_package_of_old\n{program}")
    repository.git("commit", "--all", "--quiet", "--message", "Broken")
    (repository.folder / "__main__.py").write_text(program)
    code, text = repository.offline("dev")
    assert code == 0, text
    assert "The base revision cannot run here, so everything counts as new" in text
    assert "a_package_of_old" in text
    assert "24 to create" in text


def test_a_stack_without_a_file_in_the_base_is_new(repository: Repository) -> None:
    shutil.copy(repository.folder / "Pulumi.dev.yaml", repository.folder / "Pulumi.course.yaml")
    code, text = repository.offline("course")
    assert code == 0, text
    assert "it has no stack file" in text


def test_an_upgrade_is_compared_with_a_stack_file_that_the_base_does_not_have(repository: Repository) -> None:
    (repository.folder / "Pulumi.prod.yaml").write_text((CHECKOUT / "examples" / "Pulumi.minimal.yaml").read_text())
    (repository.folder / "docker" / "VERSION").write_text("9.0.0\n")
    done = repository.review("diff", "--stack", "prod", "--base", "main")
    assert done.returncode == 0, done.stderr
    assert "main has no Pulumi.prod.yaml: both programs read that of here." in done.stdout
    assert "\n3 to change; " in done.stdout  # and nothing is new
    for name in ("hub", "proxy"):
        assert f"The image of the {name} changes: registry.example.org/hub/{name}:0.1.0 → " in done.stdout


def test_an_unknown_revision_is_reported(repository: Repository) -> None:
    code, text = repository.offline("dev", base="nowhere")
    assert code == 1
    assert "nowhere is not a revision of this repository" in text
    done = repository.review("offline", "--stack", "dev", "--base=--output=x", "--comment", "../comment.md")
    assert done.returncode == 1
    assert list(repository.folder.glob("x*")) == []


def test_a_comment_over_githubs_limit_is_cut_and_the_summary_is_complete(repository: Repository) -> None:
    line = "# A long comment about a setting of the hub that somebody wrote down here, and nobody shortened.\n"
    repository.change("dev", hub_extraConfig=line * 900, notebook_idleMinutes=15)
    summary = repository.folder.parent / "summary.md"
    code, text = repository.offline("dev", "--summary", str(summary), "--run-url", RUN)
    assert code == 0, text
    assert len(text) < 65_000 < len(summary.read_text())
    require_documented("cut", text)


def test_make_diff_shows_the_same_in_a_terminal(repository: Repository) -> None:
    repository.change("dev", **CHANGED)
    done = repository.review("diff", "--stack", "dev", "--base", "main")
    assert done.returncode == 0, done.stderr
    require_documented("terminal", f"```\n$ make diff BASE=main\n{done.stdout}```\n")


def test_a_comparison_leaves_no_files_in_the_checkout(
    unchanged: Repository, without_changes: Mapping[str, tuple[int, str]]
) -> None:
    assert without_changes
    status = ["git", "status", "--porcelain", "--ignored"]
    left = subprocess.run(status, cwd=unchanged.folder, capture_output=True, text=True, check=True)
    assert [name for name in left.stdout.splitlines() if "__pycache__" not in name] == []
