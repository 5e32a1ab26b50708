"""A hub behind Identity-Aware Proxy: Google's resources in the stand-in, the hub in the local cluster.

The tests send requests to the pod of the proxy, as Google's load balancer does, with headers signed by a test double.
"""

import base64
from collections.abc import Generator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from kubernetes.client import CoreV1Api, CustomObjectsApi
from playwright.sync_api import Browser, Page, expect

from tests.conftest import make_stack, set_secret
from tests.doubles.google import definitions
from tests.doubles.google.outputs import project_number
from tests.doubles.google.plugin import engine_with_stand_in, kept_running
from tests.doubles.iap import HEADER, Iap
from tests.e2e.browser import new_notebook, open_browser, run_cell, screenshot, start, stop_server, wait_for_lab
from tests.e2e.hub_settings import IAP_NAMESPACE, IAP_NOTEBOOKS, IAP_SETTINGS
from tests.e2e.hubs import forget, marker, pods, require_success
from tools.engine import Engine, Stack
from tools.local import api, layout

_SERVICE_ID = "1234567890123456789"
_AUDIENCE = f"/projects/{project_number('my-project-123')}/global/backendServices/{_SERVICE_ID}"


@dataclass(kw_only=True)
class IapHub:
    """A running hub, and the test double of IAP that signs headers."""

    stack: Stack
    iap: Iap
    chromium: Browser
    proxy: str
    """IP address of the proxy's pod, the backend of GKE's load balancer."""

    @property
    def url(self) -> str:
        """URL of the proxy."""
        return f"http://{self.proxy}:8000"

    def signed(self, email: str) -> dict[str, str]:
        """Return the header of IAP for a user."""
        return {HEADER: self.iap.sign(email, aud=_AUDIENCE)}

    def visit(self, email: str) -> AbstractContextManager[Page]:
        """Open the hub in a new browser context whose requests all have the header of IAP."""
        return open_browser(self.chromium, self.url, headers=self.signed(email))

    def get(self, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        """Get a page without cookies."""
        with httpx.Client(follow_redirects=True, headers=headers) as client:
            return client.get(f"{self.url}{path}")


@pytest.fixture(scope="module")
def hub(
    built_engine: Engine,
    live_cluster: Path,
    image_settings: dict[str, str],
    chromium: Browser,
    tmp_path_factory: pytest.TempPathFactory,
) -> Generator[IapHub]:
    """The deployed hub, destroyed after the tests."""
    folder = tmp_path_factory.mktemp("iap")
    forget(IAP_NAMESPACE, IAP_NOTEBOOKS)
    engine = engine_with_stand_in(built_engine, folder, kubeconfig=live_cluster)
    with (
        definitions.installed(),
        Iap(address=str(layout.NODE_ADDRESS)) as iap,
        kept_running(engine) as running,
    ):
        values = {
            **IAP_SETTINGS,
            **image_settings,
            "iap.backendService": _SERVICE_ID,
            "hub.extraConfig": f"c.IapAuthenticator.keys_url = {iap.keys_url!r}\n",
        }
        stack = make_stack("iap", folder, running, folder / "none", values)
        set_secret(stack, "iap.clientSecret", marker())
        require_success(stack.run("up", "--yes"), IAP_NAMESPACE)
        yield IapHub(stack=stack, iap=iap, chromium=chromium, proxy=_proxy_address())
        require_success(stack.run("destroy", "--yes"), IAP_NAMESPACE)
        forget(IAP_NAMESPACE, IAP_NOTEBOOKS)


def _proxy_address() -> str:
    core = CoreV1Api(api.connect())
    (pod,) = core.list_namespaced_pod(IAP_NAMESPACE, label_selector="app.kubernetes.io/component=proxy").items
    assert pod.status
    return str(pod.status.pod_ip)


def test_the_api_server_accepts_the_backend_policy_of_the_gateway(hub: IapHub) -> None:
    policies = CustomObjectsApi(api.connect()).list_namespaced_custom_object(
        "networking.gke.io", "v1", IAP_NAMESPACE, "gcpbackendpolicies"
    )
    (policy,) = policies["items"]
    default = policy["spec"]["default"]
    assert default["iap"]["enabled"] is True
    assert default["securityPolicy"].startswith("tf-hub-gateway-armor-")
    secret = CoreV1Api(api.connect()).read_namespaced_secret(
        default["iap"]["oauth2ClientSecret"]["name"], IAP_NAMESPACE
    )
    assert secret.data
    assert base64.b64decode(secret.data["key"]).startswith(b"marker-")
    assert hub.stack.output("hub_url") == "https://hub.example.org"


def test_a_second_update_changes_nothing(hub: IapHub) -> None:
    require_success(hub.stack.run("up", "--yes", "--expect-no-changes"), IAP_NAMESPACE)


def test_a_request_that_bypasses_iap_is_refused(hub: IapHub) -> None:
    answer = hub.get("/hub/spawn")
    assert answer.status_code == 403
    assert "this request did not pass through it" in answer.text
    with open_browser(hub.chromium, hub.url) as page:
        expect(page.locator("body")).to_contain_text("Open the hub at its public URL")
        screenshot(page, "past-iap")


@pytest.mark.parametrize("kind", ["another key", "another service", "an unsigned header"])
def test_a_forged_header_is_refused(hub: IapHub, kind: str) -> None:
    forged = {
        "another key": {HEADER: Iap().sign("ada@example.org", aud=_AUDIENCE)},
        "another service": {HEADER: hub.iap.sign("ada@example.org", aud=f"{_AUDIENCE}0")},
        "an unsigned header": {"X-Goog-Authenticated-User-Email": "accounts.google.com:ada@example.org"},
    }
    assert hub.get("/hub/spawn", forged[kind]).status_code == 403


def test_a_blocked_user_with_a_valid_iap_header_is_refused(hub: IapHub) -> None:
    answer = hub.get("/hub/spawn", hub.signed("mallory@example.org"))
    assert answer.status_code == 403
    assert "Your Google account may not use this hub" in answer.text


def test_a_user_of_iap_is_signed_in_without_a_page_and_runs_a_notebook(hub: IapHub) -> None:
    with hub.visit("Ada@example.org") as page:
        expect(page.locator("#spawn_form")).to_be_visible()
        expect(page.locator("body")).to_contain_text("ada@example.org")
        start(page)
        wait_for_lab(page)
        assert "/user/ada@example.org/" in page.url.replace("%40", "@")
        assert len(pods(IAP_NOTEBOOKS)) == 1
        new_notebook(page)
        expect(run_cell(page, "6*7")).to_contain_text("42")
        stop_server(page, hub.url)


def test_admins_see_the_admin_page(hub: IapHub) -> None:
    with hub.visit("grace@example.org") as page:
        page.goto(f"{hub.url}/hub/admin")
        expect(page.get_by_test_id("user-name-div-ada@example.org")).to_be_visible()


def test_the_iap_header_does_not_reach_notebooks(hub: IapHub) -> None:
    """A page in place of a notebook returns the headers of its requests."""
    core = CoreV1Api(api.connect())
    token = next(
        base64.b64decode(secret.data["token"]).decode()
        for secret in core.list_namespaced_secret(IAP_NAMESPACE).items
        if secret.data and set(secret.data) == {"token"}
    )
    route = f"http://{hub.proxy}:8001/api/routes/user/eve"
    authorization = {"Authorization": f"token {token}"}
    assert httpx.post(route, headers=authorization, json={"target": hub.iap.url}).status_code == 201
    try:
        seen = hub.get("/user/eve/any", {**hub.signed("ada@example.org"), "X-Other": "seen"}).json()
    finally:
        httpx.delete(route, headers=authorization)
    assert seen["x-other"] == "seen"
    assert HEADER.lower() not in seen


def test_an_outage_of_googles_keys_refuses_no_header_with_a_cached_key(hub: IapHub) -> None:
    hub.iap.down = True
    try:
        assert hub.get("/hub/spawn", hub.signed("bob@example.org")).status_code == 200
    finally:
        hub.iap.down = False
