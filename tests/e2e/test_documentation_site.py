"""The documentation site, as `make docs` builds it, opened from disk."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tools.commands import run
from tools.paths import CHECKOUT

_ENVIRONMENT = CHECKOUT / "build" / "docs-environment"
_OTHERS = (".git", ".venv", "build", "node_modules", "__pycache__", ".pytest_cache", ".ruff_cache")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    run(["make", "docs", f"SITE={folder}"], cwd=CHECKOUT, doing="make docs")
    return folder


def test_the_search_finds_a_setting_from_disk(site: Path, chromium: Browser) -> None:
    page = chromium.new_page()
    page.goto((site / "index.html").as_uri())
    page.wait_for_url("**/docs/README.html")
    page.fill(".sidebar-search", "recheckMinutes")
    page.press(".sidebar-search", "Enter")
    results = page.locator("ul.search a")
    expect(results.filter(has_text="Settings")).not_to_have_count(0)
    results.filter(has_text="Settings").first.click()
    expect(page.locator("article")).to_contain_text("github.recheckMinutes")
    page.close()


@pytest.mark.parametrize("name", ["README", "docs/settings", "docs/architecture", "docs/sign-in", "search"])
def test_a_page_loads_nothing_from_elsewhere(site: Path, chromium: Browser, name: str) -> None:
    page = chromium.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((site / f"{name}.html").as_uri())
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert page.evaluate("[...document.images].filter(image => !image.naturalWidth).map(image => image.src)") == []
    page.close()


def test_a_picture_follows_the_chosen_theme(site: Path, chromium: Browser) -> None:
    page = chromium.new_page(color_scheme="light")
    page.goto((site / "docs" / "architecture.html").as_uri())
    schemes: list[str] = []
    for _ in range(2):
        page.locator(".content-icon-container .theme-toggle").click()
        schemes.append(page.locator("article img").first.evaluate("image => getComputedStyle(image).colorScheme"))
    assert set(schemes) == {"light", "dark"}
    page.close()


def _refused(copy: Path, changes: Mapping[str, str]) -> str:
    """Return the output of the failed build of a copy of the checkout with texts added to files."""
    shutil.copytree(CHECKOUT, copy, ignore=shutil.ignore_patterns(*_OTHERS), symlinks=True)
    for name, text in changes.items():
        with (copy / name).open("a", encoding="utf-8") as page:
            page.write(text)
    command = ["make", "docs", f"DOCS={_ENVIRONMENT}"]
    done = subprocess.run(command, cwd=copy, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode != 0
    return done.stdout


def test_a_broken_link_or_a_page_outside_of_the_contents_fails_the_build(site: Path, tmp_path: Path) -> None:
    assert site.exists()  # so the environment does, too
    links = "\n[page](missing-page.md) [anchor](settings.md#missing-anchor)\n"
    printed = _refused(tmp_path / "checkout", {"docs/https.md": links, "docs/lonely.md": "# Lonely\n"})
    assert [name for name in ("missing-page.md", "missing-anchor", "lonely.md") if name not in printed] == []


def test_a_broken_link_in_html_fails_the_build(site: Path, tmp_path: Path) -> None:
    """Sphinx does not read it; lychee does."""
    assert site.exists()
    links = '\n<a href="missing-file.html">file</a> <a href="#missing-id">id</a>\n'
    printed = _refused(tmp_path / "checkout", {"docs/https.md": links})
    assert [name for name in ("missing-file.html", "missing-id") if name not in printed] == []
