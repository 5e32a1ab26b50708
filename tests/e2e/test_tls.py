"""https on the load balancer, with a given Secret and with a pair in the config."""

import base64
import socket
import ssl
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from kubernetes.client import AppsV1Api, CoreV1Api, V1ObjectMeta, V1Secret
from kubernetes.client.exceptions import ApiException
from playwright.sync_api import Browser, Page, expect

from tests.doubles.certificates import CA_CERTIFICATE, pair
from tests.e2e.browser import START_MILLISECONDS, new_notebook, open_browser, run_cell, sign_in, start, wait_for_lab
from tests.e2e.hubs import (
    TLS_ADDRESS,
    TLS_HOST,
    TLS_NAMESPACE,
    TLS_NOTEBOOKS,
    TLS_SETTINGS,
    ChangingHub,
    forget,
    pods,
    require_success,
)
from tools.engine import Engine, Stack
from tools.local import api

pytestmark = pytest.mark.scenario

NO_SECRET = f"there is no Secret hub-tls in namespace {TLS_NAMESPACE}"
RENEWAL_SECONDS = 150
"""In which Kubernetes brings a changed Secret to a pod, and the proxy sees it."""


@pytest.fixture(scope="module")
def tls_hub(
    built_engine: Engine,
    live_cluster: Path,
    image_settings: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Generator[ChangingHub]:
    """A hub that is not there yet, and is destroyed in the end."""
    forget(TLS_NAMESPACE, TLS_NOTEBOOKS)
    folder = tmp_path_factory.mktemp("tls")
    yield (
        hub := ChangingHub(
            stack=Stack(name="tls", engine=built_engine, folder=folder, kubeconfig=live_cluster),
            url=f"https://{TLS_HOST}",
            settings={**TLS_SETTINGS, **image_settings},
            secrets={},
        )
    )
    hub.pulumi("destroy", "--yes")
    forget(TLS_NAMESPACE, TLS_NOTEBOOKS)


@pytest.fixture(scope="module")
def ada(tls_hub: ChangingHub, chromium: Browser) -> Generator[Page]:
    """The browser of somebody with a notebook that runs, once there is a hub."""
    with open_browser(chromium, tls_hub.url) as page:
        sign_in(page, "ada")
        start(page)
        wait_for_lab(page)
        new_notebook(page)
        yield page


def _put_secret(certificate: str, key: str) -> None:
    """Make the Secret, or renew it as cert-manager does."""
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


def _trusting() -> ssl.SSLContext:
    return ssl.create_default_context(cadata=CA_CERTIFICATE)


def _get(path: str) -> httpx.Response:
    """Ask by https as somebody who trusts the authority, and nobody else."""
    with httpx.Client(verify=_trusting(), timeout=10) as client:
        return client.get(
            f"https://{TLS_ADDRESS}{path}", headers={"Host": TLS_HOST}, extensions={"sni_hostname": TLS_HOST}
        )


def _shown() -> str:
    """The certificate that a new connection is shown, which is good for the host name."""
    with _trusting().wrap_socket(socket.create_connection((TLS_ADDRESS, 443)), server_hostname=TLS_HOST) as connection:
        return ssl.DER_cert_to_PEM_cert(connection.getpeercert(binary_form=True) or b"")


def _same(one: str, other: str) -> bool:
    return ssl.PEM_cert_to_DER_cert(one) == ssl.PEM_cert_to_DER_cert(other)


def _until(what: Callable[[], bool], *, seconds: int = RENEWAL_SECONDS) -> None:
    for _ in range(seconds * 2):
        if what():
            return
        time.sleep(0.5)
    pytest.fail(f"not within {seconds} s")


@contextmanager
def _answering() -> Generator[None]:
    """Require that ada's notebook answers all the while."""
    ended, failures, count = threading.Event(), list[str](), 0

    def ask() -> None:
        nonlocal count
        while not ended.wait(0.1):
            count += 1
            try:
                # Without a cookie a notebook sends its visitor to the hub: that it answers at all is what counts.
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


def test_without_the_secret_the_update_ends_soon_and_tells_how_to_make_it(tls_hub: ChangingHub) -> None:
    tls_hub.prepare()
    assert tls_hub.pulumi("preview").returncode == 0, "nobody can make it before there is the namespace"
    begin = time.monotonic()
    done = tls_hub.up()
    assert done.returncode != 0
    assert time.monotonic() - begin < 60
    assert NO_SECRET in done.stdout
    assert f"kubectl -n {TLS_NAMESPACE} create secret tls hub-tls --cert=" in done.stdout
    assert "Traceback" not in done.stdout
    services = CoreV1Api(api.connect()).list_namespaced_service(TLS_NAMESPACE).items
    assert "tf-hub-lb" not in {service.metadata.name for service in services if service.metadata}


def test_from_then_on_the_preview_tells_so_and_what_is_wrong_with_the_secret_that_is_there(
    tls_hub: ChangingHub,
) -> None:
    assert NO_SECRET in tls_hub.pulumi("preview").stdout
    _put_secret(pair("lab.example.org")[0], pair(TLS_HOST)[1])
    done = tls_hub.pulumi("preview")
    assert done.returncode != 0
    assert "tls.crt is not for endpoint.hostname, but for lab.example.org" in done.stdout
    assert "tls.key does not belong to the certificate" in done.stdout


def test_with_it_the_next_update_brings_the_hub_up_by_https(tls_hub: ChangingHub) -> None:
    certificate, key = pair(TLS_HOST)
    _put_secret(certificate, key)
    require_success(tls_hub.up(), TLS_NAMESPACE)
    assert tls_hub.stack.output("hub_url") == f"https://{TLS_HOST}"
    assert _same(_shown(), certificate)
    answer = _get("/hub/login")
    assert answer.status_code == 200
    assert answer.headers["strict-transport-security"] == "max-age=2592000"


def test_http_leads_to_https_with_path_and_query(tls_hub: ChangingHub) -> None:
    answer = httpx.get(f"http://{TLS_ADDRESS}/hub/spawn?next=%2Fx&a=b", headers={"Host": TLS_HOST})
    assert answer.status_code == 301
    assert httpx.URL(answer.headers["location"]) == httpx.URL(f"{tls_hub.url}/hub/spawn?next=%2Fx&a=b")


def test_a_notebook_computes_by_https_with_cookies_that_go_nowhere_else(tls_hub: ChangingHub, ada: Page) -> None:
    assert ada.url.startswith(tls_hub.url)
    expect(run_cell(ada, "6*7")).to_have_text("42", timeout=START_MILLISECONDS)
    # JupyterHub does not so mark _xsrf, by which nobody is signed in.
    cookies = [cookie for cookie in ada.context.cookies() if cookie.get("name") != "_xsrf"]
    assert len(cookies) > 2
    assert [cookie.get("name") for cookie in cookies if not cookie.get("secure")] == []


def test_a_renewed_secret_is_what_people_get_without_anybodys_doing_and_nobody_is_cut_off(
    tls_hub: ChangingHub, ada: Page
) -> None:
    assert tls_hub
    before, (certificate, key) = pods(TLS_NAMESPACE), pair(TLS_HOST)
    opened: list[str] = []
    ada.on("websocket", lambda websocket: opened.append(websocket.url))
    with _answering():
        _put_secret(certificate, key)
        _until(lambda: _same(_shown(), certificate))
    assert pods(TLS_NAMESPACE) == before
    expect(run_cell(ada, "7*7")).to_have_text("49", timeout=START_MILLISECONDS)
    assert opened == [], "no websocket had to be opened anew"


def test_a_second_up_changes_nothing(tls_hub: ChangingHub) -> None:
    done = tls_hub.pulumi("up", "--yes", "--expect-no-changes")
    assert done.returncode == 0, done.stdout


def test_a_pair_in_the_config_needs_one_update_and_so_does_a_renewed_one(tls_hub: ChangingHub, ada: Page) -> None:
    assert ada
    tls_hub.settings.pop("endpoint.tlsSecret")
    for _ in range(2):
        certificate, tls_hub.secrets["endpoint.tlsKey"] = pair(TLS_HOST)
        hub_before = pods(TLS_NAMESPACE)["tf-hub-0"]
        with _answering():
            require_success(tls_hub.up(endpoint_tlsCertificate=certificate), TLS_NAMESPACE)
            _until(lambda wanted=certificate: _same(_shown(), wanted), seconds=30)
        assert pods(TLS_NAMESPACE)["tf-hub-0"] == hub_before
    expect(run_cell(ada, "8*8")).to_have_text("64", timeout=START_MILLISECONDS)


def test_a_key_that_does_not_belong_ends_the_preview(tls_hub: ChangingHub) -> None:
    right, tls_hub.secrets["endpoint.tlsKey"] = tls_hub.secrets["endpoint.tlsKey"], pair(TLS_HOST)[1]
    tls_hub.prepare()
    done = tls_hub.pulumi("preview")
    assert done.returncode != 0
    assert "endpoint.tlsKey: does not belong to the certificate" in done.stdout
    tls_hub.secrets["endpoint.tlsKey"] = right
    tls_hub.prepare()


def test_the_key_is_in_the_secret_and_nowhere_else(tls_hub: ChangingHub) -> None:
    core = CoreV1Api(api.connect())
    key = tls_hub.secrets["endpoint.tlsKey"].strip()  # as Pulumi takes it from standard input
    for command in (["preview", "--diff"], ["refresh", "--yes", "--diff"], ["stack", "export"], ["config"]):
        assert tls_hub.pulumi(*command).returncode == 0
    places = {
        "config maps": str(core.list_namespaced_config_map(TLS_NAMESPACE)),
        "pods": str(core.list_namespaced_pod(TLS_NAMESPACE)),
        "deployments": str(AppsV1Api(api.connect()).list_namespaced_deployment(TLS_NAMESPACE)),
        "events": str(core.list_namespaced_event(TLS_NAMESPACE)),
        "logs": "".join(core.read_namespaced_pod_log(pod, TLS_NAMESPACE) for pod in pods(TLS_NAMESPACE)),
        "Pulumi": "".join(tls_hub.printed),
    }
    secrets = core.list_namespaced_secret(TLS_NAMESPACE).items
    assert base64.b64encode(key.encode()).decode() in {(secret.data or {}).get("tls.key") for secret in secrets}
    for form in (key.splitlines()[1], base64.b64encode(key.encode()).decode()):
        assert [name for name, text in places.items() if form in text] == []
