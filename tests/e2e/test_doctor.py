"""`make doctor` on a hub that is broken in five ways, one after the other. What it prints is in the documentation."""

import os
import re
import subprocess
import sys
from collections.abc import Generator
from datetime import timedelta
from pathlib import Path

import pytest
from kubernetes.client import CoreV1Api, V1ObjectMeta, V1ResourceQuota, V1ResourceQuotaSpec, V1Secret

from hub.contract import COOKIE_SECRET_VARIABLE
from tests.doubles.certificates import pair
from tests.e2e.hub_settings import DOCTOR_ADDRESS, DOCTOR_NAMESPACE, DOCTOR_NOTEBOOKS, DOCTOR_SETTINGS
from tests.e2e.hubs import ChangingHub, destroyed_in_the_end, pods, require_success
from tests.examples import TROUBLESHOOTING, require_block
from tests.waiting import wait_until
from tools.engine import Engine, Stack
from tools.local import api
from tools.paths import CHECKOUT

pytestmark = pytest.mark.scenario

HOST = "hub.example.org"
HUB = "tf-hub-0"
ONLY_IN_A_POD = "import os\nif 'KUBERNETES_SERVICE_HOST' in os.environ:\n    raise ValueError('only in a pod')\n"
SHOWN_AS = {
    rf"{DOCTOR_NAMESPACE}\b": "jupyterhub",
    r"\bStack doctor\b": "Stack dev",
    r"localhost/jupyterhub/hub:[0-9a-f]+": "localhost/jupyterhub/hub:…",
    r"\b(tf-hub-[a-z-]+)-[0-9a-f]{8}\b": r"\1-…",
    r"\b(tf-hub-proxy)-[0-9a-f]{8,10}-[a-z0-9]{5}\b": r"\1-…",
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9:.]{12})?": "2026-11-30",
    r"starts until now: [0-9]+": "starts until now: 3",
    # The first tries may count the deleted pod.
    r"(      FailedCreate: .*used: pods=)[0-9](.*\n)(?:      FailedCreate: .*\n)*": r"\g<1>1\2",
    rf"(DNS has no address of {re.escape(HOST)}\n      ).*": r"\1Name or service not known",
    # Of a long log, its end.
    r"(?s)(code 1 \(starts[^\n]*\n)(?:      [^\n]*\n)+?((?:      [^\n]*\n){2}      Fix)": r"\1      [...]\n\2",
}
"""What the documentation shows in place of what differs from run to run."""


