"""A hub from deployment to destroy, with a real cluster and a real browser."""

import base64
import re
import subprocess
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from kubernetes.client import CoreV1Api, NetworkingV1Api, RbacAuthorizationV1Api
from kubernetes.client.exceptions import ApiException
from kubernetes.stream import stream  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType] -- it has no types
from playwright.sync_api import Browser, Page, Route, expect

from tests.conftest import make_stack, succeed
from tests.e2e.browser import (
    START_MILLISECONDS,
    new_notebook,
    open_browser,
    picture,
    request_server,
    run_cell,
    sign_in,
    start,
    stop_server,
    wait_for_lab,
)
from tests.e2e.hub_settings import NAMESPACE, NOTEBOOKS, SETTINGS, binding_of
from tests.e2e.hubs import Hub, brought_up, pods, readable_texts
from tools.engine import Engine
from tools.local import api, layout

pytestmark = pytest.mark.scenario

_NOT_ENFORCED = "network.policies: the cluster does not enforce NetworkPolicies"

Visit = Callable[[], AbstractContextManager[Page]]


@pytest.fixture(scope="module")
def hub(
    built_engine: Engine,
    live_cluster: Path,
    image_settings: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Generator[Hub]:
    folder = tmp_path_factory.mktemp("e2e")
    stack = make_stack("e2e", folder, built_engine, live_cluster, {**SETTINGS, **image_settings})
    with brought_up(stack, NAMESPACE, NOTEBOOKS) as hub:
        yield hub


@pytest.fixture
def visit(hub: Hub, chromium: Browser) -> Visit:
    """Open a fresh browser on the hub's first page."""
    return lambda: open_browser(chromium, hub.url)


def _exists(namespace: str) -> bool:
    found = CoreV1Api(api.connect()).list_namespace().items
    return namespace in {item.metadata.name for item in found if item.metadata}


def _home_of(claim: str) -> Path:
    found = CoreV1Api(api.connect()).read_namespaced_persistent_volume_claim(claim, NOTEBOOKS)
    assert found.spec
    return layout.VOLUMES / str(found.spec.volume_name)


def test_the_exports_are_the_addresses_of_the_hub(hub: Hub) -> None:
    assert hub.url == "http://127.100.0.11"
    assert hub.stack.output("namespace") == NAMESPACE
    assert hub.stack.output("oauth_callback_url") == "http://127.100.0.11/hub/oauth_callback"
    assert (
        hub.stack.output("port_forward_command")
        == f"kubectl --namespace {NAMESPACE} port-forward svc/tf-hub-lb 8000:80"
    )
    assert httpx.get(f"{hub.url}/hub/health").status_code == 200


def test_the_operator_is_bound_to_cluster_admin(hub: Hub) -> None:
    assert hub.url
    binding = RbacAuthorizationV1Api(api.connect()).read_cluster_role_binding(binding_of(NAMESPACE))
    assert binding.role_ref.name == "cluster-admin"
    assert [subject.name for subject in binding.subjects or []] == ["operator@example.com"]


def test_the_first_update_tells_that_the_cluster_enforces_no_policies(hub: Hub) -> None:
    """Its pod reaches the hub, and the API of the proxy, which the policies close."""
    # Pulumi shows a warning while it works, and once more in the end.
    assert hub.printed.partition("Diagnostics:")[2].count(_NOT_ENFORCED) == 1
    assert pods(NOTEBOOKS) == {}
    policies = NetworkingV1Api(api.connect())
    found = {
        str(policy.metadata.name)
        for namespace in (NAMESPACE, NOTEBOOKS)
        for policy in policies.list_namespaced_network_policy(namespace).items
        if policy.metadata
    }
    assert found == {f"tf-hub-{part}" for part in ("closed", "hub", "proxy", "notebooks")}


def test_an_invalid_spawn_form_shows_every_error_and_keeps_the_values(visit: Visit) -> None:
    with visit() as page:
        sign_in(page, "ada")
        with page.expect_response(lambda response: response.request.method == "POST") as answer:
            start(page, image="no image!", cpu="a lot", memory="1Gib", additional_resources="[]")
        assert answer.value.status == 400
        for field, typed in {
            "image": "no image!",
            "cpu": "a lot",
            "memory": "1Gib",
            "additional_resources": "[]",
        }.items():
            expect(page.locator(f"#{field}")).to_have_value(typed)
        message = page.locator(".alert-danger").first
        for reason in ("Notebook image", "CPU", "Memory", "Additional resources"):
            expect(message).to_contain_text(reason)
    assert pods(NOTEBOOKS) == {}


@pytest.mark.parametrize(
    "options",
    [
        {"image": "evil.example/miner:1"},
        {"image--unlisted-choice": "evil.example/miner:1"},
        {"profile": "x", "image": "evil.example/miner:1"},
        {"memory": "1000Gi"},
        {"cpu": "-1"},
    ],
)
def test_the_rest_api_refuses_what_the_spawn_form_refuses(visit: Visit, options: dict[str, str]) -> None:
    with visit() as page:
        sign_in(page, "mallory")
        status = request_server(page, "POST", "mallory", options)
    assert status in {400, 403}
    assert pods(NOTEBOOKS) == {}


def test_a_user_signs_in_starts_a_server_and_runs_a_notebook(visit: Visit) -> None:
    with visit() as page:
        sign_in(page, "ada")
        picture(page, "spawn")
        start(page, cpu="300m", memory="600Mi")
        wait_for_lab(page)
        new_notebook(page)
        expect(run_cell(page, "6*7")).to_have_text("42", timeout=START_MILLISECONDS)
        picture(page, "lab")
        run_cell(page, "open('kept.txt', 'w').write('the work of ada')")
        expect(run_cell(page, "open('kept.txt').read()")).to_have_text("'the work of ada'", timeout=START_MILLISECONDS)
    pod = CoreV1Api(api.connect()).read_namespaced_pod("jupyter-ada", NOTEBOOKS)
    assert pod.spec
    resources = pod.spec.containers[0].resources
    assert resources
    assert (resources.requests or {})["cpu"] == "300m"
    assert (resources.requests or {})["memory"] == (resources.limits or {})["memory"] == str(600 * 1024**2)


def test_a_second_update_changes_nothing(hub: Hub) -> None:
    before = pods(NAMESPACE) | pods(NOTEBOOKS)
    assert _NOT_ENFORCED not in succeed(hub.stack, "up", "--yes", "--expect-no-changes")
    assert pods(NAMESPACE) | pods(NOTEBOOKS) == before


def test_a_refresh_finds_no_drift(hub: Hub) -> None:
    succeed(hub.stack, "refresh", "--yes", "--expect-no-changes")


def test_a_running_notebook_answers_while_the_hub_restarts(hub: Hub) -> None:
    core = CoreV1Api(api.connect())
    before = pods(NAMESPACE)["tf-hub-0"]
    core.delete_namespaced_pod("tf-hub-0", NAMESPACE)
    hub_failed = False
    for _ in range(2000):
        # Without a cookie, the notebook redirects to the hub. Any answer shows that it runs.
        assert httpx.get(f"{hub.url}/user/ada/api", timeout=10).status_code in {200, 302, 403}
        try:
            health = httpx.get(f"{hub.url}/hub/health", timeout=5).status_code
        except httpx.TimeoutException:  # the request reached the terminating pod
            health = 0
        hub_failed = hub_failed or health != 200
        if hub_failed and health == 200 and pods(NAMESPACE).get("tf-hub-0") not in {before, None}:
            break
    else:
        pytest.fail("the hub did not come back")


def test_a_running_notebook_answers_once_a_killed_proxy_does_without_a_hub(hub: Hub) -> None:
    core = CoreV1Api(api.connect())
    (proxy,) = (name for name in pods(NAMESPACE) if name.startswith("tf-hub-proxy"))
    kill = (
        "for process in /proc/[0-9]*; do grep -q '[c]onfigurable' $process/cmdline && kill -9 ${process#/proc/}; done"
    )
    for _ in range(600):  # the hub of the last step may still be looking at the servers
        if httpx.get(f"{hub.url}/user/ada/api", timeout=10).text.startswith('{"version"'):
            break
        time.sleep(0.1)
    time.sleep(1)  # until the proxy has written its file
    core.delete_namespaced_pod("tf-hub-0", NAMESPACE, grace_period_seconds=0)
    with suppress(ApiException):  # the container ends before the command does
        stream(core.connect_get_namespaced_pod_exec, proxy, NAMESPACE, command=["sh", "-c", kill], stdout=True)
    for _ in range(600):
        with suppress(httpx.TransportError):
            if httpx.get(f"{hub.url}/_chp_healthz", timeout=1).status_code == 200 and _restarts_of(proxy) == 1:
                break
        time.sleep(0.1)
    assert httpx.get(f"{hub.url}/user/ada/api", timeout=10).json().keys() == {"version"}
    for _ in range(600):
        with suppress(httpx.TransportError):  # no pod of the hub answers yet
            if httpx.get(f"{hub.url}/hub/health", timeout=10).status_code == 200:
                break
        time.sleep(0.1)
    assert httpx.get(f"{hub.url}/user/ada/api", timeout=10).json().keys() == {"version"}


def _restarts_of(pod: str) -> int:
    status = CoreV1Api(api.connect()).read_namespaced_pod(pod, NAMESPACE).status
    return sum(container.restart_count for container in (status and status.container_statuses) or [])


def test_a_full_home_opens_and_its_files_can_be_deleted(hub: Hub, visit: Visit) -> None:
    with visit() as page:
        sign_in(page, "ada")
        stop_server(page, hub.url)
        with _full_volume(_home_of("claim-ada")):
            page.goto(f"{hub.url}/hub/spawn")
            start(page)
            wait_for_lab(page)
            expect(page.get_by_text("home folder is full")).to_be_visible()
            server = f"{hub.url}/user/ada/api"
            text = {"type": "file", "format": "text", "content": "x" * 9999}
            assert page.request.post(f"{server}/terminals", headers=_xsrf(page)).status == 200
            assert page.request.post(f"{server}/kernels", headers=_xsrf(page)).status == 201
            assert page.request.put(f"{server}/contents/new.txt", data=text, headers=_xsrf(page)).status == 500
            assert page.request.delete(f"{server}/contents/fill", headers=_xsrf(page)).status == 204
            assert page.request.put(f"{server}/contents/new.txt", data=text, headers=_xsrf(page)).ok
            with _slow(page, "**/moment.js*", seconds=8):  # RequireJS's own timeout is 7 s
                stop_server(page, hub.url)


@contextmanager
def _slow(page: Page, url: str, *, seconds: float) -> Generator[None]:
    """Delay requests of this browser."""

    def wait(route: Route) -> None:
        time.sleep(seconds)
        route.continue_()

    page.route(url, wait)
    yield
    page.unroute(url)


@contextmanager
def _full_volume(folder: Path) -> Generator[None]:
    """Mount a full file system of 1 MiB over the folder of a volume."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m,uid=1000,gid=100,mode=2770", "tmpfs", folder], check=True)
    try:
        with suppress(OSError):  # it is full
            (folder / "fill").write_bytes(bytes(2**21))
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def _xsrf(page: Page) -> dict[str, str]:
    """Return the header for requests that change something on the user's server."""
    cookies = {(cookie.get("name"), cookie.get("path")): cookie.get("value", "") for cookie in page.context.cookies()}
    return {"X-XSRFToken": cookies["_xsrf", "/user/ada/"]}


def test_a_file_survives_stopping_and_starting_the_server(hub: Hub, visit: Visit) -> None:
    with visit() as page:
        sign_in(page, "ada")
        assert "jupyter-ada" not in pods(NOTEBOOKS)
        page.goto(f"{hub.url}/hub/spawn")
        start(page)
        wait_for_lab(page)
        assert page.request.get(f"{hub.url}/user/ada/files/kept.txt").text() == "the work of ada"


def test_no_secret_is_in_objects_logs_state_or_previews(hub: Hub) -> None:
    core = CoreV1Api(api.connect())
    seen = "\n".join(
        [
            *readable_texts(NAMESPACE).values(),
            succeed(hub.stack, "stack", "export"),
            succeed(hub.stack, "preview", "--diff"),
        ]
    )
    values = [
        value for secret in core.list_namespaced_secret(NAMESPACE).items for value in (secret.data or {}).values()
    ]
    assert len(values) == 3
    for value in values:
        assert value not in seen
        assert _decoded(value) not in seen


def _decoded(value: str) -> str:
    text = base64.b64decode(value).decode()
    assert re.fullmatch(r"[0-9a-f]{64}", text)
    return text


def test_a_destroy_keeps_only_the_homes_and_the_next_update_uses_them(hub: Hub, visit: Visit) -> None:
    home = _home_of("claim-ada")
    assert (home / "kept.txt").read_text() == "the work of ada"
    succeed(hub.stack, "destroy", "--yes")
    assert not _exists(NAMESPACE)
    with pytest.raises(ApiException):
        RbacAuthorizationV1Api(api.connect()).read_cluster_role_binding(binding_of(NAMESPACE))
    core = CoreV1Api(api.connect())
    for _ in range(300):
        if not pods(NOTEBOOKS):
            break
    assert pods(NOTEBOOKS) == {}
    claims = core.list_namespaced_persistent_volume_claim(NOTEBOOKS).items
    assert [claim.metadata.name for claim in claims if claim.metadata] == ["claim-ada"]
    assert (home / "kept.txt").read_text() == "the work of ada"

    # Each object has a hook, for which the engine needs the program.
    succeed(hub.stack, "up", "--yes", "--parallel", "1")
    with visit() as page:
        sign_in(page, "ada")
        start(page)
        wait_for_lab(page)
        assert page.request.get(f"{hub.url}/user/ada/files/kept.txt").text() == "the work of ada"


def test_a_destroy_with_keep_homes_off_deletes_the_homes(hub: Hub, image_settings: dict[str, str]) -> None:
    stack = hub.stack
    assert stack.kubeconfig
    settings = {**SETTINGS, **image_settings, "notebook.keepHomes": "false"}
    make_stack(stack.name, stack.folder, stack.engine, stack.kubeconfig, settings)
    home = _home_of("claim-ada")
    succeed(stack, "up", "--yes")
    succeed(stack, "destroy", "--yes")
    assert not _exists(NOTEBOOKS)
    assert not home.exists()
