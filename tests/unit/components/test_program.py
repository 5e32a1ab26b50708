import json
import runpy
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pulumi
import pytest
from pulumi.runtime.config import set_all_config

from settings.reading.keys import SECRETS
from tests.doubles.monitor import Record, record
from tests.kubeconfigs import write
from tests.stacks import EXISTING, GATEWAY, GKE, VALUES, text_of

_MAIN = Path(__file__).parents[3] / "__main__.py"


def _run() -> Record:
    return record(lambda: runpy.run_path(str(_MAIN), run_name="__main__"))


def _refused(cluster: Mapping[str, object] | None = None) -> tuple[str, Record]:
    """Return the error message of the program, and its registrations until then.

    `cluster` has properties of the existing cluster that differ from the default ones.
    """
    messages: list[str] = []

    def program() -> None:
        with pytest.raises(pulumi.RunError) as caught:
            runpy.run_path(str(_MAIN), run_name="__main__")
        messages.append(str(caught.value))

    made = record(program, answers={"gcp:container/getCluster:getCluster": dict(cluster or {})})
    return messages[0], made


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, object]], None]:
    """Set the stack's config."""

    def set_config(values: dict[str, object]) -> None:
        texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}
        # The language host passes the secret keys as an argument, not in the environment.
        set_all_config({}, [f"jupyterhub:{key}" for key in SECRETS])
        monkeypatch.setenv("PULUMI_CONFIG", json.dumps({f"jupyterhub:{key}": text for key, text in texts.items()}))

    return set_config


@pytest.fixture(autouse=True)
def kubeconfig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A kubeconfig with a reachable cluster, `up`, and an unreachable one, `down`."""
    with socket.create_server(("127.0.0.1", 0)) as up:
        servers = {"up": f"https://127.0.0.1:{up.getsockname()[1]}", "down": "https://127.0.0.1:1"}
        monkeypatch.setenv("KUBECONFIG", str(write(tmp_path / "kubeconfig", servers, current="up")))
        yield tmp_path / "kubeconfig"


def test_the_program_creates_one_hub_with_one_provider_and_exports(
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
        "next_steps": ["Open http://127.100.0.10"],
    }


def test_invalid_settings_end_the_program_before_any_registration(
    configure: Callable[[dict[str, object]], None],
) -> None:
    configure({**VALUES, "notebook.storage": {"size": "1Gib"}, "nmae": "tf-hub"})
    message, made = _refused()
    assert "notebook.storage" in message
    assert "nmae" in message
    assert made.resources == []


@pytest.mark.parametrize("stack", [VALUES, GKE], ids=["context", "create"])
def test_an_invalid_extra_config_ends_the_program_before_any_registration(
    stack: Mapping[str, object], configure: Callable[[dict[str, object]], None]
) -> None:
    configure({**stack, "hub.extraConfig": "\nc.KubeSpawner.imgae = 'x'\nc.JupyterHub.port = 'y'"})
    message, made = _refused()
    assert "hub.extraConfig, line 2: KubeSpawner.imgae: is not known" in message
    assert "hub.extraConfig, line 3: JupyterHub.port: must be a whole number" in message
    assert made.resources == []


def test_an_unsuitable_existing_cluster_is_only_looked_up(
    configure: Callable[[dict[str, object]], None],
) -> None:
    configure({**GKE, **EXISTING, **GATEWAY})
    message, made = _refused({"gatewayApiConfigs": []})
    assert "endpoint.type: gateway needs the Gateway API" in message
    assert [resource.type for resource in made.resources] == ["pulumi:providers:gcp"]


def test_an_unreachable_cluster_ends_the_program_before_any_registration(
    configure: Callable[[dict[str, object]], None],
) -> None:
    configure({**VALUES, "kubernetes.context": "down"})
    message, made = _refused()
    assert "cannot be reached" in message
    assert made.resources == []


def test_two_runs_of_the_same_stack_register_the_same(configure: Callable[[dict[str, object]], None]) -> None:
    configure(dict(VALUES))
    first, second = ({resource.urn: text_of(resource.inputs) for resource in _run().resources} for _ in range(2))
    assert first == second


def test_a_stack_without_google_does_not_load_the_google_sdk() -> None:
    program = (
        "import sys, components.cluster, components.jupyterhub; "
        "print(*(name for name in sys.modules if name.count('.') > 1 and name.startswith('pulumi_gcp.')))"
    )
    load = [sys.executable, "-c", program]
    assert subprocess.run(load, cwd=_MAIN.parent, capture_output=True, text=True, check=True).stdout.split() == []
    loading = [sys.executable, "-c", f"import pulumi_gcp; pulumi_gcp.organizations.Folder; {program}"]
    assert subprocess.run(loading, cwd=_MAIN.parent, capture_output=True, text=True, check=True).stdout.split()
