"""The local cluster is isolated, and `make down` removes all its traces."""

import json
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path

import pytest
from dns.resolver import NXDOMAIN, Resolver
from kubernetes.client import CoreV1Api, V1Container, V1ObjectMeta, V1Pod, V1PodSpec

from tests.cluster_users import ClusterUsers
from tests.conftest import IN_CI
from tests.e2e.hubs import forget, new_namespace
from tests.waiting import wait_until
from tools import toolchain
from tools.local import api, cluster, layout
from tools.local.processes import is_running
from tools.paths import CHECKOUT

_NAMESPACE = "tests-pods-network"


@pytest.fixture
def running_pod(live_cluster: Path) -> Generator[None]:
    """A running pod of the cluster's own image."""
    assert live_cluster.exists()
    forget(_NAMESPACE)
    core = CoreV1Api(api.connect())
    new_namespace(_NAMESPACE)
    spec = V1PodSpec(
        containers=[V1Container(name="pause", image=layout.PAUSE_IMAGE, image_pull_policy="Never")],
        termination_grace_period_seconds=0,
    )
    core.create_namespaced_pod(_NAMESPACE, V1Pod(metadata=V1ObjectMeta(name="pause"), spec=spec))
    wait_until(lambda: core.list_namespaced_pod(_NAMESPACE, field_selector="status.phase=Running").items != [])
    yield
    forget(_NAMESPACE)


def _printed(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def test_a_pod_has_no_route_out_of_the_machine(live_cluster: Path) -> None:
    """The kernel is asked for the route of a packet from a pod; no packet is sent."""
    assert live_cluster.exists()
    pod = str(layout.PODS[77])
    for target in ("192.0.2.1", "203.0.113.7", "169.254.169.254", "10.0.0.1"):
        asked = subprocess.run(
            ["ip", "route", "get", target, "from", pod, "iif", layout.BRIDGE],
            capture_output=True,
            text=True,
            check=False,
        )
        assert asked.returncode != 0
        assert "unreachable" in asked.stderr.lower() or "No route to host" in asked.stderr


def test_cluster_dns_resolves_services_and_no_outside_names(live_cluster: Path) -> None:
    assert live_cluster.exists()
    resolver = Resolver(configure=False)
    resolver.nameservers = [str(layout.NODE_ADDRESS)]
    (found,) = resolver.resolve("kubernetes.default.svc.cluster.local")
    assert str(found) == str(layout.API_ADDRESS)
    for name in ("example.com", "nothing.default.svc.cluster.local"):
        with pytest.raises(NXDOMAIN):
            resolver.resolve(name)


def test_an_unused_service_address_is_unreachable_from_the_machine(live_cluster: Path) -> None:
    assert live_cluster.exists()
    assert "unreachable" in _printed("ip", "route", "show", str(layout.SERVICES))


@pytest.mark.usefixtures("running_pod")
def test_a_pod_gives_the_machine_no_address_that_a_browser_takes_for_a_change_of_network() -> None:
    """Chromium cancels the requests under way when the machine gets an address: JupyterLab would not load."""
    ends = json.loads(_printed("ip", "-j", "address", "show", "master", layout.BRIDGE))
    assert ends, "the pod is connected to the bridge"
    assert [end["addr_info"] for end in ends if end["addr_info"]] == []


def test_make_down_leaves_nothing_on_the_machine_even_during_a_start_and_up_finds_the_data(
    live_cluster: Path, users_of_cluster: ClusterUsers
) -> None:
    with users_of_cluster.alone():
        if not IN_CI and _has_hub_of_a_developer():
            pytest.skip(
                "a hub of `make up` runs on this cluster: it is not stopped for a test (make down, and run again)"
            )
        kernel = json.loads((layout.RUN / "sysctls.json").read_text())
        namespaces = len(CoreV1Api(api.connect()).list_namespace().items)
        try:
            cluster.down()
            _require_nothing_left()
            assert {name: Path("/proc/sys", name).read_text().strip() for name in kernel} == kernel
            with subprocess.Popen([sys.executable, "-m", "tools.local", "up"], cwd=CHECKOUT) as starting:
                while starting.poll() is None and not is_running("etcd"):
                    time.sleep(0.05)
                cluster.down()  # waits until the other command has started all parts
            assert starting.returncode == 0
            _require_nothing_left()
        finally:
            cluster.up()
        assert len(CoreV1Api(api.connect()).list_namespace().items) == namespaces
    assert live_cluster.exists()


def _require_nothing_left() -> None:
    assert not any(cluster.status().values())
    assert str(layout.DATA) not in Path("/proc/self/mountinfo").read_text()
    assert str(layout.RUN) not in Path("/proc/self/mountinfo").read_text()
    assert layout.BRIDGE not in _printed("ip", "-brief", "link")
    assert "KUBE-" not in _printed("iptables-save")
    assert "JUPYTERHUB" not in _printed("iptables-save")
    assert layout.BRIDGE not in _printed("ip", "rule") + _printed("ip", "route", "show", "table", "all")
    assert not list(Path("/run/netns").glob("cni-*"))
    assert _processes_with(str(layout.RUN), str(toolchain.KUBERNETES.programs)) == []


def _has_hub_of_a_developer() -> bool:
    return any(pod.metadata for pod in CoreV1Api(api.connect()).list_namespaced_pod("jupyterhub").items)


def _processes_with(*marks: str) -> list[str]:
    found: list[str] = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue  # the process has ended
        if any(mark in words for mark in marks):
            found.append(words.replace("\0", " "))
    return found
