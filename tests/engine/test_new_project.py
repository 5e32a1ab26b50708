"""Two ways to begin: `pulumi new` with the template, and the stack file of `make new`."""

from pathlib import Path

import pytest
import yaml

import settings
from settings.reading.keys import own_values
from settings.reading.stack_file import read_config
from tests import package_programs
from tests.conftest import make_stack, set_secret, succeed
from tests.doubles.api_server import api_server
from tests.doubles.google.plugin import engine_with_stand_in
from tools import toolchain
from tools.engine import Engine
from tools.new.__main__ import main
from tools.paths import CHECKOUT

_TEMPLATE = CHECKOUT / "template"
_SECRET = "a-marker-of-the-client-secret"  # noqa: S105 tests search for it


def test_pulumi_new_with_the_template_makes_a_program_that_previews_a_hub(built_engine: Engine, tmp_path: Path) -> None:
    toolchain.build(toolchain.YAML_HOST)
    project, plugin = tmp_path / "project", package_programs.plugin(tmp_path)
    (tmp_path / "state").mkdir()
    project.mkdir()
    with api_server("lab", tmp_path / "lab") as cluster:
        environment = package_programs.environment_of(built_engine, tmp_path, cluster.kubeconfig)

        def run(*arguments: str) -> str:
            done = built_engine.run(*arguments, folder=project, environment=environment)
            assert done.returncode == 0, done.stdout
            return done.stdout

        # Without the installation of the package from its published address.
        run("new", str(_TEMPLATE), "--generate-only", "--yes", "--name", "my-hub", "--description", "Ours")
        file = project / "Pulumi.yaml"
        written = yaml.safe_load(file.read_text())
        published = yaml.safe_load((_TEMPLATE / "Pulumi.yaml").read_text())["packages"]
        assert (written["name"], written["description"], written["packages"]) == ("my-hub", "Ours", published)
        assert "template" not in written
        assert (project / "Main.yaml").read_text() == (_TEMPLATE / "Main.yaml").read_text()
        file.write_text(yaml.safe_dump({**written, "packages": {"jupyterhub": str(plugin)}}))
        run("stack", "init", "test")
        run("config", "set", "context", "lab")
        run("config", "set", "images", "registry.example.org/hub")
        printed = run("preview", "--diff")
    for kind in ("jupyterhub:index:JupyterHub", "kubernetes:apps/v1:StatefulSet", "kubernetes:apps/v1:Deployment"):
        assert kind in printed, printed


def test_a_stack_file_of_make_new_previews_after_the_commands_that_it_names(
    built_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    answers = ("--where=create", "--gcp.project=my-project-123", "--endpoint.hostname=hub.example.org")
    sign_in = ("--sign-in=github", "--github.clientId=Iv1.01", "--github.organizations=physics")
    assert main(["--stack", "prod", *answers, *sign_in]) == 0
    assert "pulumi config set --secret github.clientSecret --stack prod" in capsys.readouterr().err
    file = tmp_path / "Pulumi.prod.yaml"
    values = own_values(read_config(file))
    stack = make_stack("prod", tmp_path, engine_with_stand_in(built_engine, tmp_path), tmp_path / "none", values)
    # As people do it, in the file itself; `pulumi stack init` has added the salt.
    used = stack.workspace / file.name
    salt = yaml.safe_load(used.read_text())["encryptionsalt"]
    used.write_text(f"{file.read_text()}encryptionsalt: {salt}\n")
    set_secret(stack, "github.clientSecret", _SECRET)
    assert settings.from_file(used).github.client_id == "Iv1.01"
    assert "# Host name of the hub, such as hub.example.org." in used.read_text()
    printed = succeed(stack, "preview", "--diff")
    assert "gcp:container/cluster:Cluster" in printed
    assert _SECRET not in printed
