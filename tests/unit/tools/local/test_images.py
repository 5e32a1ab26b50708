import re
import shutil
from pathlib import Path

import pytest

from tests.unit.tools.local.tools import Tools
from tools import commands, paths
from tools.errors import ToolError
from tools.local import base_image, images
from tools.local.images import Image

CTR = ("ctr", "--address", "/run/somewhere.sock")
NAMES = {"hub", "proxy", "notebook"}


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch) -> Tools:
    tools = Tools()
    monkeypatch.setattr(commands, "run", tools.run)
    return tools


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder of the archives."""
    monkeypatch.setattr(paths, "CACHE", tmp_path / "cache")
    return tmp_path / "cache" / "images"


@pytest.fixture
def context(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A copy of docker/ that tests may change."""
    copy = tmp_path / "docker"
    shutil.copytree(paths.CHECKOUT / "docker", copy)
    monkeypatch.setattr("tools.local.images._CONTEXT", copy)
    return copy


def built_by(tools: Tools) -> set[str]:
    return {Path(word).parent.name for call in tools.with_word("bud") for word in call if word.endswith("/Dockerfile")}


def image(folder: Path) -> Image:
    return Image(name="hub", reference="localhost/jupyterhub/hub:0123456789ab", archive=folder / "hub.tar")


@pytest.mark.usefixtures("folder", "tools")
def test_image_tags_are_digests_of_the_content() -> None:
    built = images.ensure_built()
    assert set(built) == NAMES
    for name, one in built.items():
        assert one.name == name
        assert re.fullmatch(rf"localhost/jupyterhub/{name}:[0-9a-f]{{12}}", one.reference)


@pytest.mark.usefixtures("folder")
def test_an_archive_has_the_reference_of_the_pods(tools: Tools) -> None:
    for one in images.ensure_built().values():
        (build,) = [call for call in tools.with_word("bud") if f"--tag={one.reference}" in call]
        assert any(word.endswith(f"/docker/{one.name}/Dockerfile") for word in build)
        (save,) = [call for call in tools.with_word("push") if one.reference in call]
        assert save[-1].endswith(f"/{one.archive.name}:{one.reference}")
        assert one.archive.is_file()


@pytest.mark.usefixtures("folder")
def test_built_images_are_not_built_again(tools: Tools) -> None:
    first = images.ensure_built()
    tools.calls.clear()
    assert images.ensure_built() == first
    assert tools.calls == []


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("changed", "rebuilt"),
    [
        ("hub/Dockerfile", {"hub"}),
        ("hub/requirements.txt", {"hub", "notebook"}),
        ("proxy/package-lock.json", {"proxy"}),
        ("notebook/requirements.txt", {"notebook"}),
        ("Makefile", set[str]()),
        ("VERSION", set[str]()),
    ],
)
def test_a_change_rebuilds_the_affected_images(tools: Tools, context: Path, changed: str, rebuilt: set[str]) -> None:
    before = images.ensure_built()
    tools.calls.clear()
    with (context / changed).open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    after = images.ensure_built()
    assert {name for name in NAMES if before[name].reference != after[name].reference} == rebuilt
    assert built_by(tools) == rebuilt


@pytest.mark.usefixtures("folder", "tools")
def test_a_file_that_becomes_executable_changes_the_tag(context: Path) -> None:
    before = images.ensure_built()["notebook"]
    (context / "notebook" / "start-singleuser.sh").chmod(0o644)
    assert images.ensure_built()["notebook"].reference != before.reference


@pytest.mark.usefixtures("folder")
def test_another_base_rebuilds_all_images(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    images.ensure_built()
    tools.calls.clear()
    monkeypatch.setattr(base_image, "recipe", lambda: "another")
    images.ensure_built()
    assert built_by(tools) == NAMES
    assert tools.with_word("mmdebstrap")


@pytest.mark.usefixtures("folder")
def test_only_missing_images_are_built_on_the_existing_base(tools: Tools) -> None:
    built = images.ensure_built()
    built["notebook"].archive.unlink()
    tools.calls.clear()
    images.ensure_built()
    assert built_by(tools) == {"notebook"}
    assert tools.with_word("mmdebstrap") == []
    assert tools.with_word(base_image.NODE) == []


@pytest.mark.usefixtures("tools")
def test_archives_of_older_contents_are_deleted(folder: Path, context: Path) -> None:
    before = images.ensure_built()
    (context / "proxy" / "package.json").write_text("{}", encoding="utf-8")
    after = images.ensure_built()
    assert not before["proxy"].archive.exists()
    assert {one.archive for one in after.values()} < set(folder.glob("*.tar"))
    assert len(list(folder.glob("*.tar"))) == 4


@pytest.mark.parametrize("failing", ["mmdebstrap", "add", "bud", "push"])
def test_a_failed_build_leaves_no_partial_files(tools: Tools, folder: Path, failing: str) -> None:
    tools.failing = failing
    with pytest.raises(ToolError, match=f"{failing} failed"):
        images.ensure_built()
    assert not (folder / "unfinished").exists()
    assert list(folder.glob("debian-*")) == [] or failing != "mmdebstrap"
    assert [file for name in NAMES for file in folder.glob(f"{name}-*")] == []


def test_images_built_before_a_failure_are_kept(tools: Tools, folder: Path) -> None:
    proxy = images.ensure_built()["proxy"]
    shutil.rmtree(folder)
    tools.failing = proxy.reference
    with pytest.raises(ToolError):
        images.ensure_built()
    tools.failing = ""
    tools.calls.clear()
    images.ensure_built()
    assert built_by(tools) == {"proxy", "notebook"}


@pytest.mark.usefixtures("tools")
def test_leftovers_of_a_killed_build_are_deleted(folder: Path) -> None:
    left_over = folder / "unfinished" / "root" / "overlay"
    left_over.mkdir(parents=True)
    images.ensure_built()
    assert not (folder / "unfinished").exists()


def test_an_image_is_loaded_into_the_namespace_of_the_kubelet(tools: Tools, tmp_path: Path) -> None:
    images.load(image(tmp_path), CTR)
    assert tools.calls[-1] == [*CTR, "--namespace", "k8s.io", "images", "import", str(tmp_path / "hub.tar")]


def test_a_loaded_image_is_not_loaded_again(tools: Tools, tmp_path: Path) -> None:
    tools.loaded = [image(tmp_path).reference]
    images.load(image(tmp_path), CTR)
    assert tools.with_word("import") == []


def test_an_image_with_another_tag_does_not_count_as_loaded(tools: Tools, tmp_path: Path) -> None:
    tools.loaded = ["localhost/jupyterhub/hub:ffffffffffff", f"{image(tmp_path).reference}0"]
    images.load(image(tmp_path), CTR)
    assert len(tools.with_word("import")) == 1


def test_references_are_those_of_the_kubelet(tools: Tools) -> None:
    tools.loaded = ["localhost/a:1", "sha256:0"]
    assert images.references(CTR) == {"localhost/a:1", "sha256:0"}
    assert tools.calls == [[*CTR, "--namespace", "k8s.io", "images", "ls", "--quiet"]]
