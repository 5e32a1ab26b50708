"""A change restarts only the pods that it affects."""

import base64
import json
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from kubernetes.client import CoreV1Api, PolicyV1Api, V1ConfigMap, V1ObjectMeta, V1Secret
from playwright.sync_api import Page, expect

from tests.e2e.browser import START_MILLISECONDS, picture, sign_in_with_github, start, stop_server, wait_for_lab
from tests.e2e.hub_settings import GITHUB_NAMESPACE, GITHUB_NOTEBOOKS
from tests.e2e.hubs import GitHubHub, marker, pods, readable_texts, require_success, run_in, signed_in
from tests.waiting import wait_until
from tools.local import api

pytestmark = pytest.mark.scenario

HUB, PROXY, NOTEBOOK = "tf-hub-0", "tf-hub-proxy", "jupyter-ada"


@pytest.fixture(scope="module")
def ada(github_hub: GitHubHub) -> Generator[Page]:
    """The browser of a signed-in user with a running server."""
    with signed_in(github_hub, "ada") as page:
        start(page)
        wait_for_lab(page)
        yield page
        stop_server(page, github_hub.url)


def _state() -> dict[str, str]:
    """Return the UIDs of the pods by kind."""
    found = pods(GITHUB_NAMESPACE) | pods(GITHUB_NOTEBOOKS)
    return {next(kind for kind in (HUB, PROXY, NOTEBOOK) if name.startswith(kind)): uid for name, uid in found.items()}


@contextmanager
def _restarts(*kinds: str) -> Generator[None]:
    """Require that exactly these pods are replaced."""
    before = _state()
    assert set(before) == {HUB, PROXY, NOTEBOOK}
    yield
    for _ in range(60):  # the old pod may still be terminating
        if len(pods(GITHUB_NAMESPACE)) == 2:
            break
        time.sleep(0.5)
    after = _state()
    assert {kind for kind in before if before[kind] != after.get(kind)} == set(kinds)


def _answers(hub: GitHubHub, page: Page) -> None:
    """Require that the user is still signed in, and that the running server answers."""
    assert httpx.get(f"{hub.url}/hub/health").status_code == 200
    page.goto(f"{hub.url}/hub/home")
    expect(page.locator("#stop")).to_be_visible()
    answer = page.goto(f"{hub.url}/user/ada/api/status")
    assert answer
    assert answer.status == 200


@pytest.mark.parametrize(
    ("changed", "restarted"),
    [
        ({"notebook_idleMinutes": "30"}, [HUB]),
        ({"hub_extraConfig": "c.KubeSpawner.http_timeout = 61"}, [HUB]),
        ({"proxy_resources": {"requests": {"memory": "97Mi"}}}, [PROXY]),
        ({"notebook_quota": {"pods": "1"}, "clusterAdmin_user": "another@example.com"}, []),
    ],
    ids=["config", "extraConfig", "proxy", "neither"],
)
def test_a_change_restarts_only_the_pods_that_read_it_and_keeps_sessions(
    github_hub: GitHubHub, ada: Page, changed: dict[str, object], restarted: list[str]
) -> None:
    with _restarts(*restarted):
        require_success(github_hub.up(**changed), GITHUB_NAMESPACE)
    _answers(github_hub, ada)


def _announces(hub: GitHubHub, page: Page, text: str) -> None:
    """Wait until the pages show an announcement, or none if it is empty: the kubelet looks once a minute."""
    banner = page.locator(".announcement")

    def shown() -> bool:
        page.goto(f"{hub.url}/hub/home")
        return (banner.inner_text() if banner.count() else "") == text

    wait_until(shown, seconds=150)


def test_an_announcement_comes_changes_and_goes_without_a_restart(github_hub: GitHubHub, ada: Page) -> None:
    for text in ("Maintenance on Friday: https://example.org/news", "It is over.", ""):
        with _restarts():
            require_success(github_hub.up(pages_announcement=text), GITHUB_NAMESPACE)
            _announces(github_hub, ada, text)
        if "https" in text:
            expect(ada.locator(".announcement a")).to_have_attribute("href", "https://example.org/news")
            picture(ada, "announcement")
        _answers(github_hub, ada)


