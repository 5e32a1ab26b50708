"""A hub with a base URL behind a real Ingress controller, a real Gateway, and nginx in front of a node port.

Traefik is the controller and the Gateway; cert-manager issues the certificate of the Ingress.
"""

import re
import ssl
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from kubernetes.client import CoreV1Api, NetworkingV1Api, V1Namespace, V1ObjectMeta, V1Secret
from playwright.sync_api import Browser, Page, expect

from tests.doubles.certificates import CA_CERTIFICATE, pair
from tests.e2e import cert_manager, nginx, traefik
from tests.e2e.browser import (
    START_MILLISECONDS,
    new_notebook,
    open_browser,
    run_cell,
    screenshot,
    sign_in,
    start,
    wait_for_lab,
)
from tests.e2e.hub_settings import (
    EXPOSURE_ADDRESS,
    EXPOSURE_HOST,
    EXPOSURE_NAMESPACE,
    EXPOSURE_NOTEBOOKS,
    EXPOSURE_SETTINGS,
)
from tests.e2e.hubs import ChangingHub, destroyed_in_the_end, require_success
from tests.waiting import wait_until
from tools.engine import Engine, Stack
from tools.local import api
from tools.paths import CHECKOUT

pytestmark = pytest.mark.scenario

CLASS = str(EXPOSURE_SETTINGS["endpoint.ingressClass"])
ISSUER = "e2e-exposure-ca"
INFRA = "e2e-exposure-infra"
"""Namespace of the Gateway, and of the Secret of the ClusterIssuer."""
SHARED = {"name": "shared", "namespace": INFRA, "listener": "https", "httpListener": "http"}
NODE_PORT = 30187
FRONT_PORT = 8443
"""Port of nginx."""
_MEBIBYTE = 2**20


