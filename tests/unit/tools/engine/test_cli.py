from importlib.metadata import version
from pathlib import Path
from unittest.mock import Mock
from urllib.error import URLError

import pytest

from tools import engine, paths, toolchain
from tools.engine import Engine, cli
from tools.toolchain import Tool


def _pulumi(folder: Path, *, plugins: str, install: int) -> None:
    """Write a `pulumi` that lists these plugins; `plugin install` exits with the code `install`."""
    folder.mkdir()
    program = folder / "pulumi"
    program.write_text(f'#!/bin/sh\ncase "$2" in ls) echo "{plugins}" ;; install) exit {install} ;; esac\n')
    program.chmod(0o755)


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The folders of the tools that would have been built."""
    requested: list[str] = []

    def record(tools: tuple[Tool, ...]) -> None:
        requested.extend(tool.folder for tool in tools)

    monkeypatch.setattr(toolchain, "build_all", record)
    monkeypatch.setattr(toolchain, "_BUILT", tmp_path / "cache" / "tools")
    monkeypatch.setattr(paths, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(cli, "_install", Mock(side_effect=URLError("Name or service not known")))
    return requested


def test_the_installed_pulumi_is_used_if_it_has_the_provider(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, built: list[str]
) -> None:
    _pulumi(tmp_path / "bin", plugins=f"kubernetes resource {toolchain.KUBERNETES_PROVIDER.version}", install=1)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin:/usr/bin")
    found = engine.find()
    assert found.program == tmp_path / "bin" / "pulumi"
    assert found.environment == {}
    assert str(found.program) in found.description
    assert built == []


def test_the_installed_pulumi_is_used_if_it_can_fetch_the_provider(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, built: list[str]
) -> None:
    _pulumi(tmp_path / "bin", plugins="", install=0)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin:/usr/bin")
    assert engine.find().program == tmp_path / "bin" / "pulumi"
    assert built == []


@pytest.mark.parametrize("own", [True, False])
def test_without_a_usable_pulumi_the_pinned_engine_is_built(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, built: list[str], *, own: bool
) -> None:
    if own:
        _pulumi(tmp_path / "bin", plugins="", install=1)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin:/usr/bin")
    found = engine.find()
    assert built == [tool.folder for tool in toolchain.ENGINE]
    assert found.program == toolchain.PULUMI.programs / "pulumi"
    assert found.environment["PATH"].startswith(str(toolchain.PULUMI.programs))
    link = next((Path(found.environment["PULUMI_HOME"]) / "plugins").glob("resource-kubernetes-v*/*"))
    assert link.readlink() == toolchain.KUBERNETES_PROVIDER.programs / link.name


def _pretend_to_install(monkeypatch: pytest.MonkeyPatch, *, provider: bool) -> Mock:
    def install(folder: Path, wanted: str) -> None:
        assert wanted == version("pulumi")
        folder.mkdir(parents=True)
        _pulumi(folder / "bin", plugins="", install=int(not provider))

    installed = Mock(side_effect=install)
    monkeypatch.setattr(cli, "_install", installed)
    return installed


def test_the_pinned_pulumi_is_downloaded_once_and_nothing_built(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, built: list[str]
) -> None:
    monkeypatch.setenv("PATH", "/bin:/usr/bin")
    installed = _pretend_to_install(monkeypatch, provider=True)
    found = [engine.find(), engine.find()]
    assert found[0] == found[1]
    assert found[0].program == tmp_path / "cache" / f"pulumi-{version('pulumi')}" / "bin" / "pulumi"
    assert found[0].environment["PATH"].startswith(f"{found[0].program.parent}:")
    assert found[0].environment["PULUMI_HOME"] == str(tmp_path / "cache" / "pulumi")
    assert built == []
    installed.assert_called_once()


def test_a_failed_download_of_the_provider_builds_the_pinned_engine(
    monkeypatch: pytest.MonkeyPatch, built: list[str]
) -> None:
    monkeypatch.setenv("PATH", "/bin:/usr/bin")
    _pretend_to_install(monkeypatch, provider=False)
    engine.find()
    assert built == [tool.folder for tool in toolchain.ENGINE]


def test_a_pulumi_without_the_provider_is_used_if_none_is_needed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, built: list[str]
) -> None:
    _pulumi(tmp_path / "bin", plugins="", install=1)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin:/usr/bin")
    assert engine.find(with_provider=False).program == tmp_path / "bin" / "pulumi"
    assert built == []


def test_a_command_gets_folder_environment_input_and_event_log(tmp_path: Path) -> None:
    program, log = tmp_path / "pulumi", tmp_path / "events.json"
    program.write_text(
        '#!/bin/sh\nread line; echo "$line $A $B $PULUMI_DEBUG_COMMANDS $PWD $*"; echo error >&2; exit 3\n'
    )
    program.chmod(0o755)
    found = Engine(program=program, environment={"A": "1", "B": "1"}, description="")
    done = found.run("up", folder=tmp_path, environment={"B": "2"}, stdin="in\n", event_log=log)
    options = f"--non-interactive --color=never --event-log {log} --suppress-permalink=true"
    assert done.returncode == 3
    assert done.stdout == f"in 1 2 true {tmp_path} up {options}\nerror\n"
