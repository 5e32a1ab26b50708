"""`make up` on a cluster that is there, by recorded programs."""

from pathlib import Path

import pytest

from tests.doubles.container_programs import Programs
from tests.kubeconfigs import write
from tests.unit.tools.clusters.conftest import TAGS, Make, config_of, publish, ups
from tools.image_tags import SOURCES


def _contexts(tmp_path: Path, *names: str) -> None:
    folder = tmp_path / "home" / ".kube"
    folder.mkdir(parents=True)
    write(folder / "config", dict.fromkeys(names, "https://192.0.2.1"), current=names[0])


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's kubeconfig, which the library reads from where it was at its import."""
    file = tmp_path / "home" / ".kube" / "config"
    monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(file))
    return file


def test_the_current_context_is_used_with_a_port_forward(
    make: Make, machine: Programs, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _contexts(tmp_path, "minikube", "production")
    assert make("up", "current") == 0
    config = config_of(tmp_path)
    assert (config["kubernetes.context"], config["endpoint.type"]) == ("minikube", "none")
    assert machine.calls("minikube") == [f"image load localhost/jupyterhub/{name}:{TAGS[name]}" for name in SOURCES]
    assert "kubectl port-forward" in capsys.readouterr().err
    assert make("down") == 0
    assert machine.calls("kind") == [], "the cluster is the user's"


def test_the_context_of_the_first_up_is_kept(make: Make, machine: Programs, tmp_path: Path) -> None:
    publish(machine, *SOURCES)
    _contexts(tmp_path, "docker-desktop", "production")
    assert make("up", "current") == 0
    write(
        tmp_path / "home" / ".kube" / "config",
        dict.fromkeys(("docker-desktop", "production"), "x"),
        current="production",
    )
    assert make("up") == 0
    assert config_of(tmp_path)["kubernetes.context"] == "docker-desktop"
    assert make("up", "current") == 1


@pytest.mark.usefixtures("machine")
def test_an_unknown_context_is_refused_with_those_that_exist(
    make: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _contexts(tmp_path, "minikube", "production")
    assert make("up", "knid") == 1
    assert (
        "the kubeconfig has no context knid. Contexts: minikube, production; or CLUSTER=kind" in capsys.readouterr().err
    )


def test_a_cluster_that_built_images_cannot_be_copied_into_is_told(
    make: Make, machine: Programs, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _contexts(tmp_path, "eks")
    assert make("up", "eks") == 1
    assert "make -C docker build push" in capsys.readouterr().err
    assert ups(machine) == []
