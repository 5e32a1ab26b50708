"""Room, images and limits of a hub on the local cluster, whose node has one place for servers that need it.

Many nodes and people are in `test_capacity.py`.
"""

from collections.abc import Generator, Mapping
from pathlib import Path

import pytest
from kubernetes.client import AppsV1Api, CoreV1Api, SchedulingV1Api, V1Pod
from playwright.sync_api import Browser, expect

from tests.conftest import make_stack, succeed
from tests.e2e.browser import START_MILLISECONDS, open_browser, request_server, screenshot, sign_in, start, wait_for_lab
from tests.e2e.hub_settings import CAPACITY_NAMESPACE, CAPACITY_NOTEBOOKS, CAPACITY_SETTINGS, PLACE
from tests.e2e.hubs import Hub, brought_up, pods
from tests.waiting import wait_until
from tools.engine import Engine
from tools.local import api

pytestmark = pytest.mark.scenario

_PRIORITY_CLASS = f"{CAPACITY_NOTEBOOKS}-low-priority"
_ON_PLACE = "tf-hub-spare-place"
_MISSING = "tf-hub-spare-missing"


@pytest.fixture(scope="module")
def place(live_cluster: Path) -> Generator[None]:
    """The node has one of a resource that only these tests know."""
    assert live_cluster.exists()
    core = CoreV1Api(api.connect())
    (node,) = (str(node.metadata.name) for node in core.list_node().items if node.metadata)
    core.patch_node_status(node, {"status": {"capacity": {PLACE: "1"}}})
    yield
    core.patch_node_status(node, {"status": {"capacity": {PLACE: None}, "allocatable": {PLACE: None}}})


@pytest.fixture(scope="module")
def settings(image_settings: dict[str, str]) -> dict[str, object]:
    return {**CAPACITY_SETTINGS, **image_settings}


@pytest.fixture(scope="module")
def hub(
    place: None,
    built_engine: Engine,
    live_cluster: Path,
    settings: Mapping[str, object],
    tmp_path_factory: pytest.TempPathFactory,
) -> Generator[Hub]:
    assert place is None
    stack = make_stack("capacity", tmp_path_factory.mktemp("capacity"), built_engine, live_cluster, settings)
    with brought_up(stack, CAPACITY_NAMESPACE, CAPACITY_NOTEBOOKS) as hub:
        yield hub


def _pods(prefix: str) -> list[V1Pod]:
    found = CoreV1Api(api.connect()).list_namespaced_pod(CAPACITY_NOTEBOOKS).items
    return [pod for pod in found if pod.metadata and str(pod.metadata.name).startswith(prefix)]


def _phases(prefix: str) -> list[str]:
    return [str(pod.status.phase) for pod in _pods(prefix) if pod.status]


def _replicas(name: str) -> int | None:
    found = AppsV1Api(api.connect()).read_namespaced_deployment(name, CAPACITY_NOTEBOOKS)
    assert found.spec
    return found.spec.replicas


def test_an_update_waits_for_no_room_and_no_image(hub: Hub) -> None:
    assert hub.url
    wait_until(lambda: _phases(_MISSING) == ["Pending", "Pending"])


def test_the_hub_sets_the_number_of_the_hours(hub: Hub) -> None:
    assert hub.url
    wait_until(lambda: _phases(_ON_PLACE) == ["Running"], seconds=120)
    assert _replicas(_ON_PLACE) == 1


def test_images_are_pulled_in_order_and_a_missing_one_is_told_in_its_pod(hub: Hub) -> None:
    assert hub.url

    def states() -> dict[str, str]:
        """Return by image why its container is not running."""
        images: dict[str, str] = {}
        reasons: dict[str, str] = {}
        for pod in _pods("tf-hub-images-user"):
            assert pod.spec
            images = {one.name: str(one.image) for one in pod.spec.init_containers or []}
            for one in (pod.status and pod.status.init_container_statuses) or []:
                assert one.state
                state = one.state.terminated or one.state.waiting
                reasons[images[one.name]] = str(state and state.reason)
        return reasons

    def is_told() -> bool:
        reasons = states()
        missing = reasons.pop("registry.invalid/missing:1", "")
        return missing in {"ErrImagePull", "ImagePullBackOff"} and list(reasons.values()) == ["Completed"]

    wait_until(is_told, seconds=120)


def test_a_second_update_leaves_the_number_of_the_hub(hub: Hub) -> None:
    succeed(hub.stack, "up", "--yes", "--expect-no-changes")
    succeed(hub.stack, "refresh", "--yes", "--skip-preview")
    succeed(hub.stack, "up", "--yes", "--skip-preview")
    assert _replicas(_ON_PLACE) == 1


