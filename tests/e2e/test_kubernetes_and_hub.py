"""The hub's records against the cluster: outages of Kubernetes' API, restarts, lost objects and failing starts.

The hub is a process of this machine, with an API server of its own, which the tests stop and start.
"""

import socket
import time
from collections.abc import Generator

import pytest

from tests.doubles.api_server import api_server
from tests.e2e.kubernetes_hub import NOTEBOOKS, KubernetesHub, kubernetes_hub

pytestmark = pytest.mark.scenario


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Generator[KubernetesHub]:
    folder = tmp_path_factory.mktemp("kubernetes")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (
        api_server("kubernetes", folder / "server") as server,
        kubernetes_hub(server, folder, port=port) as hub,
    ):
        yield hub


def test_servers_start(hub: KubernetesHub) -> None:
    hub.running("ada")
    hub.running("bob")
    assert set(hub.pods()) == {"jupyter-ada", "jupyter-bob"}


def test_a_start_without_kubernetes_is_refused_in_words(hub: KubernetesHub) -> None:
    hub.server.stop()
    begin = time.monotonic()
    answer = hub.start_server("cyd")
    assert answer.status_code == 503
    assert "Kubernetes does not answer" in answer.json()["message"]
    assert "Servers that run already are not affected." in answer.json()["message"]
    hub.until(lambda: "Kubernetes does not list the pods, trying again" in hub.log)
    time.sleep(max(0, 5 - (time.monotonic() - begin)))  # KubeSpawner gives up after one
    assert hub.server_of("ada")["ready"] is True


def test_a_hub_that_restarts_without_kubernetes_keeps_the_servers(hub: KubernetesHub) -> None:
    hub.kill()
    hub.start()
    assert hub.server_of("ada")["pending"] == "spawn", "it is checked"
    hub.server.start()
    hub.until(lambda: hub.server_of("ada").get("ready") is True)
    assert set(hub.pods()) == {"jupyter-ada", "jupyter-bob"}


def test_a_running_hub_recovers_from_an_outage_by_itself(hub: KubernetesHub) -> None:
    hub.server.stop()
    time.sleep(5)
    hub.server.start()
    hub.running("cyd")
    assert hub.api("DELETE", "users/ada/server").status_code in {202, 204}
    hub.until(lambda: "jupyter-ada" not in hub.pods())


def test_a_start_goes_on_after_a_restart_of_the_hub(hub: KubernetesHub) -> None:
    hub.kubelet.behaviour["jupyter-dan"] = "wait"
    assert hub.start_server("dan").status_code == 202
    pod = hub.pods()["jupyter-dan"]
    hub.stop()
    hub.start()
    assert hub.server_of("dan")["pending"] == "spawn"
    del hub.kubelet.behaviour["jupyter-dan"]
    events = hub.progress("dan")
    assert '"ready": true' in events, events
    assert hub.pods()["jupyter-dan"] == pod
    assert "/user/dan/" in hub.routes
    assert hub.server_of("dan")["ready"] is True


def test_a_start_is_cancelled_after_a_restart_of_the_hub(hub: KubernetesHub) -> None:
    hub.kubelet.behaviour["jupyter-eve"] = "wait"
    assert hub.start_server("eve").status_code == 202
    hub.kill()
    hub.start()
    assert hub.api("DELETE", "users/eve/server").status_code in {202, 204}
    hub.until(lambda: "jupyter-eve" not in hub.pods())
    hub.until(lambda: hub.server_of("eve") == {})
    del hub.kubelet.behaviour["jupyter-eve"]
    hub.running("eve")


def test_a_start_is_cancelled_at_once(hub: KubernetesHub) -> None:
    hub.kubelet.behaviour["jupyter-fay"] = "wait"
    assert hub.start_server("fay").status_code == 202
    assert hub.api("DELETE", "users/fay/server").status_code in {202, 204}
    hub.until(lambda: "jupyter-fay" not in hub.pods() and hub.server_of("fay") == {})


def test_a_server_that_does_not_answer_is_stopped_at_once_after_a_restart_of_the_hub(hub: KubernetesHub) -> None:
    hub.kill()
    hub.notebooks_answer.clear()
    hub.start()
    assert hub.server_of("dan")["pending"] == "spawn", "it is checked"
    assert hub.api("DELETE", "users/dan/server").status_code in {202, 204}
    hub.until(lambda: "jupyter-dan" not in hub.pods() and hub.server_of("dan") == {})
    hub.notebooks_answer.set()
    hub.until(lambda: hub.server_of("cyd").get("ready") is True)


def test_a_failing_image_is_given_up_with_its_reason(hub: KubernetesHub) -> None:
    hub.kubelet.behaviour["jupyter-gil"] = "ImagePullBackOff"
    answer = hub.start_server("gil")
    assert answer.status_code == 503
    assert "notebook:1.0.0 cannot be pulled (ImagePullBackOff)" in answer.json()["message"]
    assert "message of ImagePullBackOff" in answer.json()["message"]
    hub.until(lambda: "jupyter-gil" not in hub.pods())
    hub.kubelet.behaviour["jupyter-gil"] = "run"
    hub.running("gil")


def test_a_pod_that_is_deleted_during_its_start_is_given_up(hub: KubernetesHub) -> None:
    hub.kubelet.behaviour["jupyter-hal"] = "wait"
    assert hub.start_server("hal").status_code == 202
    hub.server.core.delete_namespaced_pod("jupyter-hal", NOTEBOOKS)
    events = hub.progress("hal")
    # Kubernetes may report the mark for deletion first.
    assert "was deleted before the server answered" in events or "is being deleted" in events, events


def test_a_lost_home_is_told_at_once_and_then_created_again(hub: KubernetesHub) -> None:
    hub.api("DELETE", "users/bob/server")
    hub.until(lambda: hub.server_of("bob") == {})
    core = hub.server.core
    core.patch_namespaced_persistent_volume_claim("claim-bob", NOTEBOOKS, {"metadata": {"finalizers": None}})
    core.delete_namespaced_persistent_volume_claim("claim-bob", NOTEBOOKS)
    answer = hub.start_server("bob")
    assert answer.status_code == 503
    assert "Your home volume (claim-bob) does not exist any more" in answer.json()["message"]
    hub.running("bob")
    assert core.read_namespaced_persistent_volume_claim("claim-bob", NOTEBOOKS)


def test_a_running_pod_that_the_database_does_not_know_is_adopted_by_a_start(hub: KubernetesHub) -> None:
    pod = hub.pods()["jupyter-bob"]
    token = hub.token_of("bob")
    hub.kill()
    hub.forget_server("bob")
    hub.start()
    assert hub.server_of("bob") == {}
    hub.running("bob")
    assert hub.pods()["jupyter-bob"] == pod
    assert hub.api("GET", "user", token=token).json()["name"] == "bob", "the server reports its activity"


def test_a_pod_of_another_choice_is_replaced_by_a_start(hub: KubernetesHub) -> None:
    pod = hub.pods()["jupyter-bob"]
    hub.kill()
    hub.forget_server("bob")
    hub.start()
    hub.running("bob", cpu="1")
    assert hub.pods()["jupyter-bob"] != pod


def test_a_pod_that_the_database_does_not_know_is_reported_and_stopped(hub: KubernetesHub) -> None:
    hub.kill()
    hub.forget_server("bob")
    hub.configure("stray_pods.GRACE_SECONDS = 2")
    hub.start()
    hub.until(lambda: "1 pods have no server in the database" in hub.log)
    hub.until(lambda: "jupyter-bob" not in hub.pods())
    assert "jupyter-cyd" in hub.pods()
