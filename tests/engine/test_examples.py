"""The examples for GKE that docs/gke-costs.md compares, previewed with the stand-in for Google Cloud."""

import re
from pathlib import Path

import pytest
import yaml

from tests import kept_states
from tests.conftest import set_secret, succeed
from tests.doubles.google.plugin import engine_with_stand_in
from tools.engine import Engine, Stack
from tools.paths import CHECKOUT


@pytest.mark.parametrize("name", ["small", "department", "large"])
def test_an_example_previews_as_many_resources_as_documented(name: str, built_engine: Engine, tmp_path: Path) -> None:
    content = yaml.safe_load((CHECKOUT / "examples" / f"Pulumi.gke-{name}.yaml").read_text())
    del content["config"]["jupyterhub:github.clientSecret"]  # nobody has its passphrase
    file = tmp_path / "settings.yaml"
    file.write_text(yaml.safe_dump(content))
    engine = engine_with_stand_in(built_engine, tmp_path, kubeconfig=tmp_path / "none", fail={})
    (tmp_path / "passphrase").write_text(kept_states.PASSPHRASE)
    stack = Stack(name=name, engine=engine, folder=tmp_path, kubeconfig=tmp_path / "none")
    stack.prepare(file, {})
    set_secret(stack, "github.clientSecret", "the-client-secret")
    printed = succeed(stack, "preview", "--diff")
    assert "the-client-secret" not in printed
    (count,) = re.findall(r"\+ (\d+) to create", printed)
    assert f"| {name} | {count} |" in (CHECKOUT / "docs" / "gke-costs.md").read_text()
