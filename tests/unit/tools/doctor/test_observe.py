"""`make doctor`: the observation reads the cluster once, changes nothing, and says what it may not read."""

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web
from kubernetes.config import kube_config

from components.dynamic.objects import connect
from components.dynamic.pods import Part
from settings.reading.keys import SECRETS
from tests import kubeconfigs
from tests.doubles.http_double import HttpDouble
from tests.stacks import GKE, VALUES, settings_with
from tests.unit.tools.doctor.recorded import HUB, NOTEBOOKS, found, healthy, pod
from tools.doctor import __main__ as command
from tools.doctor.facts import Facts
from tools.doctor.observe import observe

NONE = {"endpoint.type": "none", "endpoint.address": ""}
"""Settings of a hub without a URL, which is not looked at."""
USAGE = {
    "pods": [
        {
            "volume": [
                {"name": "tmp", "usedBytes": 1},
                {"pvcRef": {"name": "tf-hub-database", "namespace": HUB}, "usedBytes": 95, "capacityBytes": 100},
                {"pvcRef": {"name": "tf-hub-database", "namespace": "other"}, "usedBytes": 1, "capacityBytes": 100},
            ]
        }
    ]
}


@dataclass(kw_only=True)
class Api(HttpDouble):
    """A Kubernetes API server that has the objects of facts, by path."""

    content: Mapping[str, Any]
    forbidden: tuple[str, ...] = ()
    asked: list[str] = field(default_factory=list[str])

    def application(self) -> web.Application:
        """Answer with what there is."""
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._answer)
        return application

    async def _answer(self, request: web.Request) -> web.Response:
        self.asked.append(f"{request.method} {request.path}")
        if request.path in self.forbidden:
            return web.json_response({"message": f"{request.path} is forbidden"}, status=403)
        found = self.content.get(request.path)
        if found is None:
            return web.json_response({"message": "not found"}, status=404)
        return web.Response(text=found) if isinstance(found, str) else web.json_response(found)


def _content(facts: Facts) -> dict[str, Any]:
    def items(*objects: Part) -> dict[str, Any]:
        return {"items": [one.model_dump(by_alias=True, mode="json", exclude_none=True) for one in objects]}

    hub = f"namespaces/{HUB}"
    running = pod().model_dump(by_alias=True, mode="json", exclude_none=True)
    running["spec"]["volumes"].append({"name": "code", "configMap": {"name": "tf-hub-config-1"}})
    return {
        "/version": {},
        f"/api/v1/{hub}": {"metadata": {"name": HUB}},
        "/api/v1/nodes": items(*facts.nodes),
        "/api/v1/nodes/node-1/proxy/stats/summary": USAGE,
        f"/api/v1/{hub}/pods": {"items": [running, *items(*facts.pods[1:])["items"]]},
        f"/api/v1/{hub}/pods/tf-hub-0/log": "[I 2026] Health: good\n",
        f"/api/v1/{hub}/services": items(*facts.services),
        f"/api/v1/{hub}/persistentvolumeclaims": items(*facts.claims),
        f"/api/v1/{hub}/configmaps/tf-hub-config-1": {"data": dict(facts.hub_files)},
        f"/api/v1/namespaces/{NOTEBOOKS}/resourcequotas": items(*facts.quotas),
        f"/apis/apps/v1/{hub}/statefulsets": items(*facts.stateful_sets),
        f"/apis/apps/v1/{hub}/deployments": items(*facts.deployments),
        f"/apis/discovery.k8s.io/v1/{hub}/endpointslices": items(*facts.slices),
        f"/apis/networking.k8s.io/v1/{hub}/networkpolicies": items(*facts.policies),
    }


@contextmanager
def _api(*forbidden: str) -> Generator[Api]:
    with Api(content=_content(healthy(NONE)), forbidden=forbidden) as api:
        yield api


def _observed(api: Api, folder: Path) -> Facts:
    kubeconfig = kubeconfigs.write(folder / "kubeconfig", {"up": api.url}, current="up")
    return observe(connect({"kubeconfig": kubeconfig.read_text()}), settings_with(NONE))


def test_the_facts_are_what_the_api_server_tells(tmp_path: Path) -> None:
    with _api() as api:
        facts = _observed(api, tmp_path)
    assert facts.unread == {}
    assert facts.hub_pod is not None
    assert (facts.hub_pod.ready, facts.log) == (True, ("[I 2026] Health: good",))
    assert facts.hub_files == healthy(NONE).hub_files
    assert facts.usage["tf-hub-database"].used == 95
    assert [one.finding.title for one in found(facts)] == ["The volume of claim tf-hub-database is 95% full"]


