import json
import re
from typing import Any

from tests.unit.docker.dockerfile import DOCKER, IMAGES, only


def requirements(file: str) -> list[str]:
    lines = (DOCKER / file).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def lock() -> dict[str, dict[str, Any]]:
    return json.loads((DOCKER / "proxy" / "package-lock.json").read_text(encoding="utf-8"))["packages"]


def test_the_version_is_a_valid_image_tag() -> None:
    assert re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+\n", (DOCKER / "VERSION").read_text(encoding="utf-8"))


def test_every_requirement_has_an_exact_version() -> None:
    for requirement in requirements("hub/requirements.txt"):
        assert re.fullmatch(r"[a-z0-9-]+==[0-9.]+", requirement)
    assert [line for line in requirements("notebook/requirements.txt") if "==" not in line] == ["jupyterhub"]


def test_the_notebook_has_the_jupyterhub_of_the_hub() -> None:
    assert any(line.startswith("jupyterhub==") for line in requirements("hub/requirements.txt"))
    assert "jupyterhub" in requirements("notebook/requirements.txt")
    assert "--constraint /tmp/hub/requirements.txt" in only("notebook", "RUN")


def test_no_dockerfile_has_package_versions() -> None:
    for image in IMAGES:
        assert not re.search(r"==|@[0-9]", only(image, "RUN"))


def test_the_lock_has_the_required_version_of_the_proxy() -> None:
    package = json.loads((DOCKER / "proxy" / "package.json").read_text(encoding="utf-8"))
    version = package["dependencies"]["configurable-http-proxy"]
    assert version == "5.3.0"
    assert lock()["node_modules/configurable-http-proxy"]["version"] == version
    assert lock()[""]["dependencies"] == package["dependencies"]


def test_each_locked_package_has_a_checksum_and_no_registry() -> None:
    packages = [entry for name, entry in lock().items() if name]
    assert packages
    for entry in packages:
        assert entry["integrity"].startswith("sha512-")
        assert "resolved" not in entry
