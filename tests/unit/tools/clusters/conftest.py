"""A machine with recorded programs, and `make` on it."""

import sys
from collections.abc import Callable, Generator
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
import yaml

from tests.doubles.container_programs import Programs
from tests.kubeconfigs import write
from tools import paths
from tools.clusters import choice, kind
from tools.clusters.kind import Kind
from tools.engine import stack
from tools.image_tags import SOURCES, digest
from tools.local import deploy

Make = Callable[..., int]

TAGS = {name: digest(name, paths.CHECKOUT / "docker") for name in SOURCES}
"""The tags of the images of this checkout."""


def publish(machine: Programs, *names: str) -> None:
    """Publish images in the registry."""
    (machine.state / "published").write_text("".join(f"ghcr.io/octo/hub/{name}:{TAGS[name]}\n" for name in names))


def config_of(tmp_path: Path) -> dict[str, object]:
    """Return the config of the stack that Pulumi reads."""
    file = tmp_path / "state" / "stacks" / "dev" / "Pulumi.dev.yaml"
    config = yaml.safe_load(file.read_text())["config"]
    return {key.removeprefix("jupyterhub:"): value for key, value in config.items()}


def ups(machine: Programs) -> list[str]:
    """Return the calls of `pulumi up`."""
    return [call for call in machine.calls("pulumi") if " up " in call]


class _Server(BaseHTTPRequestHandler):
    """An API server without objects, and the page of a hub."""

    def do_GET(self) -> None:
        """Respond to a request."""
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b'{"roleRef": {"apiGroup": "", "kind": "Role", "name": "any"}, "items": []}')

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the name is the library's
        """Print nothing."""


@pytest.fixture
def server() -> Generator[str]:
    """The URL of an API server, which also serves the hub's page."""
    with HTTPServer(("127.0.0.1", 0), _Server) as serving:
        Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, server: str) -> Programs:
    """A machine with docker, kind, minikube and pulumi, and with folders of its own."""
    programs = Programs(tmp_path / "machine")
    programs.folder.mkdir()
    programs.write()
    (programs.state / "output-hub_url").write_text(server)
    (programs.state / "output-port_forward_command").write_text("kubectl port-forward")
    write(programs.state / "kubeconfig", {"kind-jupyterhub-local": server}, current="kind-jupyterhub-local")
    state = tmp_path / "state"
    monkeypatch.setattr(paths, "STATE", state)
    monkeypatch.setattr(paths, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(kind, "FOLDER", state / "kind")
    monkeypatch.setattr(kind, "KUBECONFIG", state / "kind" / "kubeconfig")
    monkeypatch.setattr(kind, "_MADE", state / "kind" / "made")
    monkeypatch.setattr(Kind, "kubeconfig", state / "kind" / "kubeconfig")
    monkeypatch.setattr(choice.layout, "KUBECONFIG", state / "kubeconfig")
    monkeypatch.setattr(choice, "exists", partial(stack.exists, folder=state))
    monkeypatch.setattr(deploy, "stack_exists", partial(stack.exists, folder=state))
    monkeypatch.setattr(deploy, "copy_of", partial(stack.copy_of, folder=state))
    monkeypatch.setattr(deploy, "Stack", partial(stack.Stack, folder=state, isolated=True))
    monkeypatch.setenv("PATH", str(programs.folder / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HUB_IMAGES", "ghcr.io/octo/hub")
    for name in ("KUBECONFIG", "HUB_PORT", "SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"):
        monkeypatch.delenv(name, raising=False)

    def is_taken(port: int) -> bool:
        return port == 9

    monkeypatch.setattr(kind.host, "is_taken", is_taken)
    return programs


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch, machine: Programs) -> Make:
    """The commands of `make` for stack dev: `make("up", "kind")` is `make up CLUSTER=kind`."""
    del machine

    def run(command: str, cluster: str = "") -> int:
        monkeypatch.setattr(sys, "argv", ["deploy", command, "--cluster", cluster])
        return deploy.main()

    return run