def test_only_get_requests_are_made_and_no_secret_is_read(tmp_path: Path) -> None:
    with _api() as api:
        _observed(api, tmp_path)
    assert {line.partition(" ")[0] for line in api.asked} == {"GET"}
    assert [line for line in api.asked if "secrets" in line] == []
    assert len(api.asked) == len(set(api.asked)), "each is read once"


def test_what_may_not_be_read_is_known_with_the_reason(tmp_path: Path) -> None:
    usage = "/api/v1/nodes/node-1/proxy/stats/summary"
    with _api("/api/v1/nodes", usage, f"/api/v1/namespaces/{HUB}/pods/tf-hub-0/log") as api:
        facts = _observed(api, tmp_path)
    assert sorted(facts.unread) == ["log", "nodes", "usage"]
    assert facts.unread["nodes"] == "/api/v1/nodes is forbidden"
    assert found(facts) == []


@dataclass
class Command:
    """Runs the command."""

    folder: Path
    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch

    def __call__(self, url: str, changes: Mapping[str, object] | None = None) -> tuple[int, str, str]:
        """Return its exit code, what it printed, and its errors.

        Args:
            url: URL of the API server.
            changes: Changed settings; without them, the cluster is the context `up`.
        """
        kubeconfig = kubeconfigs.write(self.folder / "kubeconfig", {"up": url}, current="up")
        self.monkeypatch.setenv("KUBECONFIG", str(kubeconfig))
        # The client has read the variable when it was imported.
        self.monkeypatch.setattr(kube_config, "KUBE_CONFIG_DEFAULT_LOCATION", str(kubeconfig))
        file = self.folder / "Pulumi.lab.yaml"
        values = {**VALUES, **(changes or {**NONE, "kubernetes.context": "up"})}
        written = {
            f"jupyterhub:{key}": {"secure": "v1:abc="} if key in SECRETS else value for key, value in values.items()
        }
        file.write_text(yaml.safe_dump({"config": written}))
        code = command.main(["--stack", "lab", "--file", str(file)])
        printed, errors = self.capsys.readouterr()
        return code, printed, errors


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command, on a stack file."""
    return Command(tmp_path, capsys, monkeypatch)


def test_the_command_fails_with_findings_and_says_what_it_looked_at(run: Command) -> None:
    with _api("/api/v1/nodes") as api:
        code, printed, errors = run(api.url)
        assert code == 1
        assert "error" not in errors
        assert printed.startswith("Stack lab: hub tf-hub in namespace jupyterhub of the kubeconfig context up")
        assert "\n ! 1. The volume of claim tf-hub-database is 95% full\n" in printed
        assert "\n      Fix: Raise hub.storage.size" in printed
        assert "0 errors, 1 warning. Looked at: objects of the stack, quotas, volumes," in printed
        assert "Not known: nodes: /api/v1/nodes is forbidden" in printed
        api.content = {**api.content, "/api/v1/nodes/node-1/proxy/stats/summary": {}}
        code, printed, _ = run(api.url)
    assert code == 0
    assert "Nothing is wrong. Looked at: objects of the stack, quotas," in printed


def test_a_cluster_that_does_not_answer_is_an_error_without_traceback(run: Command) -> None:
    code, printed, errors = run("http://127.0.0.1:1")
    assert (code, printed) == (1, "")
    assert "error: The cluster does not answer: the kubeconfig context up" in errors
    assert "Traceback" not in errors


def test_a_gke_cluster_without_a_context_is_named_with_the_command_that_fetches_it(run: Command) -> None:
    _, _, errors = run("http://127.0.0.1:1", {**GKE, "endpoint.address": "198.51.100.7"})
    assert "The kubeconfig has no context gke_my-project-123_europe-west1_jupyterhub." in errors
    assert "gcloud container clusters get-credentials jupyterhub --location=europe-west1" in errors


def test_a_json_log_and_its_health_are_read(tmp_path: Path) -> None:
    line = json.dumps({"message": "Health: The database is full: disk."})
    with _api() as api:
        api.content = {**api.content, f"/api/v1/namespaces/{HUB}/pods/tf-hub-0/log": line}
        facts = _observed(api, tmp_path)
    assert found(facts)[0].finding.why == ("The database is full: disk.",)
