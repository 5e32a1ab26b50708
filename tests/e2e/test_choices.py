"""Choices in pods of the local cluster: images of other projects' shape, content, waiting and cancelling."""

import ssl
import subprocess
import threading
from collections.abc import Generator, Mapping
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import make_stack
from tests.doubles.certificates import pair
from tests.e2e.browser import (
    START_MILLISECONDS,
    open_browser,
    picture,
    request_server,
    screenshot,
    sign_in,
    start,
    wait_for_lab,
)
from tests.e2e.hub_settings import CHOICES_NAMESPACE, CHOICES_NOTEBOOKS, CHOICES_SETTINGS
from tests.e2e.hubs import Hub, brought_up, pods, run_in_server
from tests.e2e.image_kinds import KINDS, write
from tests.waiting import wait_until
from tools.engine import Engine
from tools.local import images, layout
from tools.local.node import CTR

pytestmark = pytest.mark.scenario

_HOMES = {"rocker": "/home/rstudio"}
"""Homes of the images that have another one than `/home/jovyan`."""


@pytest.fixture(scope="module")
def kinds(live_cluster: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[Mapping[str, str]]:
    """The references of the images by kind; the cluster has them until the end."""
    assert live_cluster.exists()
    notebook, folder = images.ensure_built()["notebook"], tmp_path_factory.mktemp("images")
    made = [write(name, notebook, folder) for name in KINDS]
    for image in made:
        images.load(image, CTR)
    yield {image.name: image.reference for image in made}
    images.remove(made, CTR)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """The URL of a git repository with the file `lesson.md`."""
    folder = tmp_path_factory.mktemp("course")
    work, served = folder / "work", folder / "served"
    work.mkdir()
    (work / "lesson.md").write_text("# Lesson 1\n")
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    for words in (["init", "-q"], ["add", "."], [*identity, "commit", "-qm", "1"]):
        subprocess.run(["git", "-C", work, *words], check=True)
    subprocess.run(["git", "clone", "-q", "--bare", work, served / "course.git"], check=True)
    subprocess.run(["git", "-C", served / "course.git", "update-server-info"], check=True)
    handler = partial(SimpleHTTPRequestHandler, directory=str(served))
    certificate, key = pair(str(layout.NODE_ADDRESS))
    (folder / "both.pem").write_text(certificate + key)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "both.pem")
    with ThreadingHTTPServer((str(layout.NODE_ADDRESS), 0), handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"https://{layout.NODE_ADDRESS}:{server.server_port}/course.git"
        server.shutdown()


@pytest.fixture(scope="module")
def hub(
    built_engine: Engine,
    live_cluster: Path,
    image_settings: dict[str, str],
    kinds: Mapping[str, str],
    course: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Generator[Hub]:
    choices: list[dict[str, object]] = [
        {"name": "small", "title": "Small", "description": "For courses", "memory": "256Mi"},
        {"name": "far", "title": "On a machine that is not there", "nodeSelector": {"pool": "none"}},
        {"name": "team", "title": "For the team", "users": ["grace"]},
        *({"name": name, "images": [{"image": image}], "memory": "256Mi"} for name, image in kinds.items()),
    ]
    for choice in choices:
        if home := _HOMES.get(str(choice["name"])):
            choice["homePath"] = home
    settings = {
        **CHOICES_SETTINGS,
        **image_settings,
        "notebook.choices": choices,
        "notebook.environment": {"GIT_SSL_NO_VERIFY": "1"},  # the certificate is the test's own
        "notebook.content": [{"repository": course}, {"repository": course.replace("course", "missing")}],
    }
    stack = make_stack("choices", tmp_path_factory.mktemp("choices"), built_engine, live_cluster, settings)
    with brought_up(stack, CHOICES_NAMESPACE, CHOICES_NOTEBOOKS) as hub:
        yield hub


def test_a_server_of_each_kind_of_image_runs_in_its_home(hub: Hub, chromium: Browser) -> None:
    for kind in KINDS:
        with open_browser(chromium, hub.url) as page:
            sign_in(page, kind)
            assert request_server(page, "POST", kind, {"choice": kind}) in {201, 202}
            page.goto(f"{hub.url}/user/{kind}/lab")
            wait_for_lab(page)
            home = _HOMES.get(kind, "/home/jovyan")
            seen = run_in_server(
                CHOICES_NOTEBOOKS,
                kind,
                'readlink /proc/1/cwd; echo "$HOME"; id -u; id -g; touch "$HOME/kept" && echo kept',
            )
            assert seen.split() == [home, home, "1000", "100", "kept"]
            page.goto(f"{hub.url}/hub/home")
            assert request_server(page, "DELETE", kind) in {202, 204}


def test_a_choice_of_others_is_refused_and_starts_no_pod(hub: Hub, chromium: Browser) -> None:
    with open_browser(chromium, hub.url) as page:
        sign_in(page, "eve")
        assert request_server(page, "POST", "eve", {"choice": "team"}) == 403
        assert request_server(page, "POST", "eve", {"choice": "small", "image": "localhost/other:1"}) == 400
        page.goto(f"{hub.url}/hub/spawn?choice=team")
        assert "For the team" not in page.inner_text("body")
    assert "jupyter-eve" not in pods(CHOICES_NOTEBOOKS)


def test_a_start_without_a_machine_says_so_and_can_be_cancelled(hub: Hub, chromium: Browser) -> None:
    with open_browser(chromium, hub.url) as page:
        sign_in(page, "bob")
        page.goto(f"{hub.url}/hub/spawn?choice=far&utm_source=mail")
        start(page)
        expect(page.locator("#progress-message")).to_contain_text(
            "Waiting for a machine with room for your server.", timeout=START_MILLISECONDS
        )
        expect(page.locator("#since")).to_contain_text("Since")
        screenshot(page, "waiting")
        page.get_by_role("button", name="Cancel").click()
        page.wait_for_url("**/hub/spawn/bob", timeout=START_MILLISECONDS)
        wait_until(lambda: "jupyter-bob" not in pods(CHOICES_NOTEBOOKS))
        expect(page.get_by_role("radio", name="On a machine that is not there")).to_be_checked()


def test_a_choice_by_keyboard_starts_with_the_content(hub: Hub, chromium: Browser) -> None:
    with open_browser(chromium, hub.url) as page:
        sign_in(page, "ada")
        page.get_by_role("radio", name="Small").focus()
        page.keyboard.press("ArrowDown")
        expect(page.get_by_role("radio", name="On a machine that is not there")).to_be_checked()
        page.keyboard.press("ArrowUp")
        picture(page, "choices")
        page.keyboard.press("Enter")
        wait_for_lab(page)
        expect(page.get_by_text("The folder missing is not up to date. Your files are kept.")).to_be_visible(
            timeout=START_MILLISECONDS
        )
        screenshot(page, "content")
        lesson = page.request.get(f"{hub.url}/user/ada/files/course/lesson.md")
        assert lesson.text() == "# Lesson 1\n"
