"""What the operator adds to the pages of a hub that runs: announcement, logo, names, CSS and templates."""

from collections.abc import Generator
from pathlib import Path

import httpx
import pytest

from hub.contract_pages import ANNOUNCEMENT_FILE, ANNOUNCEMENT_FOLDER, PAGES_FOLDER, Pages
from hub.page_content import Announcement, linked, paragraphs
from tests.hub_configs import HUB_CONFIG
from tests.unit.hub.running_hub import RunningHub, running, text_of

_SVG = '<svg xmlns="http://www.w3.org/2000/svg"/>'
_LOGIN = '{% extends "hub/page.html" %}\n{% block main %}<h1>Welcome of our own</h1>{% endblock %}\n'
_ERROR = '{% extends "hub/error.html" %}\n{% block error_detail %}{{ super() }}Our words.{% endblock %}\n'
_PAGES = Pages(
    organization="Example & Co",
    organization_url="https://example.org",
    help="mailto:help@example.org",
    logo="logo.svg",
    css=".navbar { background: #003366; }",
    terms=None,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The parent of the folder `hub`, as /etc/jupyterhub in the pod."""
    folder = tmp_path_factory.mktemp("etc")
    for name in ("hub", PAGES_FOLDER, ANNOUNCEMENT_FOLDER):
        (folder / name).mkdir()
    (folder / PAGES_FOLDER / "logo.svg").write_text(_SVG)
    (folder / PAGES_FOLDER / "accept-share.html").write_text(_LOGIN)
    (folder / PAGES_FOLDER / "error.html").write_text(_ERROR)
    return folder


@pytest.fixture(scope="module")
def hub(folder: Path) -> Generator[RunningHub]:
    with running(folder / "hub", HUB_CONFIG.model_copy(update={"pages": _PAGES})) as hub:
        yield hub


@pytest.mark.parametrize("path", ["/hub/login", "/hub/nothing", "/hub/home", "/hub/spawn", "/hub/token"])
def test_every_page_has_organization_help_and_css(path: str, hub: RunningHub) -> None:
    page = httpx.get(f"{hub.url}{path}") if path == "/hub/login" else hub.visit("ann").get(path)
    assert 'href="https://example.org">Example &amp; Co</a>' in page.text
    assert 'href="mailto:help@example.org">Help</a>' in page.text
    assert "<style>.navbar { background: #003366; }</style>" in page.text
    assert "<title>Example &amp; Co JupyterHub</title>" in page.text


def test_an_error_names_the_address_for_help(hub: RunningHub) -> None:
    assert "Do you need help? help@example.org" in text_of(hub.visit("ann").get("/hub/nothing"))


def test_the_logo_is_that_of_the_stack(hub: RunningHub) -> None:
    answer = httpx.get(f"{hub.url}/hub/logo")
    assert (answer.text, answer.headers["Content-Type"]) == (_SVG, "image/svg+xml")


def test_a_template_takes_the_place_of_a_page_and_extends_that_of_this_hub(hub: RunningHub) -> None:
    answer = text_of(httpx.get(f"{hub.url}/hub/nothing"))
    assert "There is no such page here" in answer
    assert "Our words." in answer


def test_an_announcement_comes_and_goes_while_the_hub_runs(folder: Path, hub: RunningHub) -> None:
    file = folder / ANNOUNCEMENT_FOLDER / ANNOUNCEMENT_FILE
    ann = hub.visit("ann")
    assert "announcement" not in ann.get("/hub/home").text
    file.write_text("Maintenance on <Friday>\nsee https://example.org/news & more\n")
    for page in (ann.get("/hub/home"), ann.get("/hub/spawn"), httpx.get(f"{hub.url}/hub/login")):
        assert "Maintenance on &lt;Friday&gt;<br>see" in page.text
        assert '<a href="https://example.org/news">https://example.org/news</a> &amp; more</div>' in page.text
    file.unlink()
    assert "announcement" not in ann.get("/hub/home").text


def test_a_hub_without_terms_has_no_page_of_terms(hub: RunningHub) -> None:
    page = hub.visit("ann").get("/hub/terms")
    assert page.status_code == 404
    assert "Terms of use" not in page.text


def test_text_is_never_html() -> None:
    assert str(linked("<script>alert(1)</script> javascript:alert(1)")) == (
        "&lt;script&gt;alert(1)&lt;/script&gt; javascript:alert(1)"
    )
    assert paragraphs("\n a\nb \n\n\n c\n") == ["a\nb", "c"]


def test_an_unreadable_announcement_is_none(tmp_path: Path) -> None:
    (tmp_path / ANNOUNCEMENT_FILE).write_bytes(b"\xff")
    assert not Announcement(tmp_path)(None)
    assert not Announcement(tmp_path / "nothing")(None)
