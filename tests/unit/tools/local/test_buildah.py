from pathlib import Path

import pytest

from tests.unit.tools.local.tools import Tools
from tools import commands
from tools.local import buildah
from tools.local.buildah import Buildah

CA_VARIABLES = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch) -> Tools:
    tools = Tools()
    monkeypatch.setattr(commands, "run", tools.run)
    for variable in CA_VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    return tools


def build(folder: Path) -> None:
    Buildah(folder, "overlay").build("hub", folder / "docker", base="localhost/base:1", reference="localhost/hub:1")


def test_every_command_uses_its_own_storage(tools: Tools, tmp_path: Path) -> None:
    builder = buildah.start(tmp_path)
    builder.run("images")
    build(tmp_path)
    builder.save("localhost/hub:1", tmp_path / "hub.tar")
    for call in tools.calls:
        assert call[1:4] == [f"--root={tmp_path}/root", f"--runroot={tmp_path}/run", "--storage-driver=overlay"]


def test_vfs_is_used_if_overlay_fails(tools: Tools, tmp_path: Path) -> None:
    tools.failing = "--storage-driver=overlay"
    assert buildah.start(tmp_path).driver == "vfs"


def test_a_build_starts_from_the_given_base(tools: Tools, tmp_path: Path) -> None:
    build(tmp_path)
    (call,) = tools.with_word("bud")
    assert "--build-arg=BASE=localhost/base:1" in call
    assert f"--file={tmp_path}/docker/hub/Dockerfile" in call
    assert call[-1] == str(tmp_path / "docker")


@pytest.mark.parametrize("variable", CA_VARIABLES)
def test_the_ca_bundle_of_the_machine_is_a_build_secret(
    tools: Tools, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.touch()
    monkeypatch.setenv(variable, str(bundle))
    build(tmp_path)
    assert f"--secret=id=ca,src={bundle}" in tools.calls[0]


def test_a_missing_ca_bundle_is_not_a_build_secret(
    tools: Tools, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "nowhere.pem"))
    monkeypatch.setenv("PIP_CERT", "")
    build(tmp_path)
    assert not [word for word in tools.calls[0] if word.startswith("--secret")]
