"""A hub below a path of its site: JupyterHub itself, with this hub's pages."""

from collections.abc import Generator
from pathlib import Path

import httpx
import pytest

from hub.contract import HubConfig
from tests.hub_configs import HUB_CONFIG, LoadConfig
from tests.unit.hub.running_hub import RunningHub, running, text_of


def _config(**changes: object) -> HubConfig:
    return HUB_CONFIG.model_copy(update={"base_url": "/jupyter/", **changes})


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningHub]:
    terms = HUB_CONFIG.pages.model_copy(update={"terms": "Be kind."})
    with running(tmp_path_factory.mktemp("hub"), _config(pages=terms)) as hub:
        yield hub


def _site(hub: RunningHub) -> str:
    return hub.url.removesuffix("/jupyter")


@pytest.mark.parametrize("path", ["/", "/jupyter", "/jupyter/", "/elsewhere"])
def test_every_path_outside_of_the_hub_leads_into_it(path: str, hub: RunningHub) -> None:
    answer = httpx.get(f"{_site(hub)}{path}")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/jupyter/hub/")


def test_the_probes_find_the_health_below_the_path(hub: RunningHub) -> None:
    assert httpx.get(f"{hub.url}/hub/health?process").status_code == 200


def test_pages_and_forms_refer_to_the_path(hub: RunningHub) -> None:
    visitor = hub.visit("ada")
    page = visitor.get("/hub/terms")
    assert 'action="/jupyter/hub/terms"' in page.text
    assert 'href="/hub/' not in page.text
    assert 'src="/hub/' not in page.text
    assert visitor.send_form("/hub/terms", text="wrong").status_code in {302, 400, 409}
    assert "ada" in text_of(visitor.get("/hub/home"))


def test_the_idle_culler_asks_the_api_below_the_path(load_config: LoadConfig) -> None:
    config = load_config(_config(idle_minutes=60))
    (service,) = config.JupyterHub.services
    assert "--url=http://127.0.0.1:8081/jupyter/hub/api" in service["command"]


def test_the_proxy_gets_routes_below_the_path(load_config: LoadConfig) -> None:
    assert load_config(_config()).JupyterHub.bind_url == "http://:8000/jupyter/"


def test_servers_and_errors_of_the_proxy_are_below_the_path(tmp_path: Path) -> None:
    with running(tmp_path, _config()) as hub:
        error = httpx.get(f"{hub.url}/hub/error/503?url=%2Fjupyter%2Fuser%2Fada%2Flab")
        grace = hub.visit("grace")
        assert grace.start().is_success
        server = grace.server() or {}
    assert server["url"] == "/jupyter/user/grace/"
    assert "/hub/" not in error.text.replace("/jupyter/hub/", "")
