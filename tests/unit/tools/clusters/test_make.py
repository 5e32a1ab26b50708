"""`make up` and `make down` with kind, by recorded programs."""

import re
from pathlib import Path

import pytest
import yaml

from tests.doubles.container_programs import NO_DAEMON, NOT_LOADED, PORT_IN_USE, UNREACHABLE, Programs
from tests.kubeconfigs import write
from tests.unit.tools.clusters.conftest import TAGS, Make, config_of, publish, ups
from tools.clusters import choice, kind
from tools.image_tags import SOURCES


def test_published_images_are_neither_built_nor_loaded(
    make: Make, machine: Programs, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(machine, *SOURCES)
    assert make("up") == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("http://127.0.0.1:")
    assert (
        "Cluster: the kind cluster jupyterhub-local, in Docker on this machine. Another one: make up CLUSTER="
        in printed.err
    )
    assert "Images: hub, proxy, notebook from ghcr.io/octo/hub" in printed.err
    assert "this machine's pulumi" in printed.err
    assert machine.calls("docker", "build ") == []
    assert machine.calls("kind", "load ") == []
    assert len(ups(machine)) == 1
    config = config_of(tmp_path)
    assert config["hub.image"] == f"ghcr.io/octo/hub/hub:{TAGS['hub']}"
    assert (config["endpoint.type"], config["endpoint.nodePort"], config["endpoint.address"]) == (
        "node-port",
        "30080",
        "",
    )
    assert config["publicUrl"] == "http://127.0.0.1:8000"


def test_the_hub_is_reachable_from_this_machine_only(make: Make, machine: Programs) -> None:
    assert make("up") == 0
    (node,) = yaml.safe_load((machine.state / "config").read_text())["nodes"]
    assert node["extraPortMappings"] == [{"containerPort": 30080, "hostPort": 8000, "listenAddress": "127.0.0.1"}]


def test_the_kubeconfig_of_the_user_is_not_changed(make: Make, machine: Programs, tmp_path: Path) -> None:
    home = tmp_path / "home" / ".kube"
    home.mkdir(parents=True)
    before = write(home / "config", {"mine": "https://192.0.2.1"}, current="mine").read_text()
    for command in ("up", "down"):
        assert make(command) == 0
    assert (home / "config").read_text() == before
    own = f" --kubeconfig {tmp_path / 'state' / 'kind' / 'kubeconfig'}"
    assert [call for call in machine.calls("kind") if call.startswith(("create", "delete")) and own not in call] == []


def test_a_second_up_makes_nothing_again(make: Make, machine: Programs) -> None:
    assert make("up") == 0
    machine.forget()
    assert make("up") == 0
    assert machine.calls("kind")[0] == "get clusters"
    assert machine.calls("kind", "create ") == []
    assert machine.calls("docker", "build ") == []


def test_images_are_built_and_loaded_without_a_registry(
    make: Make, machine: Programs, capsys: pytest.CaptureFixture[str]
) -> None:
    (machine.state / "no-registry").write_text(UNREACHABLE)
    assert make("up") == 0
    assert f"built here from docker/: ghcr.io/octo/hub could not be asked ({UNREACHABLE})" in capsys.readouterr().err
    builds = machine.calls("docker", "build ")
    assert [re.findall(r"--file (\w+)/Dockerfile", call)[0] for call in builds] == list(SOURCES)
    assert [call for call in builds if "--platform linux/arm64 " not in call] == []
    loads = machine.calls("kind", "load ")
    assert loads == [
        f"load docker-image localhost/jupyterhub/{name}:{TAGS[name]} --name jupyterhub-local" for name in SOURCES
    ]


def test_only_a_changed_image_is_built(make: Make, machine: Programs, tmp_path: Path) -> None:
    publish(machine, "hub", "proxy")
    assert make("up") == 0
    assert len(machine.calls("docker", "build ")) == 1
    assert config_of(tmp_path)["notebook.image"] == f"localhost/jupyterhub/notebook:{TAGS['notebook']}"


def test_published_images_are_used_without_a_network_later(make: Make, machine: Programs) -> None:
    publish(machine, *SOURCES)
    assert make("up") == 0
    (machine.state / "no-registry").write_text(UNREACHABLE)
    assert make("up") == 0
    assert machine.calls("docker", "build ") == []


def test_a_failed_build_is_reported_and_the_next_up_continues(
    make: Make, machine: Programs, capsys: pytest.CaptureFixture[str]
) -> None:
    (machine.state / "no-build").write_text(
        "ERROR: failed to solve: process did not complete successfully: exit code: 1"
    )
    assert make("up") == 1
    assert "failed to solve" in capsys.readouterr().err
    assert ups(machine) == []
    (machine.state / "no-build").unlink()
    assert make("up") == 0
    assert len(machine.calls("kind", "create ")) == 1


def test_a_daemon_that_does_not_answer_is_reported(
    make: Make, machine: Programs, capsys: pytest.CaptureFixture[str]
) -> None:
    (machine.state / "no-daemon").write_text(NO_DAEMON)
    assert make("up", "kind") == 1
    printed = capsys.readouterr().err
    assert "error: The kind cluster cannot be used here: the Docker daemon does not answer" in printed
    assert "Traceback" not in printed
    assert machine.calls("kind") == []
    (machine.state / "no-daemon").unlink()
    assert make("up", "minikube") == 1
    assert "the kubeconfig has no context minikube" in capsys.readouterr().err, "the refused choice is not kept"


def test_a_missing_kind_is_reported_with_its_installation(
    make: Make, machine: Programs, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.remove("kind")
    assert make("up", "kind") == 1
    assert "kind is not installed: https://kind.sigs.k8s.io" in capsys.readouterr().err


@pytest.mark.usefixtures("machine")
def test_without_any_possible_cluster_all_ways_are_named(
    make: Make, machine: Programs, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.remove("docker")
    monkeypatch.setattr(choice.host, "unsuitable", lambda: "it needs Linux, and this is Darwin")
    assert make("up") == 1
    printed = capsys.readouterr().err
    for part in ("kind: docker is not installed", "local: it needs Linux", "CLUSTER=current"):
        assert part in printed


def test_a_port_in_use_is_reported_before_anything_is_made(
    make: Make, machine: Programs, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HUB_PORT", "9")
    assert make("up", "kind") == 1
    assert "Port 9 of 127.0.0.1 is in use by another program" in capsys.readouterr().err
    assert machine.calls("kind") == ["get clusters"]


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
@pytest.mark.usefixtures("machine")
def test_a_wrong_port_is_refused(
    make: Make, port: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HUB_PORT", port)
    assert make("up", "kind") == 1
    assert f"HUB_PORT: {port!r} is not a port" in capsys.readouterr().err


def test_a_chosen_port_stays_that_of_the_cluster(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_PORT", "8001")
    assert make("up") == 0
    monkeypatch.delenv("HUB_PORT")
    assert make("up") == 0
    assert config_of(tmp_path)["publicUrl"] == "http://127.0.0.1:8001"


def test_a_cluster_that_docker_refuses_is_reported_and_the_next_up_creates_it(
    make: Make, machine: Programs, capsys: pytest.CaptureFixture[str]
) -> None:
    (machine.state / "no-cluster").write_text(PORT_IN_USE)
    assert make("up") == 1
    printed = capsys.readouterr().err
    assert "kind create cluster failed" in printed
    assert "port is already allocated" in printed
    (machine.state / "no-cluster").unlink()
    assert make("up") == 0


def test_an_interrupted_creation_starts_again(make: Make, machine: Programs) -> None:
    (machine.state / "interrupted").write_text("ERROR: interrupted")
    assert make("up") == 1
    (machine.state / "interrupted").unlink()
    machine.forget()
    assert make("up") == 0
    changes = [call.partition(" --")[0] for call in machine.calls("kind") if not call.startswith(("get ", "load "))]
    assert changes == ["delete cluster", "create cluster"]


def test_an_image_that_cannot_be_loaded_is_reported(
    make: Make, machine: Programs, capsys: pytest.CaptureFixture[str]
) -> None:
    (machine.state / "not-loaded").write_text(NOT_LOADED)
    assert make("up") == 1
    printed = capsys.readouterr().err
    assert f"Loading localhost/jupyterhub/hub:{TAGS['hub']} failed" in printed
    assert "content digest sha256:" in printed
    assert ups(machine) == []


def test_a_stopped_container_is_started(make: Make, machine: Programs) -> None:
    assert make("up") == 0
    (machine.state / "stopped").touch()
    machine.forget()
    assert make("up") == 0
    assert "start jupyterhub-local-control-plane" in machine.calls("docker")
    assert machine.calls("kind", "create ") == []


def test_a_cluster_of_somebody_else_is_neither_used_nor_deleted(
    make: Make, machine: Programs, capsys: pytest.CaptureFixture[str]
) -> None:
    (machine.state / "clusters").write_text("other\njupyterhub-local\n")
    assert make("up", "kind") == 1
    assert "that `make up` did not make" in capsys.readouterr().err
    assert make("down") == 0
    assert (machine.state / "clusters").read_text() == "other\njupyterhub-local\n"


def test_down_deletes_what_up_made_and_nothing_else(make: Make, machine: Programs, tmp_path: Path) -> None:
    (machine.state / "clusters").write_text("other\n")
    assert make("up") == 0
    assert make("down") == 0
    assert (machine.state / "clusters").read_text() == "other\n"
    assert not (tmp_path / "state" / "kind").exists()
    assert [call for call in machine.calls("pulumi") if " destroy " in call]
    machine.forget()
    assert make("down") == 0
    assert machine.calls("kind") == [], "nothing is made to be deleted"
    assert make("destroy") == 1
    assert make("up", "minikube") == 1, "another cluster may be chosen now; there is no such context"
    assert make("up") == 0


def test_a_cluster_with_other_hubs_is_not_deleted(
    make: Make, machine: Programs, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def hubs(_: Path) -> list[str]:
        return ["namespace second (stack organization/jupyterhub/second)"]

    assert make("up") == 0
    monkeypatch.setattr(kind.api, "hubs", hubs)
    assert make("down") == 0
    assert "namespace second" in capsys.readouterr().err
    assert (machine.state / "clusters").read_text() == "jupyterhub-local\n"


def test_a_cluster_deleted_by_hand_is_told_and_down_forgets_its_stack(
    make: Make, machine: Programs, capsys: pytest.CaptureFixture[str]
) -> None:
    assert make("up") == 0
    (machine.state / "clusters").write_text("")
    machine.forget()
    assert make("up") == 1
    assert "make down && make up" in capsys.readouterr().err
    assert ups(machine) == []
    assert make("down") == 0
    assert [call for call in machine.calls("pulumi") if "stack rm --force" in call]
    assert [call for call in machine.calls("pulumi") if " destroy " in call] == []
    assert make("up") == 0


def test_a_stack_stays_in_its_cluster(make: Make, machine: Programs, capsys: pytest.CaptureFixture[str]) -> None:
    assert make("up") == 0
    assert make("up", "local") == 1
    printed = capsys.readouterr().err
    assert "CLUSTER=local: stack dev is in the kind cluster jupyterhub-local" in printed
    assert "make down STACK=dev" in printed
    assert len(ups(machine)) == 1
