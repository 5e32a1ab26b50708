"""`make bench-rollout`: what people notice of changes, asked every 100 ms; prints a table, writes build/rollout.json.

Needs the hub of `make up`. It changes that stack, one thing after the other, and leaves it as it was.
"""

import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import httpx
import yaml
from rich.console import Console
from rich.table import Table

from local import deploy, images, paths
from local.commands import run
from local.errors import LocalError
from local.stack import Stack

RESULT = paths.CHECKOUT / "build" / "rollout.json"
_FILE = paths.CHECKOUT / "Pulumi.dev.yaml"
_PERSON = "bench"
_PAUSE = 0.1
"""Seconds between two requests."""
_BROKEN = "c.JupyterHub.db_url = 'sqlite:////nowhere/hub.sqlite'"
_CASES: Mapping[str, Mapping[str, object]] = {
    "a setting of the hub": {"notebook.idleMinutes": 30},
    "a secret of the hub": {"notebook.idleMinutes": 30, "secrets.cryptKeyGeneration": 2},
    "the proxy's resources": {"proxy.resources": {"requests": {"memory": "97Mi"}}},
    "what neither reads": {"clusterAdmin.user": "bench@example.org"},
    "a hub that does not start": {"hub.extraConfig": _BROKEN},
    "mended": {},
}


@dataclass(kw_only=True)
class Case:
    """What was noticed of one change."""

    name: str
    seconds: float = 0.0
    """Until `pulumi up` ended."""
    hub_seconds: float = 0.0
    """From the first to the last failed request to the hub's pages, plus one pause; 0 if none failed."""
    notebook_failures: int = 0
    """Failed requests to a running notebook."""
    requests: int = 0
    """To the notebook, altogether."""
    told: str = ""
    """The end of what Pulumi said of a failure."""


@dataclass
class _Probe:
    ask: Callable[[], bool]
    failed: list[float] = field(default_factory=list[float])
    asked: int = 0

    def run(self, over: threading.Event) -> None:
        while not over.wait(_PAUSE):
            begin = time.monotonic()
            self.asked += 1
            if not self.ask():
                self.failed.append(begin)


def main() -> int:
    """Measure all changes."""
    stack = deploy.existing("dev")
    url = stack.output("hub_url")
    token = _start_notebook(url)
    cases: list[Case] = []
    for name, changed in _CASES.items():
        with _probes(url, token) as (hub, notebook):
            begin, told = time.monotonic(), ""
            try:
                _up(stack, changed)
            except LocalError as error:
                told = str(error)
            seconds = time.monotonic() - begin
            time.sleep(5)
        gap = hub.failed[-1] - hub.failed[0] + _PAUSE if hub.failed else 0.0
        cases.append(
            Case(
                name=name,
                seconds=seconds,
                hub_seconds=gap,
                notebook_failures=len(notebook.failed),
                requests=notebook.asked,
                told=told,
            )
        )
    _up(stack, {})
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps([asdict(case) for case in cases], indent=2))
    table = Table("change of", "pulumi up", "hub's pages failed for", "failed requests to a notebook", "ended")
    for case in cases:
        failures = f"{case.notebook_failures} of {case.requests}"
        ended = "with the hub's reason" if "The hub does not start" in case.told else "well" if not case.told else "?"
        table.add_row(case.name, f"{case.seconds:.1f} s", f"{case.hub_seconds:.1f} s", failures, ended)
    Console().print(table)
    return 0


def _up(stack: Stack, changed: Mapping[str, object]) -> None:
    content = yaml.safe_load(_FILE.read_text())
    content["config"] |= {f"jupyterhub:{key}": value for key, value in changed.items()}
    built = {f"{name}.image": image.reference for name, image in images.ensure_built().items()}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / _FILE.name
        file.write_text(yaml.safe_dump(content))
        stack.prepare(file, built)
    run(stack.command("up", "--yes", "--non-interactive"), env=stack.environment, doing="pulumi up")


@contextmanager
def _probes(url: str, token: str) -> Generator[tuple[_Probe, _Probe]]:
    """Ask the hub's first page and a running notebook, until the end."""
    headers = {"Authorization": f"token {token}"}
    hub = _Probe(lambda: _is_good(f"{url}/hub/login"))
    notebook = _Probe(lambda: _is_good(f"{url}/user/{_PERSON}/api/status", headers))
    over = threading.Event()
    threads = [threading.Thread(target=probe.run, args=(over,)) for probe in (hub, notebook)]
    for thread in threads:
        thread.start()
    try:
        yield hub, notebook
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _is_good(url: str, headers: Mapping[str, str] | None = None) -> bool:
    try:
        return httpx.get(url, headers=headers, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def _start_notebook(url: str) -> str:
    """Start a server as a person would; a token that opens it."""
    with httpx.Client(base_url=url, follow_redirects=True, timeout=30) as client:
        client.get("/hub/login")
        form = {"username": _PERSON, "password": "any", "_xsrf": client.cookies["_xsrf"]}
        client.post("/hub/login", data=form)
        client.get("/hub/home")
        headers = {
            "X-XSRFToken": next(c.value or "" for c in client.cookies.jar if c.name == "_xsrf" and c.path == "/hub/")
        }
        client.post(f"/hub/api/users/{_PERSON}/server", headers=headers, json={})
        token = client.post(f"/hub/api/users/{_PERSON}/tokens", headers=headers, json={}).json()["token"]
    deadline = time.monotonic() + 120
    while not _is_good(f"{url}/user/{_PERSON}/api/status", {"Authorization": f"token {token}"}):
        if time.monotonic() > deadline:
            message = "The notebook does not start; look at it in the browser."
            raise LocalError(message)
        time.sleep(1)
    return str(token)


if __name__ == "__main__":
    sys.exit(main())