def test_what_the_operator_adds_to_the_pod_is_in_the_hub_and_restarts_the_hub_only(
    github_hub: GitHubHub, ada: Page
) -> None:
    core = CoreV1Api(api.connect())
    metadata = V1ObjectMeta(name="of-the-operator")
    core.create_namespaced_secret(GITHUB_NAMESPACE, V1Secret(metadata=metadata, string_data={"key": "a-value"}))
    core.create_namespaced_config_map(GITHUB_NAMESPACE, V1ConfigMap(metadata=metadata, data={"ca.pem": "a-ca"}))
    changed = {
        "hub_environment": {"LDAP_SERVER": "ldap.example.org"},
        "hub_secretKeyRefs": {"LDAP_PASSWORD": {"secret": "of-the-operator", "key": "key"}},
        "hub_files": {"/etc/ldap/ldap.conf": "BASE dc=example"},
        "hub_volumes": [{"name": "ca", "path": "/srv/ca", "configMap": "of-the-operator"}],
        "hub_pod": {"labels": {"team": "physics"}, "tolerations": [{"operator": "Exists"}], "disruptionBudget": True},
    }
    with _restarts(HUB):
        require_success(github_hub.up(**changed), GITHUB_NAMESPACE)
    _answers(github_hub, ada)
    shown = "cat /etc/ldap/ldap.conf /srv/ca/ca.pem && echo $LDAP_SERVER $LDAP_PASSWORD"
    assert run_in(GITHUB_NAMESPACE, HUB, shown).split() == ["BASE", "dc=examplea-caldap.example.org", "a-value"]
    budget = PolicyV1Api(api.connect()).read_namespaced_pod_disruption_budget("tf-hub-hub", GITHUB_NAMESPACE)
    assert budget.spec
    assert budget.spec.max_unavailable == 0
    nothing: dict[str, object] = {
        "hub_environment": {},
        "hub_secretKeyRefs": {},
        "hub_files": {},
        "hub_volumes": [],
        "hub_pod": {},
    }
    with _restarts(HUB):
        require_success(github_hub.up(**nothing), GITHUB_NAMESPACE)
    _answers(github_hub, ada)
    core.delete_namespaced_secret("of-the-operator", GITHUB_NAMESPACE)
    core.delete_namespaced_config_map("of-the-operator", GITHUB_NAMESPACE)


def test_pages_of_the_operator_and_new_terms_are_there_after_a_restart_of_the_hub(
    github_hub: GitHubHub, ada: Page
) -> None:
    home = '{% extends "hub/home.html" %}\n{% block main %}<h1>Our own home</h1>{{ super() }}{% endblock %}'
    added = {
        "pages_organization": "Example University",
        "pages_terms": "Be kind.",
        "pages_templates": {"home.html": home},
    }
    with _restarts(HUB):
        require_success(github_hub.up(**added), GITHUB_NAMESPACE)
    _answers(github_hub, ada)
    ada.goto(f"{github_hub.url}/hub/home")
    expect(ada.get_by_role("heading", name="Our own home")).to_be_visible()
    expect(ada.locator("footer")).to_contain_text("Example University")
    with github_hub.visit() as page:
        sign_in_with_github(page, "bob")
        page.wait_for_url(f"{github_hub.url}/hub/terms*")
        page.get_by_role("button", name="I accept the terms of use").click()
        expect(page.locator("#spawn_form")).to_be_visible()
    with _restarts(HUB):
        require_success(github_hub.up(pages_organization="", pages_terms="", pages_templates={}), GITHUB_NAMESPACE)
    _answers(github_hub, ada)


def test_a_server_over_the_quota_shows_the_reason_and_starts_without_quota(github_hub: GitHubHub, ada: Page) -> None:
    assert ada
    with signed_in(github_hub, "bob") as page:
        start(page)
        expect(page.locator("body")).to_contain_text("exceeded quota: tf-hub", timeout=START_MILLISECONDS)
        with _restarts():
            require_success(github_hub.up(notebook_quota={}), GITHUB_NAMESPACE)
        page.goto(f"{github_hub.url}/hub/spawn")
        start(page)
        wait_for_lab(page)
        stop_server(page, github_hub.url)


def test_a_new_client_secret_restarts_only_the_hub_and_is_used(github_hub: GitHubHub, ada: Page) -> None:
    new = marker()
    github_hub.secrets["github.clientSecret"] = new
    with _restarts(HUB):
        require_success(github_hub.up(), GITHUB_NAMESPACE)
    github_hub.github.client_secret = new
    _answers(github_hub, ada)
    with signed_in(github_hub, "bob") as page:
        expect(page.locator("#spawn_form")).to_be_visible()


