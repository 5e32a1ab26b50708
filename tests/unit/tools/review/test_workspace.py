"""A workspace without secrets: the values that are left out, and their placeholders."""

import json
from pathlib import Path

from settings.reading.keys import SECRETS
from tests.stacks import GKE, VALUES
from tools.engine import Engine
from tools.review.offline import workspace


def test_only_missing_required_secrets_get_a_placeholder() -> None:
    without = {key: value for key, value in GKE.items() if key not in SECRETS}
    assert workspace.missing_secrets(without) == ["github.clientSecret"]
    assert workspace.missing_secrets({**without, "github.clientSecret": {"secure": "AAAB"}}) == []
    assert workspace.missing_secrets(VALUES) == []


def test_the_tag_of_an_unset_image_follows_from_its_files(tmp_path: Path) -> None:
    for part in ("hub", "proxy", "notebook"):
        (tmp_path / "docker" / part).mkdir(parents=True)
        (tmp_path / "docker" / part / "Dockerfile").write_text(part)
    first = workspace.open_images(tmp_path, {})
    assert sorted(first) == ["hub.image", "notebook.image", "proxy.image"]
    (tmp_path / "docker" / "proxy" / "Dockerfile").write_text("changed")
    second = workspace.open_images(tmp_path, {})
    assert {key for key in first if first[key] != second[key]} == {"proxy.image"}
    assert workspace.open_images(tmp_path, {"images.repository": "x"}) == {}
    assert "hub.image" not in workspace.open_images(tmp_path, {"hub.image": "a:1"})


def test_the_kubeconfig_has_the_stacks_context() -> None:
    config = json.dumps(workspace.kubeconfig_of(1234, "campus"))
    assert '"current-context": "campus"' in config
    assert "https://127.0.0.1:1234" in config


def test_values_that_are_not_encrypted_reach_the_engine_as_written(tmp_path: Path) -> None:
    program = tmp_path / "program"
    for folder in (program, tmp_path / "new"):
        folder.mkdir()
    (program / "Pulumi.yaml").write_text("name: jupyterhub\n")
    (program / "docker").mkdir()
    lines = [
        "config:",
        "  jupyterhub:images.repository: r.example.org/a",
        "  jupyterhub:cluster.maintenanceStart: 22:30",
    ]
    lines += ["  jupyterhub:notebook.accelerator: ~", "  jupyterhub:auth.allowedUsers: [on, 1e3]"]
    sealed = ["  jupyterhub:github.clientSecret: {secure: v1:abc}"]
    sealed += ["  jupyterhub:auth.secretEnvironment: {A: {secure: v1:abc}}"]
    sealed += ["  jupyterhub:auth.customTraits: {a: [{secure: v1:abc}]}"]
    (program / "Pulumi.dev.yaml").write_text("\n".join([*lines, *sealed]))
    engine = Engine(program=Path("true"), environment={}, description="")
    stack, _ = workspace.prepare(tmp_path / "new", program, "dev", engine=engine, port=1)
    assert (stack.workspace / "Pulumi.dev.yaml").read_text().splitlines() == lines
