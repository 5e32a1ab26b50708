"""`make bench-rollout`: measures the effect of changes on users, prints a table and writes build/rollout.json.

Needs the hub of `make up`. It makes the changes to that stack, one after the other, and undoes them at the end.
"""

import json
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import httpx
import yaml
from rich.console import Console
from rich.table import Table

from tools import paths
from tools.benchmarks.visitor import TLS, Visitor
from tools.engine import Stack
from tools.errors import run_reporting_errors
from tools.local import deploy, images
from tools.waiting import wait_for

RESULT = paths.CHECKOUT / "build" / "rollout.json"
_FILE = paths.CHECKOUT / "Pulumi.dev.yaml"
_USER = "bench"
_PAUSE = 0.1
"""Seconds between two requests."""
_BROKEN = 'c.JupyterHub.load_roles.append({"name": "broken", "scopes": ["nowhere"]})'
_REASON = "Scope 'nowhere' for role broken does not exist"
"""Its error."""
_CHANGES: Mapping[str, Mapping[str, object]] = {
    "a setting of the hub": {"notebook.idleMinutes": 30},
    "a secret of the hub": {"secrets.cryptKeyGeneration": 2},
    "the proxy's resources": {"proxy.resources": {"requests": {"memory": "97Mi"}}},
    "a setting that neither reads": {"clusterAdmin.user": "bench@example.org"},
    "a hub that does not start": {"hub.extraConfig": _BROKEN},
    "the same, fixed": {"hub.extraConfig": ""},
}
"""The changes, one after the other; each stays."""


@dataclass(frozen=True, kw_only=True)
class Requests:
    """The requests to one page during a change."""

    sent: int
    failed: int
    gap: float
    """Longest time between two successful responses in seconds: failures and waiting count alike."""
    until: float
    """End of that time, in seconds from the beginning."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """The measurements of one change."""

    change: str
    seconds: float
    """Duration of `pulumi up`."""
    failure: str
    """Pulumi's output of a failure; empty if it succeeded."""
    hub: Requests
    notebook: Requests

    def row(self) -> dict[str, str]:
        """Return the row of the table, by heading."""
        ready = self.hub.failed and not self.failure
        error = "error with the hub's own reason" if _REASON in self.failure else "error with another reason"
        return {
            "change of": self.change,
            "pulumi up": f"{self.seconds:.1f} s",
            "hub: no successful response for": f"{self.hub.gap:.1f} s",
            "new hub ready after": f"{self.hub.until:.1f} s" if ready else "-",
            "notebook: failed requests": f"{self.notebook.failed} of {self.notebook.sent}",
            "result": error if self.failure else "success",
        }


def main() -> int:
    """Measure all changes."""
    stack = deploy.existing("dev")
    url = stack.output("hub_url")
    token = _start_notebook(url)
    results: list[Result] = []
    settings: dict[str, object] = {}
    for change, changed in _CHANGES.items():
        settings |= changed
        results.append(_measure(change, stack, settings, url, token))
    _up(stack, {})
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps([asdict(result) for result in results], indent=2))
    table = Table(*results[0].row())
    for result in results:
        table.add_row(*result.row().values())
    Console().print(table)
    return 0


def _measure(change: str, stack: Stack, settings: Mapping[str, object], url: str, token: str) -> Result:
    """Request the hub's first page and a running notebook during a change."""
    over = threading.Event()
    with ThreadPoolExecutor() as threads:
        hub = threads.submit(_requests, over, f"{url}/hub/login")
        notebook = threads.submit(_requests, over, _notebook(url), token)
        begin = time.monotonic()
        try:
            failure = _up(stack, settings)
            seconds = time.monotonic() - begin
            time.sleep(5)
        finally:
            over.set()
    return Result(change=change, seconds=seconds, failure=failure, hub=hub.result(), notebook=notebook.result())


def _requests(over: threading.Event, url: str, token: str = "") -> Requests:
    begin = time.monotonic()
    successes = [begin]
    sent = 0
    while not over.wait(_PAUSE):
        sent += 1
        if _succeeds(url, token):
            successes.append(time.monotonic())
    gap, until = max((after - before, after - begin) for before, after in pairwise([*successes, time.monotonic()]))
    return Requests(sent=sent, failed=sent - (len(successes) - 1), gap=gap, until=until)


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


def _succeeds(url: str, token: str) -> bool:
    headers = {"Authorization": f"token {token}"} if token else {}
    try:
        # A new connection each time, as a new visitor has.
        return httpx.get(url, headers=headers, timeout=5, verify=TLS).status_code == 200
    except httpx.HTTPError:
        return False


def _notebook(url: str) -> str:
    return f"{url}/user/{_USER}/api/status"


def _start_notebook(url: str) -> str:
    """Start a user's server, and return a token for it."""
    with closing(Visitor(url, _USER)) as user:
        user.start()
        token = user.token()
    message = "The notebook does not start. Open it in the browser for the reason."
    wait_for(lambda: _succeeds(_notebook(url), token), seconds=120, problem=lambda: message, pause=1)
    return token


if __name__ == "__main__":
    sys.exit(run_reporting_errors(main))