def test_a_server_takes_the_place_of_a_placeholder_within_the_quota(hub: Hub, chromium: Browser) -> None:
    (before,) = (pod.metadata.uid for pod in _pods(_ON_PLACE) if pod.metadata)
    with open_browser(chromium, hub.url) as page:
        sign_in(page, "ada")
        page.goto(f"{hub.url}/hub/spawn?choice=place")
        start(page)
        wait_for_lab(page)
    wait_until(lambda: _phases(_ON_PLACE) == ["Pending"])
    assert before not in pods(CAPACITY_NOTEBOOKS).values()
    # Ada's server alone, beside three placeholders and the pull of images.
    quota = CoreV1Api(api.connect()).read_namespaced_resource_quota("tf-hub-pods", CAPACITY_NOTEBOOKS)
    assert quota.status
    assert (quota.status.used, quota.status.hard) == ({"pods": "1"}, {"pods": "2"})


def test_a_start_among_too_many_is_told_when_to_try_again(hub: Hub, chromium: Browser) -> None:
    with open_browser(chromium, hub.url) as other, open_browser(chromium, hub.url) as page:
        sign_in(other, "bob")
        assert request_server(other, "POST", "bob", {"choice": "missing"}) == 202
        sign_in(page, "cyd")
        page.goto(f"{hub.url}/hub/spawn?choice=small")
        with page.expect_response(lambda answer: answer.request.method == "POST") as answer:
            start(page)
        assert answer.value.status == 429
        assert int(answer.value.headers["retry-after"]) > 0
        expect(page.get_by_role("alert")).to_contain_text("Many people are starting a server at this moment.")
        expect(page.get_by_role("alert")).to_contain_text("Yours is not started yet. Try again in")
        screenshot(page, "many-starts")
        assert request_server(other, "DELETE", "bob") in {202, 204}
    wait_until(lambda: "jupyter-bob" not in pods(CAPACITY_NOTEBOOKS), seconds=120)


def test_a_full_hub_says_that_it_is_full(hub: Hub, chromium: Browser) -> None:
    with open_browser(chromium, hub.url) as page:
        sign_in(page, "bob")
        page.goto(f"{hub.url}/hub/spawn?choice=small")
        start(page)
        wait_for_lab(page)
    with open_browser(chromium, hub.url) as page:
        sign_in(page, "cyd")
        page.goto(f"{hub.url}/hub/spawn?choice=small")
        with page.expect_response(lambda answer: answer.request.method == "POST") as answer:
            start(page)
        assert answer.value.status == 429
        expect(page.get_by_role("alert")).to_contain_text("This hub is full: as many servers run as it may have.")
        screenshot(page, "full-hub")
        assert request_server(page, "POST", "cyd", {"choice": "small"}) == 429
    assert "jupyter-cyd" not in pods(CAPACITY_NOTEBOOKS)


def test_the_room_comes_back_when_the_server_stops(hub: Hub, chromium: Browser) -> None:
    with open_browser(chromium, hub.url) as page:
        sign_in(page, "ada")
        page.goto(f"{hub.url}/hub/home")
        expect(page.locator("#stop")).to_be_visible(timeout=START_MILLISECONDS)
        assert request_server(page, "DELETE", "ada") in {202, 204}
    wait_until(lambda: _phases(_ON_PLACE) == ["Running"], seconds=120)


def test_without_hours_the_number_is_that_of_the_settings_again(hub: Hub, settings: dict[str, object]) -> None:
    assert hub.stack.kubeconfig
    changed = {**settings, "notebook.spare": [{"servers": 2, "choice": "place"}]}
    make_stack(hub.stack.name, hub.stack.folder, hub.stack.engine, hub.stack.kubeconfig, changed)
    succeed(hub.stack, "up", "--yes", "--skip-preview")
    assert _replicas(_ON_PLACE) == 2
    wait_until(lambda: not _pods(_MISSING))
    succeed(hub.stack, "up", "--yes", "--expect-no-changes")


def test_destroy_removes_the_placeholders_and_their_priority(hub: Hub) -> None:
    succeed(hub.stack, "destroy", "--yes", "--skip-preview")
    names = [one.metadata.name for one in SchedulingV1Api(api.connect()).list_priority_class().items if one.metadata]
    assert "system-node-critical" in names
    assert _PRIORITY_CLASS not in names
    assert not _pods("tf-hub-")
