"""Actions of a user on the pages of the hub and JupyterLab, in a browser."""

import os
import shutil
from collections.abc import Generator, Mapping
from contextlib import contextmanager

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tools.paths import CHECKOUT

START_MILLISECONDS = 120_000
"""Timeout for the start of a server."""

FAILURE = CHECKOUT / "build" / "failed.png"
"""Screenshot of the last failed test."""

_MODULES_OF_HOME = '["jquery", "moment", "jhapi", "utils"].every(name => require.defined(name))'
"""JavaScript: whether the modules of JupyterHub's home page are loaded."""

_QUIET = (
    # Chromium has no sandbox as root. The other options disable requests to Google.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def running(executable: str, *, hosts: Mapping[str, str]) -> Generator[Browser]:
    """Run a browser that resolves `hosts` to addresses."""
    rules = ", ".join(f"MAP {host} {address}" for host, address in hosts.items())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=[*_QUIET, f"--host-resolver-rules={rules}"]
        )
        yield browser
        browser.close()


@contextmanager
def open_browser(browser: Browser, url: str, *, headers: dict[str, str] | None = None) -> Generator[Page]:
    """Open the hub's first page in a new browser context; `headers` are sent with each request."""
    # The tests check certificates elsewhere.
    context = browser.new_context(
        viewport={"width": 1280, "height": 860}, ignore_https_errors=True, extra_http_headers=headers
    )
    page = context.new_page()
    page.goto(url)
    try:
        yield page
    except BaseException:
        page.screenshot(path=FAILURE)
        raise
    finally:
        context.close()


def sign_in(page: Page, name: str) -> None:
    """Sign in with a name and any password."""
    page.fill("#username_input", name)
    page.fill("#password_input", "any password")
    page.click("#login_submit")
    page.wait_for_url(lambda url: "/hub/login" not in url)


def sign_in_with_github(page: Page, login: str, *, answer: str = "authorize") -> None:
    """Sign in with GitHub from the hub's first page; `answer` is the button on GitHub: `authorize` or `cancel`."""
    page.get_by_role("button", name="Sign in with GitHub").click()
    page.fill("#login", login)
    page.click(f"#{answer}")


def screenshot(page: Page, name: str) -> None:
    """Save a screenshot as `build/<name>.png`."""
    page.screenshot(path=FAILURE.with_name(f"{name}.png"))


def picture(page: Page, name: str) -> None:
    """Save a picture of the documentation: `build/<name>.png`, and with WRITE_EXAMPLES=1 docs/images/ too."""
    screenshot(page, name)
    if os.environ.get("WRITE_EXAMPLES"):
        shutil.copy(FAILURE.with_name(f"{name}.png"), CHECKOUT / "docs" / "images")


def start(page: Page, **fields: str) -> None:
    """Fill the spawn form and press Start."""
    for field, value in fields.items():
        page.fill(f"#{field}", value)
    page.click("#spawn_form button[type=submit]")


def wait_for_lab(page: Page) -> None:
    """Wait until JupyterLab has loaded."""
    page.wait_for_url("**/lab**", timeout=START_MILLISECONDS)
    expect(page.locator("#jp-main-dock-panel")).to_be_visible(timeout=START_MILLISECONDS)
    expect(page.locator("#jupyterlab-splash")).to_have_count(0, timeout=START_MILLISECONDS)


def new_notebook(page: Page) -> None:
    """Open a notebook from JupyterLab's launcher, and wait for its kernel."""
    page.locator(".jp-LauncherCard[data-category=Notebook]").first.click(timeout=START_MILLISECONDS)
    expect(page.locator(".jp-NotebookPanel .jp-Cell").first).to_be_visible(timeout=START_MILLISECONDS)
    expect(page.locator("#jp-bottom-panel")).to_contain_text("| Idle", timeout=START_MILLISECONDS)


def run_cell(page: Page, code: str) -> Locator:
    """Run code in the notebook's last cell, which is empty, and return the output."""
    cells = page.locator(".jp-NotebookPanel .jp-CodeCell")
    editor = cells.last.locator(".cm-content")
    # After a reload, JupyterLab renders one cell after the other: until all are there, the last one has code.
    expect(editor).to_have_text("", timeout=START_MILLISECONDS)
    editor.click(timeout=START_MILLISECONDS)
    page.keyboard.insert_text(code)
    index = cells.count() - 1
    page.keyboard.press("Shift+Enter")
    return cells.nth(index).locator(".jp-OutputArea-output")


def request_server(page: Page, method: str, user: str, options: Mapping[str, object] | None = None) -> int:
    """Send a request of the REST API for a user's server from a page of the hub, and return the status of the answer.

    Args:
        page: A page of the hub, with its XSRF token.
        method: `POST` to start the server, `DELETE` to stop it.
        user: Name of the user.
        options: Options of the start.
    """
    return page.evaluate(
        """async ([method, user, options]) => {
            const answer = await fetch(`/hub/api/users/${user}/server?_xsrf=${window.jhdata.xsrf_token}`, {
                method, headers: {"Content-Type": "application/json"},
                body: method === "POST" ? JSON.stringify({user_options: options}) : undefined,
            });
            return answer.status;
        }""",
        [method, user, dict(options or {})],
    )


def stop_server(page: Page, url: str) -> None:
    """Stop the user's server from the hub's home page."""
    page.goto(f"{url}/hub/home")
    # RequireJS may load them after the page's load event, and a click does nothing before.
    page.wait_for_function(_MODULES_OF_HOME, timeout=START_MILLISECONDS)
    with page.expect_response(lambda answer: answer.request.method == "DELETE", timeout=START_MILLISECONDS) as stopped:
        page.click("#stop")
    assert stopped.value.ok, stopped.value.text()
    expect(page.locator("#stop")).to_be_hidden(timeout=START_MILLISECONDS)
