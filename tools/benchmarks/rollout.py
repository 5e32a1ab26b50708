"""`make bench-rollout`: the effect of changes on people, every 100 ms; prints a table, writes build/rollout.json.

Needs the hub of `make up`. It changes that stack, one thing after the other, and leaves it as it was.
"""

import json
import ssl
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path

import httpx
import yaml
from rich.console import Console
from rich.table import Table

from tools import paths
from tools.engine import Stack
from tools.errors import ToolError, run_reporting_errors
from tools.local import deploy, images

RESULT = paths.CHECKOUT / "build" / "rollout.json"
_FILE = paths.CHECKOUT / "Pulumi.dev.yaml"
_PERSON = "bench"
_TLS = ssl.create_default_context()
"""Made once: it takes longer than a request."""
_PAUSE = 0.1
"""Seconds between two requests."""
_BROKEN = "c.JupyterHub.db_url = 'sqlite:////nowhere/hub.sqlite'"
_REASON = "unable to open database file"
"""Its error."""
_CASES: Mapping[str, Mapping[str, object]] = {
    "a setting of the hub": {"notebook.idleMinutes": 30},
    "a secret of the hub": {"secrets.cryptKeyGeneration": 2},
    "the proxy's resources": {"proxy.resources": {"requests": {"memory": "97Mi"}}},
    "what neither reads": {"clusterAdmin.user": "bench@example.org"},
    "a hub that does not start": {"hub.extraConfig": _BROKEN},
    "fixed again": {"hub.extraConfig": ""},
}
"""The changes, one after the other; each stays."""


@dataclass(kw_only=True)
class Case:
    """The measurements of one change."""

    name: str
    seconds: float = 0.0
    """Until `pulumi up` ended."""
    hub_failures: int = 0
    """Failed requests to the hub's pages."""
    hub_gap: float = 0.0
    """Seconds between two good answers of the hub's pages, at the most: failures and waiting count alike."""
    live: float = 0.0
    """Seconds from the beginning until the first good answer after that gap; 0 if nothing failed."""
    notebook_failures: int = 0
    """Failed requests to a running notebook."""
    notebook_gap: float = 0.0
    """Seconds between two good answers of a running notebook, at the most."""
    requests: int = 0
    """To the notebook, altogether."""
    failure: str = ""
    """Pulumi's output of a failure; empty if it succeeded."""


@dataclass
class _Probe:
    ask: Callable[[], bool]
    began: float = field(default_factory=time.monotonic)
    asked: int = 0
    failed: int = 0
    good: list[float] = field(default_factory=list[float])
    """When each good answer was there."""
    ended: float = 0.0

    def run(self, over: threading.Event) -> None:
        while not over.wait(_PAUSE):
            self.asked += 1
            if self.ask():
                self.good.append(time.monotonic())
            else:
                self.failed += 1
        self.ended = time.monotonic()

    def gap(self) -> tuple[float, float]:
        """Return the longest time without a good answer, and when it ended, in seconds from the beginning."""
        times = [self.began, *self.good, self.ended]
        return max((after - before, after - self.began) for before, after in pairwise(times))


def main() -> int:
    """Measure all changes."""
    stack = deploy.existing("dev")
    url = stack.output("hub_url")
    token = _start_notebook(url)
    cases: list[Case] = []
    settings: dict[str, object] = {}
    for name, changed in _CASES.items():
        settings |= changed
        with _probes(url, token) as (hub, notebook):
            begin = time.monotonic()
            failure = _up(stack, settings)
            seconds = time.monotonic() - begin
            time.sleep(5)
        gap, live = hub.gap()
        cases.append(
            Case(
                name=name,
                seconds=seconds,
                hub_failures=hub.failed,
                hub_gap=gap,
                live=live if hub.failed and not failure else 0.0,
                notebook_failures=notebook.failed,
                notebook_gap=notebook.gap()[0],
                requests=notebook.asked,
                failure=failure,
            )
        )
    _up(stack, {})
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps([asdict(case) for case in cases], indent=2))
    table = Table(
        "change of", "pulumi up", "hub: no good answer for", "live after", "notebook: failed", "waited", "ended"
    )
    for case in cases:
        hub = f"{case.hub_gap:.1f} s ({case.hub_failures} failed)"
        live = f"{case.live:.1f} s" if case.live else "-"
        failures = f"{case.notebook_failures} of {case.requests}"
        ended = (
            "with the hub's reason"
            if _REASON in case.failure
            else "well"
            if not case.failure
            else "with another reason"
        )
        table.add_row(case.name, f"{case.seconds:.1f} s", hub, live, failures, f"{case.notebook_gap:.1f} s", ended)
    Console().print(table)
    return 0


def _up(stack: Stack, settings: Mapping[str, object]) -> str:
    """Bring the stack up, and return Pulumi's output if it failed."""
    content = yaml.safe_load(_FILE.read_text())
    content["config"] |= {f"jupyterhub:{key}": value for key, value in settings.items()}
    built = {f"{name}.image": image.reference for name, image in images.ensure_built().items()}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / _FILE.name
        file.write_text(yaml.safe_dump(content))
        stack.prepare(file, built)
    done = stack.run("up", "--yes")
    return done.stdout if done.returncode else ""


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
        # A new connection each time, as a new visitor has.
        return httpx.get(url, headers=headers, timeout=5, verify=_TLS).status_code == 200
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
            message = "The notebook does not start. Open it in the browser for the reason."
            raise ToolError(message)
        time.sleep(1)
    return str(token)


if __name__ == "__main__":
    sys.exit(run_reporting_errors(main))
