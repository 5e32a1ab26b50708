"""The example of a program of one's own in Python, which imports the components."""

import json
import runpy
import socket
from pathlib import Path

import pytest
from pulumi.runtime.config import set_all_config

from tests.doubles.monitor import record
from tests.kubeconfigs import write
from tests.stacks import VALUES, record_values
from tools.paths import CHECKOUT


def test_the_example_has_the_whole_hub_and_its_own_object(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_all_config({}, [])
    config = {
        f"jupyterhub:{key}": value if isinstance(value, str) else json.dumps(value) for key, value in VALUES.items()
    }
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps({**config, "my-platform:other": "of the program"}))
    program = CHECKOUT / "examples" / "python" / "__main__.py"
    with socket.create_server(("127.0.0.1", 0)) as up:
        servers = {"up": f"https://127.0.0.1:{up.getsockname()[1]}"}
        monkeypatch.setenv("KUBECONFIG", str(write(tmp_path / "kubeconfig", servers, current="up")))
        made = record(lambda: runpy.run_path(str(program), run_name="__main__"))
    found = {(resource.type, resource.name) for resource in made.resources}
    assert {(resource.type, resource.name) for resource in record_values(VALUES).resources} <= found
    (portal,) = [resource for resource in made.of("ConfigMap") if resource.name == "portal"]
    assert portal.inputs["data"] == {"hub": "http://127.100.0.10"}
    assert made.exports["hub_url"] == "http://127.100.0.10"
