import json
import re
from typing import Any

from tests.unit.docker.dockerfile import DOCKER, IMAGES, only


def requirements(file: str) -> list[str]:
    lines = (DOCKER / file).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def lock() -> dict[str, dict[str, Any]]:
    return json.loads((DOCKER / "proxy" / "package-lock.json").read_text(encoding="utf-8"))["packages"]


def test_the_tag_is_one_line_that_an_image_reference_can_hold() -> None:
    assert re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+\n", (DOCKER / "VERSION").read_text(encoding="utf-8"))


def test_everything_that_is_asked_for_has_an_exact_version() -> None:
    for requirement in requirements("hub/requirements.txt"):
        assert re.fullmatch(r"[a-z0-9-]+==[0-9.]+", requirement)
    assert [line for line in requirements("notebook/requirements.txt") if "==" not in line] == ["jupyterhub"]


def test_the_notebook_has_the_jupyterhub_of_the_hub() -> None:
    assert any(line.startswith("jupyterhub==") for line in requirements("hub/requirements.txt"))
    assert "jupyterhub" in requirements("notebook/requirements.txt")
    assert "--constraint /tmp/hub/requirements.txt" in only("notebook", "RUN")


def test_versions_stand_in_no_dockerfile() -> None:
    for image in IMAGES:
        assert not re.search(r"==|@[0-9]", only(image, "RUN"))


def test_the_proxy_is_locked_at_the_version_that_is_asked_for() -> None:
    package = json.loads((DOCKER / "proxy" / "package.json").read_text(encoding="utf-8"))
    version = package["dependencies"]["configurable-http-proxy"]
    assert version == "5.3.0"
    assert lock()["node_modules/configurable-http-proxy"]["version"] == version
    assert lock()[""]["dependencies"] == package["dependencies"]


def test_the_lock_names_a_checksum_and_no_registry_for_each_package() -> None:
    packages = [entry for name, entry in lock().items() if name]
    assert packages
    for entry in packages:
        assert entry["integrity"].startswith("sha512-")
        assert "resolved" not in entry