@pytest.fixture(scope="module")
def certificates(live_cluster: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[None]:
    """A running cert-manager."""
    with cert_manager.running(live_cluster, INFRA, tmp_path_factory.mktemp("cert-manager") / "log.txt"):
        yield


@pytest.fixture(scope="module")
def controller(live_cluster: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[None]:
    """Traefik, which serves what Ingresses and HTTPRoutes say."""
    log = tmp_path_factory.mktemp("traefik") / "log.txt"
    with traefik.gateway_api(), traefik.running(EXPOSURE_ADDRESS, live_cluster, CLASS, log):
        yield


@pytest.fixture(scope="module")
def hub(
    built_engine: Engine, live_cluster: Path, image_settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Generator[ChangingHub]:
    """A hub that is not deployed yet, and a namespace with the certificate of the Gateway; destroyed in the end."""
    folder = tmp_path_factory.mktemp("exposure")
    hub = ChangingHub(
        stack=Stack(name="exposure", engine=built_engine, folder=folder, kubeconfig=live_cluster),
        url=f"https://{EXPOSURE_HOST}/jupyter",
        settings={**EXPOSURE_SETTINGS, **image_settings},
    )
    core = CoreV1Api(api.connect())
    certificate, key = pair(EXPOSURE_HOST)
    secret = V1Secret(
        metadata=V1ObjectMeta(name="hub-tls"),
        type="kubernetes.io/tls",
        string_data={"tls.crt": certificate, "tls.key": key},
    )
    with destroyed_in_the_end(hub, EXPOSURE_NAMESPACE, EXPOSURE_NOTEBOOKS, INFRA):
        core.create_namespace(V1Namespace(metadata=V1ObjectMeta(name=INFRA)))
        core.create_namespaced_secret(INFRA, secret)
        yield hub


@pytest.fixture(scope="module")
def ada(hub: ChangingHub, chromium: Browser) -> Generator[Page]:
    """The browser of a user with a running notebook; needs the deployed hub."""
    with open_browser(chromium, hub.url) as page:
        sign_in(page, "ada")
        start(page)
        wait_for_lab(page)
        new_notebook(page)
        yield page


def _get(path: str, *, https: bool = True) -> httpx.Response:
    """Get a page of the host, with the CA of the tests."""
    with httpx.Client(verify=ssl.create_default_context(cadata=CA_CERTIFICATE), timeout=10) as client:
        return client.get(
            f"{'https' if https else 'http'}://{EXPOSURE_ADDRESS}{path}",
            headers={"Host": EXPOSURE_HOST},
            extensions={"sni_hostname": EXPOSURE_HOST},
        )


def _is_served(path: str) -> bool:
    with suppress(httpx.HTTPError):
        return _get(path).status_code == 200
    return False


def _ingresses() -> list[str]:
    found = NetworkingV1Api(api.connect()).list_namespaced_ingress(EXPOSURE_NAMESPACE).items
    return [str(one.metadata.name) for one in found if one.metadata]


def _upload(page: Page) -> int:
    """Upload a file of 20 MiB in one request from a page of a user's server, and return the status."""
    return page.evaluate(
        """async (size) => {
            const [server] = location.pathname.split("/lab");
            const xsrf = document.cookie.match(/(?:^|; )_xsrf=([^;]*)/)[1];
            const answer = await fetch(`${server}/api/contents/large.txt`, {
                method: "PUT",
                headers: {"X-XSRFToken": xsrf, "Content-Type": "application/json"},
                body: JSON.stringify({type: "file", format: "text", content: "x".repeat(size)}),
            });
            return answer.status;
        }""",
        20 * _MEBIBYTE,
    )


def _use(browser: Browser, url: str, user: str) -> None:
    """Sign in in a new browser context, start a server, compute in a notebook, and upload a large file."""
    with open_browser(browser, url) as page:
        sign_in(page, user)
        start(page)
        wait_for_lab(page)
        new_notebook(page)
        expect(run_cell(page, "6 * 9")).to_have_text("54", timeout=START_MILLISECONDS)
        assert _upload(page) in {200, 201}
        screenshot(page, f"exposure-{user}")


def _nginx_of_docs(folder: Path) -> str:
    """Return the example of docs/endpoint.md with the addresses of this test, and with a certificate."""
    text = (CHECKOUT / "docs" / "endpoint.md").read_text()
    (example,) = re.findall(r"```nginx\n(.*?)```", text, re.DOTALL)
    for name, content in zip(("front.crt", "front.key"), pair(EXPOSURE_HOST), strict=True):
        (folder / name).write_text(content)
    certificate = f"ssl_certificate {folder}/front.crt; ssl_certificate_key {folder}/front.key;"
    for old, new in {
        "listen 443 ssl;": f"listen {EXPOSURE_ADDRESS}:{FRONT_PORT} ssl; {certificate}",
        "hub.example.org": EXPOSURE_HOST,
        "10.0.0.5:30080": f"127.0.0.1:{NODE_PORT}",
    }.items():
        assert old in example
        example = example.replace(old, new)
    return example


def _refusal(hub: ChangingHub) -> str:
    """Return what a preview prints that has to fail."""
    hub.prepare()
    done = hub.pulumi("preview")
    assert done.returncode != 0
    assert "Traceback" not in done.stdout
    return done.stdout


def test_a_cluster_without_cert_manager_fails_the_preview(hub: ChangingHub) -> None:
    assert "cert-manager is not in the cluster" in _refusal(hub)


@pytest.mark.usefixtures("certificates")
def test_an_issuer_that_is_not_there_fails_the_preview(hub: ChangingHub) -> None:
    assert f"there is no ClusterIssuer {ISSUER} in the cluster" in _refusal(hub)


def test_an_ingress_class_that_is_not_there_fails_the_preview(hub: ChangingHub) -> None:
    cert_manager.put_ca_issuer(ISSUER, INFRA)
    assert f"the cluster has no IngressClass {CLASS}" in _refusal(hub)


@pytest.mark.usefixtures("controller")
def test_the_update_waits_for_the_certificate_and_the_address_of_the_ingress(hub: ChangingHub) -> None:
    done = hub.up()
    require_success(done, EXPOSURE_NAMESPACE)
    assert "no controller has written an address" not in done.stdout
    assert hub.stack.output("hub_url") == hub.url
    assert hub.stack.output("oauth_callback_url") == f"{hub.url}/hub/oauth_callback"
    wait_until(lambda: _is_served("/jupyter/hub/health"))


def test_paths_of_the_hub_alone_lead_to_it() -> None:
    assert _get("/jupyter").headers["Location"].startswith("/jupyter/hub/")
    assert _get("/").status_code == 404, "Traefik's own answer"


def test_a_notebook_computes_behind_the_ingress(ada: Page, hub: ChangingHub) -> None:
    assert ada.url.startswith(f"{hub.url}/user/ada/lab")
    expect(run_cell(ada, "6 * 7")).to_have_text("42", timeout=START_MILLISECONDS)
    screenshot(ada, "exposure-ingress")


def test_cookies_are_for_https_and_the_base_url_only(ada: Page) -> None:
    cookies = [cookie for cookie in ada.context.cookies() if "jupyterhub" in cookie.get("name", "")]
    assert cookies
    assert all(cookie.get("secure") and cookie.get("path", "").startswith("/jupyter/") for cookie in cookies)


def test_a_large_file_is_uploaded_in_one_request(ada: Page) -> None:
    assert _upload(ada) in {200, 201}


def test_a_second_update_changes_nothing(hub: ChangingHub) -> None:
    require_success(hub.pulumi("preview", "--expect-no-changes"), EXPOSURE_NAMESPACE)


def test_the_api_of_cert_manager_accepts_the_issuer_for_lets_encrypt(hub: ChangingHub) -> None:
    hub.settings["endpoint.certManager"] = {"letsEncrypt": "staging", "email": "hub@example.org"}
    hub.prepare()
    done = hub.pulumi("preview")
    require_success(done, EXPOSURE_NAMESPACE)
    assert re.search(r"cert-manager.io/v1:Issuer .* create", done.stdout)


def test_a_gateway_that_is_not_there_fails_the_preview(hub: ChangingHub) -> None:
    del hub.settings["endpoint.ingressClass"], hub.settings["endpoint.certManager"]
    hub.settings |= {"endpoint.type": "http-route", "endpoint.gateway": SHARED}
    assert f"there is no Gateway shared in namespace {INFRA}" in _refusal(hub)


def test_a_gateway_that_accepts_no_routes_from_the_namespace_fails_the_preview(hub: ChangingHub) -> None:
    traefik.put_gateway("shared", INFRA, CLASS, routes_of=None)
    assert f"accepts no routes from namespace {EXPOSURE_NAMESPACE}" in _refusal(hub)
    assert _ingresses() == ["tf-hub"], "nothing was changed"


def test_the_update_waits_until_the_gateway_accepts_the_route(hub: ChangingHub) -> None:
    traefik.put_gateway("shared", INFRA, CLASS, routes_of=EXPOSURE_NAMESPACE)
    require_success(hub.up(), EXPOSURE_NAMESPACE)
    assert _ingresses() == []
    wait_until(lambda: _is_served("/jupyter/hub/health"))
    redirect = _get("/jupyter/hub/login?next=a", https=False)
    assert redirect.status_code == 301
    assert redirect.headers["Location"].startswith(f"https://{EXPOSURE_HOST}")


def test_the_same_notebook_computes_behind_the_gateway(ada: Page) -> None:
    ada.reload()
    wait_for_lab(ada)
    expect(run_cell(ada, "6 * 8")).to_have_text("48", timeout=START_MILLISECONDS)


def test_others_sign_in_and_compute_behind_the_gateway(hub: ChangingHub, chromium: Browser) -> None:
    _use(chromium, hub.url, "bob")


def test_a_host_name_that_no_listener_matches_fails_the_preview(hub: ChangingHub) -> None:
    hub.settings |= {"endpoint.hostname": "exposure.example.com"}
    assert "endpoint.hostname: does not match *.example.org" in _refusal(hub)


def test_others_sign_in_and_compute_behind_nginx_and_a_node_port(
    hub: ChangingHub, chromium: Browser, tmp_path: Path
) -> None:
    for key in ("endpoint.hostname", "endpoint.gateway"):
        del hub.settings[key]
    site = f"https://{EXPOSURE_HOST}:{FRONT_PORT}"
    hub.settings |= {"endpoint.type": "node-port", "endpoint.nodePort": NODE_PORT, "publicUrl": site}
    require_success(hub.up(), EXPOSURE_NAMESPACE)
    assert hub.stack.output("hub_url") == f"{site}/jupyter"
    with nginx.running(_nginx_of_docs(tmp_path), tmp_path):
        _use(chromium, f"{site}/jupyter", "carol")
