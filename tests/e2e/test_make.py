"""`make up` with kind: docker and kind are recorded, and the local cluster is in the place of kind's."""

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Event, Thread

import httpx
import pytest
import yaml
from kubernetes.client import AppsV1Api, CoreV1Api

from tests.doubles.container_programs import Programs
from tests.e2e.hub_settings import MAKE_NAMESPACE, MAKE_NOTEBOOKS, MAKE_SETTINGS
from tests.e2e.hubs import forget
from tools.engine import Engine
from tools.local import api, layout
from tools.paths import CHECKOUT

pytestmark = pytest.mark.scenario

_NODE_PORT = 30080
_MAKE = """
import sys
from pathlib import Path
from tools.local import deploy
deploy.paths.CHECKOUT = Path(sys.argv.pop(1))
sys.exit(deploy.main())
"""
"""The commands of `make` with the stack files of another folder."""
_MAKE_LOCAL = """
import sys
from functools import partial
from pathlib import Path
from tools.clusters import choice
from tools.local import deploy
folder = Path(sys.argv.pop(1))
deploy.paths.CHECKOUT = folder
deploy.Stack = partial(deploy.Stack, folder=folder / "local", isolated=True)
deploy.stack_exists = choice.exists = partial(deploy.stack_exists, folder=folder / "local")
choice._file = lambda stack: folder / "local" / "cluster"
sys.exit(deploy.main())
"""
"""The same with the state of the stack in that folder, but the cluster of this machine."""


class _ToNode(BaseRequestHandler):
    """A connection to the node port, as Docker forwards it."""

    def handle(self) -> None:
        """Copy both directions until one ends."""
        with suppress(ConnectionError), socket.create_connection(("127.0.0.1", _NODE_PORT)) as node:
            back = Thread(target=_copy, args=(node, self.request))
            back.start()
            _copy(self.request, node)
            back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):  # the other end may have closed it
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


class _Forwarding(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@dataclass(frozen=True)
class _Machine:
    programs: Programs
    port: int
    folder: Path

    def make_locally(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run `make COMMAND STACK=make CLUSTER=local`."""
        words = [sys.executable, "-c", _MAKE_LOCAL, str(self.folder), command, "--stack", "make", "--cluster", "local"]
        return subprocess.run(words, cwd=CHECKOUT, capture_output=True, text=True, check=False)

    def make(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run `make COMMAND STACK=make CLUSTER=kind`."""
        words = [sys.executable, "-c", _MAKE, str(self.folder), command, "--stack", "make", "--cluster", "kind"]
        variables = {name: value for name, value in os.environ.items() if name != "KUBECONFIG"} | {
            "PATH": f"{self.programs.folder / 'bin'}:{os.environ['PATH']}",
            "XDG_STATE_HOME": str(self.folder),
            "HUB_PORT": str(self.port),
        }
        return subprocess.run(words, cwd=CHECKOUT, env=variables, capture_output=True, text=True, check=False)

    def forward(self, over: Event) -> None:
        """Forward the port as Docker does, from the creation of the cluster on."""
        while not (self.programs.state / "port").read_text():
            if over.wait(0.1):
                return
        with _Forwarding(("127.0.0.1", self.port), _ToNode) as forwarding:
            Thread(target=forwarding.serve_forever).start()
            over.wait()
            forwarding.shutdown()


@pytest.fixture(scope="module")
def machine(
    built_engine: Engine, live_cluster: Path, image_settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Generator[_Machine]:
    """A machine with the recorded programs."""
    assert built_engine
    forget(MAKE_NAMESPACE, MAKE_NOTEBOOKS)
    folder = tmp_path_factory.mktemp("make")
    config = {f"jupyterhub:{key}": value for key, value in {**MAKE_SETTINGS, **image_settings}.items()}
    (folder / "Pulumi.make.yaml").write_text(yaml.safe_dump({"config": config}))
    programs = Programs(folder / "machine")
    programs.folder.mkdir()
    programs.write()
    programs.remove("pulumi")
    shutil.copy(live_cluster, programs.state / "kubeconfig")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        made = _Machine(programs, free.getsockname()[1], folder)
    over = Event()
    forwarding = Thread(target=made.forward, args=(over,))
    forwarding.start()
    yield made
    over.set()
    forwarding.join()
    forget(MAKE_NAMESPACE, MAKE_NOTEBOOKS)


def test_up_prints_the_url_of_a_hub_behind_the_node_port(machine: _Machine) -> None:
    done = machine.make("up")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    url = f"http://127.0.0.1:{machine.port}"
    assert done.stdout.splitlines()[-1] == url
    assert httpx.get(f"{url}/hub/login").status_code == httpx.codes.OK
    service = CoreV1Api(api.connect()).read_namespaced_service("tf-hub-lb", MAKE_NAMESPACE)
    assert service.spec
    assert service.spec.type == "NodePort"


def test_people_sign_in_at_that_url(machine: _Machine) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{machine.port}", follow_redirects=True) as client:
        xsrf = re.findall(r'name="_xsrf" value="([^"]+)"', client.get("/hub/login").text)[0]
        form = {"username": "ada", "password": "any", "_xsrf": xsrf}
        page = client.post("/hub/login", params={"_xsrf": xsrf}, data=form)
    assert page.status_code == httpx.codes.OK
    assert page.url.path.startswith("/hub/")
    assert "ada" in page.text


def test_a_second_up_changes_nothing(machine: _Machine) -> None:
    machine.programs.forget()
    done = machine.make("up")
    assert done.returncode == 0, done.stderr[-3000:]
    assert re.search(r"\d+ unchanged", done.stdout)
    assert " updated" not in done.stdout
    assert [call for call in machine.programs.calls("kind") if not call.startswith("get ")] == []


def test_down_destroys_the_stack(machine: _Machine) -> None:
    done = machine.make("down")
    assert done.returncode == 0, done.stderr[-3000:]
    assert AppsV1Api(api.connect()).list_namespaced_stateful_set(MAKE_NAMESPACE).items == []


def test_down_forgets_the_stack_of_a_cluster_that_was_deleted(machine: _Machine) -> None:
    state = machine.folder / "jupyterhub-on-gke"
    (state / "kind").mkdir(exist_ok=True)
    for name in ("kubeconfig", "made"):
        (state / "kind" / name).touch()
    (machine.programs.state / "clusters").write_text("")
    assert list((state / "pulumi").rglob("stacks/jupyterhub/make.json"))
    done = machine.make("down")
    assert done.returncode == 0, done.stderr[-3000:]
    assert "nothing is left to destroy" in done.stderr
    assert list((state / "pulumi").rglob("stacks/jupyterhub/make.json")) == []
    assert not (state / "kind").exists()


def test_the_same_stack_file_makes_a_hub_on_the_local_cluster(machine: _Machine) -> None:
    done = machine.make_locally("up")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert done.stdout.splitlines()[-1] == f"http://{MAKE_SETTINGS['endpoint.address']}"
    assert "Cluster: the local cluster on this machine." in done.stderr
    assert machine.make_locally("url").stdout == f"http://{MAKE_SETTINGS['endpoint.address']}\n"
    assert machine.make_locally("kubeconfig").stdout == f"{layout.KUBECONFIG}\n"
    assert machine.make_locally("preview").returncode == 0
    assert machine.make_locally("destroy").returncode == 0
    assert AppsV1Api(api.connect()).list_namespaced_stateful_set(MAKE_NAMESPACE).items == []
