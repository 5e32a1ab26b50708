"""https on the load balancer, with the certificate in a given Secret or in the config."""

import base64
import socket
import ssl
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from kubernetes.client import CoreV1Api, V1ObjectMeta, V1Secret
from kubernetes.client.exceptions import ApiException
from playwright.sync_api import Browser, Page, expect

from tests.doubles.certificates import CA_CERTIFICATE, pair
from tests.e2e.browser import START_MILLISECONDS, new_notebook, open_browser, run_cell, sign_in, start, wait_for_lab
from tests.e2e.hub_settings import TLS_ADDRESS, TLS_HOST, TLS_NAMESPACE, TLS_NOTEBOOKS, TLS_SETTINGS
from tests.e2e.hubs import ChangingHub, destroyed_in_the_end, pods, readable_texts, require_success
from tests.waiting import wait_until
from tools.engine import Engine, Stack
from tools.local import api

pytestmark = pytest.mark.scenario

NO_SECRET = f"there is no Secret hub-tls in namespace {TLS_NAMESPACE}"
RENEWAL_SECONDS = 150
"""Timeout for a changed Secret to reach the volume of the pod and the proxy."""


@pytest.fixture(scope="module")
def tls_hub(
    built_engine: Engine,
    live_cluster: Path,
    image_settings: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Generator[ChangingHub]:
    """A hub that is not deployed yet; destroyed after the tests."""
    folder = tmp_path_factory.mktemp("tls")
    hub = ChangingHub(
        stack=Stack(name="tls", engine=built_engine, folder=folder, kubeconfig=live_cluster),
        url=f"https://{TLS_HOST}",
        settings={**TLS_SETTINGS, **image_settings},
    )
    with destroyed_in_the_end(hub, TLS_NAMESPACE, TLS_NOTEBOOKS):
        yield hub


@pytest.fixture(scope="module")
def ada(tls_hub: ChangingHub, chromium: Browser) -> Generator[Page]:
    """The browser of a user with a running notebook; needs the deployed hub."""
    with open_browser(chromium, tls_hub.url) as page:
        sign_in(page, "ada")
        start(page)
        wait_for_lab(page)
        new_notebook(page)
        yield page


def _put_secret(certificate: str, key: str) -> None:
    """Create the Secret, or renew it as cert-manager does."""
    core = CoreV1Api(api.connect())
    secret = V1Secret(
        metadata=V1ObjectMeta(name="hub-tls"),
        type="kubernetes.io/tls",
        string_data={"tls.crt": certificate, "tls.key": key},
    )
    with suppress(ApiException):
        core.create_namespaced_secret(TLS_NAMESPACE, secret)
        return
    core.patch_namespaced_secret("hub-tls", TLS_NAMESPACE, secret)


def _context() -> ssl.SSLContext:
    return ssl.create_default_context(cadata=CA_CERTIFICATE)


def _get(path: str) -> httpx.Response:
    """Get a page over https; only the CA of the tests is trusted."""
    with httpx.Client(verify=_context(), timeout=10) as client:
        return client.get(
            f"https://{TLS_ADDRESS}{path}", headers={"Host": TLS_HOST}, extensions={"sni_hostname": TLS_HOST}
        )


def _served() -> str:
    """Return the certificate of a new connection, verified for the host name."""
    with _context().wrap_socket(socket.create_connection((TLS_ADDRESS, 443)), server_hostname=TLS_HOST) as connection:
        return ssl.DER_cert_to_PEM_cert(connection.getpeercert(binary_form=True) or b"")


def _same(one: str, other: str) -> bool:
    return ssl.PEM_cert_to_DER_cert(one) == ssl.PEM_cert_to_DER_cert(other)


@contextmanager
def _answering() -> Generator[None]:
    """Require that ada's notebook answers all the time."""
    ended, failures, count = threading.Event(), list[str](), 0

    def ask() -> None:
        nonlocal count
        while not ended.wait(0.1):
            count += 1
            try:
                # Without a cookie, the notebook redirects to the hub. Any answer shows that it runs.
                status = _get("/user/ada/api").status_code
            except httpx.HTTPError as error:
                failures.append(repr(error))
            else:
                if status not in {200, 302, 403}:
                    failures.append(str(status))

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield
    finally:
        ended.set()
        asking.join()
    assert failures == []
    assert count > 10


def test_a_missing_secret_fails_the_update_with_the_command_to_create_it(tls_hub: ChangingHub) -> None:
    tls_hub.prepare()
    assert tls_hub.pulumi("preview").returncode == 0, "the namespace does not exist yet"
    done = tls_hub.up()
    assert done.returncode != 0
    assert NO_SECRET in done.stdout
    assert f"kubectl -n {TLS_NAMESPACE} create secret tls hub-tls --cert=" in done.stdout
    assert "Traceback" not in done.stdout
    services = CoreV1Api(api.connect()).list_namespaced_service(TLS_NAMESPACE).items
    assert "tf-hub-lb" not in {service.metadata.name for service in services if service.metadata}


def test_a_preview_reports_a_missing_secret_and_an_invalid_one(
    tls_hub: ChangingHub,
) -> None:
    assert NO_SECRET in tls_hub.pulumi("preview").stdout
    _put_secret(pair("lab.example.org")[0], pair(TLS_HOST)[1])
    done = tls_hub.pulumi("preview")
    assert done.returncode != 0
    assert "tls.crt is not for endpoint.hostname, but for lab.example.org" in done.stdout
    assert "tls.key does not belong to the certificate" in done.stdout


def test_an_update_with_the_secret_serves_https(tls_hub: ChangingHub) -> None:
    certificate, key = pair(TLS_HOST)
    _put_secret(certificate, key)
    require_success(tls_hub.up(), TLS_NAMESPACE)
    assert tls_hub.stack.output("hub_url") == f"https://{TLS_HOST}"
    assert _same(_served(), certificate)
    answer = _get("/hub/login")
    assert answer.status_code == 200
    assert answer.headers["strict-transport-security"] == "max-age=2592000"


def test_http_redirects_to_https_with_path_and_query(tls_hub: ChangingHub) -> None:
    answer = httpx.get(f"http://{TLS_ADDRESS}/hub/spawn?next=%2Fx&a=b", headers={"Host": TLS_HOST})
    assert answer.status_code == 301
    assert httpx.URL(answer.headers["location"]) == httpx.URL(f"{tls_hub.url}/hub/spawn?next=%2Fx&a=b")


def test_a_notebook_works_over_https_with_secure_cookies(tls_hub: ChangingHub, ada: Page) -> None:
    assert ada.url.startswith(tls_hub.url)
    expect(run_cell(ada, "6*7")).to_have_text("42", timeout=START_MILLISECONDS)
    # JupyterHub does not mark _xsrf as secure; it authenticates no user.
    cookies = [cookie for cookie in ada.context.cookies() if cookie.get("name") != "_xsrf"]
    assert len(cookies) > 2
    assert [cookie.get("name") for cookie in cookies if not cookie.get("secure")] == []


def test_a_renewed_secret_is_served_without_a_restart_or_a_lost_connection(tls_hub: ChangingHub, ada: Page) -> None:
    assert tls_hub
    before, (certificate, key) = pods(TLS_NAMESPACE), pair(TLS_HOST)
    opened: list[str] = []
    ada.on("websocket", lambda websocket: opened.append(websocket.url))
    with _answering():
        _put_secret(certificate, key)
        wait_until(lambda: _same(_served(), certificate), seconds=RENEWAL_SECONDS)
    assert pods(TLS_NAMESPACE) == before
    expect(run_cell(ada, "7*7")).to_have_text("49", timeout=START_MILLISECONDS)
    assert opened == [], "no websocket was reopened"


def test_a_second_update_changes_nothing(tls_hub: ChangingHub) -> None:
    done = tls_hub.pulumi("up", "--yes", "--expect-no-changes")
    assert done.returncode == 0, done.stdout


def test_a_certificate_in_the_config_is_served_after_one_update(tls_hub: ChangingHub, ada: Page) -> None:
    assert ada
    tls_hub.settings.pop("endpoint.tlsSecret")
    for _ in range(2):
        certificate, tls_hub.secrets["endpoint.tlsKey"] = pair(TLS_HOST)
        hub_before = pods(TLS_NAMESPACE)["tf-hub-0"]
        with _answering():
            require_success(tls_hub.up(endpoint_tlsCertificate=certificate), TLS_NAMESPACE)
            wait_until(lambda wanted=certificate: _same(_served(), wanted), seconds=30)
        assert pods(TLS_NAMESPACE)["tf-hub-0"] == hub_before
    expect(run_cell(ada, "8*8")).to_have_text("64", timeout=START_MILLISECONDS)


def test_a_private_key_of_another_certificate_fails_the_preview(tls_hub: ChangingHub) -> None:
    right, tls_hub.secrets["endpoint.tlsKey"] = tls_hub.secrets["endpoint.tlsKey"], pair(TLS_HOST)[1]
    tls_hub.prepare()
    done = tls_hub.pulumi("preview")
    assert done.returncode != 0
    assert "endpoint.tlsKey: does not belong to the certificate" in done.stdout
    tls_hub.secrets["endpoint.tlsKey"] = right
    tls_hub.prepare()


def test_the_private_key_is_in_the_secret_only(tls_hub: ChangingHub) -> None:
    key = tls_hub.secrets["endpoint.tlsKey"].strip()  # as Pulumi takes it from standard input
    for command in (["preview", "--diff"], ["refresh", "--yes", "--diff"], ["stack", "export"], ["config"]):
        assert tls_hub.pulumi(*command).returncode == 0
    places = {
        **readable_texts(TLS_NAMESPACE),
        "Pulumi": "".join(tls_hub.printed),
    }
    secrets = CoreV1Api(api.connect()).list_namespaced_secret(TLS_NAMESPACE).items
    assert base64.b64encode(key.encode()).decode() in {(secret.data or {}).get("tls.key") for secret in secrets}
    for form in (key.splitlines()[1], base64.b64encode(key.encode()).decode()):
        assert [name for name, text in places.items() if form in text] == []