@pytest.fixture(scope="module")
def hub(
    built_engine: Engine, live_cluster: Path, image_settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Generator[ChangingHub]:
    """The hub, destroyed after the tests."""
    folder = tmp_path_factory.mktemp("doctor")
    made = ChangingHub(
        stack=Stack(name="doctor", engine=built_engine, folder=folder, kubeconfig=live_cluster),
        url=f"http://{DOCTOR_ADDRESS}",
        settings={**DOCTOR_SETTINGS, **image_settings},
    )
    with destroyed_in_the_end(made, DOCTOR_NAMESPACE, DOCTOR_NOTEBOOKS):
        require_success(made.up(), DOCTOR_NAMESPACE)
        yield made


@pytest.fixture(scope="module")
def core() -> CoreV1Api:
    """The core API of the cluster."""
    return CoreV1Api(api.connect())


def _doctor(hub: ChangingHub) -> subprocess.CompletedProcess[str]:
    """Run `make doctor` on the stack file of the hub."""
    file = hub.stack.folder / "settings.yaml"
    return subprocess.run(
        [sys.executable, "-m", "tools.doctor", "--stack", hub.stack.name, "--file", str(file)],
        cwd=CHECKOUT,
        env={key: value for key, value in os.environ.items() if key != "KUBECONFIG"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def _documented(hub: ChangingHub, heading: str, *texts: str) -> None:
    """Require that the command finds something, with these texts in that order, as the documentation shows it."""
    done = _doctor(hub)
    assert done.returncode == 1, done.stdout + done.stderr
    assert re.search(".*".join(map(re.escape, texts)), done.stdout, re.DOTALL), done.stdout
    require_block(TROUBLESHOOTING, heading, f"$ make doctor\n{done.stdout}", SHOWN_AS)


def test_a_hub_in_which_all_is_well_has_no_findings(hub: ChangingHub) -> None:
    done = _doctor(hub)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Nothing is wrong. Looked at: nodes, objects of the stack, quotas, volumes, pod of the hub," in done.stdout
    assert f"URL: http://{DOCTOR_ADDRESS}" in done.stdout


def test_the_next_steps_are_printed_at_the_end_of_an_update(hub: ChangingHub) -> None:
    assert re.search(rf'next_steps\s*: \[\s*(\+ )?\[0\]: "Open http://{DOCTOR_ADDRESS}"', hub.printed[0])


def test_a_wrong_image_tag_is_the_first_finding(hub: ChangingHub, core: CoreV1Api) -> None:
    image = str(hub.settings["hub.image"])
    assert hub.up(hub_image=f"{image.rpartition(':')[0]}:missing").returncode != 0
    wait_until(lambda: _waits_for(core) == "ImagePullBackOff")
    _documented(hub, "### A wrong image tag", "!! 1. The image of pod tf-hub-0 cannot be pulled", "hub.image")
    hub.settings["hub.image"] = image


def test_a_hub_that_crashes_is_told_with_its_log(hub: ChangingHub, core: CoreV1Api) -> None:
    assert hub.up(hub_extraConfig=ONLY_IN_A_POD).returncode != 0
    wait_until(lambda: _waits_for(core) == "CrashLoopBackOff")
    _documented(hub, "### A hub that crashes", "!! 1. Pod tf-hub-0 does not start", "ValueError: only in a pod")
    require_success(hub.up(hub_extraConfig=""), DOCTOR_NAMESPACE)


def test_a_deleted_secret_is_named_and_comes_back_as_told(hub: ChangingHub, core: CoreV1Api) -> None:
    core.delete_namespaced_secret(_secret_of_hub(core), DOCTOR_NAMESPACE)
    core.delete_namespaced_pod(HUB, DOCTOR_NAMESPACE)
    wait_until(lambda: _waits_for(core) == "CreateContainerConfigError")
    _documented(hub, "### A deleted Secret", "!! 1. Pod tf-hub-0 needs a Secret", "pulumi up --refresh")
    require_success(hub.pulumi("up", "--yes", "--refresh"), DOCTOR_NAMESPACE)
    assert _doctor(hub).returncode == 0


def test_a_quota_that_is_used_up_is_before_the_missing_pod(hub: ChangingHub, core: CoreV1Api) -> None:
    quota = V1ResourceQuota(metadata=V1ObjectMeta(name="small"), spec=V1ResourceQuotaSpec(hard={"pods": "1"}))
    core.create_namespaced_resource_quota(DOCTOR_NAMESPACE, quota)
    core.delete_namespaced_pod(HUB, DOCTOR_NAMESPACE)
    wait_until(lambda: HUB not in pods(DOCTOR_NAMESPACE) and _is_refused(core) and _used(core) == "1")
    _documented(
        hub,
        "### A quota that is used up",
        "!! 1. ResourceQuota small of namespace",
        "!! 2. There is no pod tf-hub-0",
        "May follow from 1",
    )
    core.delete_namespaced_resource_quota("small", DOCTOR_NAMESPACE)


def test_an_expired_certificate_and_a_missing_dns_record_are_told(hub: ChangingHub, core: CoreV1Api) -> None:
    _put_certificate(core, timedelta(days=60), replace=False)
    hub.settings |= {"endpoint.hostname": HOST, "auth.allowAnyoneFromTheInternet": "true"}
    require_success(hub.up(endpoint_tlsSecret="hub-tls"), DOCTOR_NAMESPACE)
    _put_certificate(core, timedelta(days=-1), replace=True)
    for name in pods(DOCTOR_NAMESPACE):
        if "proxy" in name:
            core.delete_namespaced_pod(name, DOCTOR_NAMESPACE, grace_period_seconds=0)
    # The hub and the Service take some seconds to know the new proxy.
    wait_until(lambda: "2 errors, 0 warnings" in _doctor(hub).stdout, seconds=120)
    _documented(
        hub,
        "### An expired certificate, and no DNS record",
        f"!! 1. DNS has no address of {HOST}",
        f"!! 2. The certificate of {HOST} has expired",
    )


def _secret_of_hub(core: CoreV1Api) -> str:
    pod = core.read_namespaced_pod(HUB, DOCTOR_NAMESPACE)
    assert pod.spec
    variables = pod.spec.containers[0].env or []
    source = next(one.value_from for one in variables if one.name == COOKIE_SECRET_VARIABLE)
    assert source
    assert source.secret_key_ref
    return str(source.secret_key_ref.name)


def _waits_for(core: CoreV1Api) -> str | None:
    """Return the reason for which the hub's container waits."""
    found = core.list_namespaced_pod(DOCTOR_NAMESPACE, field_selector=f"metadata.name={HUB}").items
    statuses = (found[0].status.container_statuses if found and found[0].status else None) or []
    waiting = statuses[0].state.waiting if statuses and statuses[0].state else None
    return waiting.reason if waiting else None


def _is_refused(core: CoreV1Api) -> bool:
    found = core.list_namespaced_event(DOCTOR_NAMESPACE, field_selector="reason=FailedCreate").items
    return any("exceeded quota" in (event.message or "") for event in found)


def _used(core: CoreV1Api) -> str | None:
    """Return how many pods the quota counts."""
    status = core.read_namespaced_resource_quota("small", DOCTOR_NAMESPACE).status
    return ((status.used if status else None) or {}).get("pods")


def _put_certificate(core: CoreV1Api, valid: timedelta, *, replace: bool) -> None:
    certificate, key = pair(HOST, valid=valid)
    secret = V1Secret(
        metadata=V1ObjectMeta(name="hub-tls"),
        type="kubernetes.io/tls",
        string_data={"tls.crt": certificate, "tls.key": key},
    )
    if replace:
        core.replace_namespaced_secret("hub-tls", DOCTOR_NAMESPACE, secret)
    else:
        core.create_namespaced_secret(DOCTOR_NAMESPACE, secret)