def test_a_hub_with_a_new_crypt_key_decrypts_older_auth_state(github_hub: GitHubHub, ada: Page) -> None:
    """A restarted hub authorizes each user again at their next request, with the encrypted token."""
    github_hub.github.requests.clear()
    with _restarts(HUB):
        require_success(github_hub.up(secrets_cryptKeyGeneration="2"), GITHUB_NAMESPACE)
    _answers(github_hub, ada)
    assert "/api/v3/orgs/physics/members/Ada" in {request.path for request in github_hub.github.requests}


def test_a_new_cookie_secret_ends_all_sessions_and_keeps_the_servers(github_hub: GitHubHub, ada: Page) -> None:
    with _restarts(HUB):
        require_success(github_hub.up(secrets_cookieGeneration="2"), GITHUB_NAMESPACE)
    ada.goto(f"{github_hub.url}/hub/home")
    expect(ada.get_by_role("button", name="Sign in with GitHub")).to_be_visible()
    with signed_in(github_hub, "ada") as page:
        _answers(github_hub, page)
        ada.context.clear_cookies()
        ada.context.add_cookies([dict(cookie) for cookie in page.context.cookies()])  # pyright: ignore[reportArgumentType] -- Playwright has another type for its own cookies


def test_a_preview_reports_errors_in_extra_config_and_changes_nothing(github_hub: GitHubHub, ada: Page) -> None:
    assert ada
    wrong = "c.KubeSpawner.imgae = 'x'\nc.JupyterHub.port = 'y'\nfoo"
    github_hub.settings["hub.extraConfig"] = wrong
    github_hub.prepare()
    with _restarts():
        for command in (["preview"], ["up", "--yes"]):
            done = github_hub.pulumi(*command)
            assert done.returncode != 0
            assert "hub.extraConfig, line 1: KubeSpawner.imgae: is not known" in done.stdout
            assert "hub.extraConfig, line 2: JupyterHub.port: must be a whole number, not 'y'" in done.stdout
            assert "hub.extraConfig, line 3: NameError: name 'foo' is not defined" in done.stdout
            assert "Traceback" not in done.stdout


def test_a_failed_hub_start_fails_the_update_with_the_hubs_error(github_hub: GitHubHub, ada: Page) -> None:
    _answers(github_hub, ada)  # the notebook remembers for 5 minutes that she may use it
    # The check in the preview has no such variable.
    only_in_a_pod = "import os\nif os.environ.get('KUBERNETES_SERVICE_HOST'):\n    raise ValueError('only in a pod')"
    broken = github_hub.up(hub_extraConfig=only_in_a_pod)
    without_hub = ada.goto(f"{github_hub.url}/user/ada/api/status")
    require_success(github_hub.up(hub_extraConfig=""), GITHUB_NAMESPACE)
    assert broken.returncode != 0
    assert "The hub does not start." in broken.stdout
    assert "only in a pod" in broken.stdout
    assert without_hub
    assert without_hub.status == 200, "the notebook runs without a hub"
    _answers(github_hub, ada)


def test_secret_values_are_in_secrets_only(
    github_hub: GitHubHub, ada: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ada
    core = CoreV1Api(api.connect())
    monkeypatch.setenv("PULUMI_DEBUG_COMMANDS", "true")
    events = tmp_path / "events.json"
    for command in (
        ["preview", "--diff"],
        ["refresh", "--yes", "--diff"],
        ["up", "--yes", "--diff", "--event-log", str(events)],
        ["preview", "--json"],
        ["stack", "export"],
        ["config"],
    ):
        assert github_hub.pulumi(*command).returncode == 0
    places = {
        **readable_texts(GITHUB_NAMESPACE, GITHUB_NOTEBOOKS),
        "Pulumi": "".join(github_hub.printed),
        "Pulumi's events": events.read_text(),
        "requests to GitHub": str(github_hub.github.requests),
    }
    made = [
        base64.b64decode(value).decode()
        for secret in core.list_namespaced_secret(GITHUB_NAMESPACE).items
        for key, value in (secret.data or {}).items()
        if key != "GITHUB_CLIENT_ID"
    ]
    given = [*github_hub.secrets.values(), *json.loads(github_hub.secrets["auth.secretEnvironment"]).values()]
    assert set(github_hub.secrets.values()) - {github_hub.secrets["auth.secretEnvironment"]} <= set(made)
    assert len(made) == 7
    for value in {part for text in (*made, *given) for part in text.split(";")}:
        for form in (value, base64.b64encode(value.encode()).decode()):
            assert [name for name, text in places.items() if form in text] == []
