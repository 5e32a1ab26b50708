import json
import runpy
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pulumi
import pytest

from tests.doubles.monitor import Record, record
from tests.stacks import VALUES, text_of
from tests.unit.components.kubeconfigs import write

_MAIN = Path(__file__).parents[3] / "__main__.py"


def _run() -> Record:
    return record(lambda: runpy.run_path(str(_MAIN), run_name="__main__"))


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, object]], None]:
    """Sets the stack's config."""

    def set_config(values: dict[str, object]) -> None:
        texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}
        monkeypatch.setenv("PULUMI_CONFIG", json.dumps({f"jupyterhub:{key}": text for key, text in texts.items()}))

    return set_config


@pytest.fixture(autouse=True)
def kubeconfig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A kubeconfig with a cluster that answers, `up`, and one that does not, `down`."""
    with socket.create_server(("127.0.0.1", 0)) as up:
        servers = {"up": f"https://127.0.0.1:{up.getsockname()[1]}", "down": "https://127.0.0.1:1"}
        monkeypatch.setenv("KUBECONFIG", str(write(tmp_path / "kubeconfig", servers, current="up")))
        yield tmp_path / "kubeconfig"


def test_the_program_makes_one_hub_with_one_provider_and_exports_what_people_need(
    configure: Callable[[dict[str, object]], None],
) -> None:
    configure({**VALUES, "kubernetes.context": "up"})
    program = _run()
    assert program.one("JupyterHub").name == "tf-hub"
    assert program.one("kubernetes").inputs["context"] == "up"
    assert program.exports == {
        "hub_url": "http://127.100.0.10",
        "namespace": "jupyterhub",
        "port_forward_command": "kubectl --context up --namespace jupyterhub port-forward svc/tf-hub-lb 8000:80",
        "oauth_callback_url": "http://127.100.0.10/hub/oauth_callback",
    }


def test_a_mistake_in_the_stack_file_ends_the_program_with_a_message_for_a_person(
    configure: Callable[[dict[str, object]], None],
) -> None:
    configure({**VALUES, "notebook.storage": {"size": "1Gib"}, "nmae": "tf-hub"})
    with pytest.raises(pulumi.RunError, match=r"(?s)notebook\.storage.*nmae|nmae.*notebook\.storage"):
        _run()


def test_a_mistake_in_the_operators_python_ends_the_program_before_anything_is_asked_for(
    configure: Callable[[dict[str, object]], None],
) -> None:
    configure({**VALUES, "hub.extraConfig": "\nc.KubeSpawner.imgae = 'x'\nc.JupyterHub.port = 'y'"})
    with pytest.raises(pulumi.RunError) as caught:
        _run()
    assert "hub.extraConfig, line 2: KubeSpawner.imgae: is not known" in str(caught.value)
    assert "hub.extraConfig, line 3: JupyterHub.port: must be a whole number" in str(caught.value)


def test_an_unreachable_cluster_ends_the_program_with_a_message_for_a_person(
    configure: Callable[[dict[str, object]], None],
) -> None:
    configure({**VALUES, "kubernetes.context": "down"})
    with pytest.raises(pulumi.RunError, match="cannot be reached"):
        _run()


def test_every_run_of_the_same_stack_asks_for_the_same(configure: Callable[[dict[str, object]], None]) -> None:
    configure(dict(VALUES))
    first, second = ({resource.urn: text_of(resource.inputs) for resource in _run().resources} for _ in range(2))
    assert first == second


def test_a_stack_without_google_does_not_wait_for_the_google_sdk() -> None:
    program = (
        "import sys, components.cluster, components.jupyterhub; "
        "print(*(name for name in sys.modules if name.count('.') > 1 and name.startswith('pulumi_gcp.')))"
    )
    load = [sys.executable, "-c", program]
    assert subprocess.run(load, cwd=_MAIN.parent, capture_output=True, text=True, check=True).stdout.split() == []
    asks = [sys.executable, "-c", f"import pulumi_gcp; pulumi_gcp.compute.Address; {program}"]
    assert subprocess.run(asks, cwd=_MAIN.parent, capture_output=True, text=True, check=True).stdout.split()
