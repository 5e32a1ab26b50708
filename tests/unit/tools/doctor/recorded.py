"""Facts of a hub in which all is well, as its API server and its site told them, and changes of them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Any, cast

from components import hub_config
from components.dynamic.pods import Part, Pod
from tests.stacks import settings_with
from tools.doctor.checks import CHECKS
from tools.doctor.facts import Claim, Conditioned, Event, Facts, Named, Quota, Service, Site, Slice, Workload
from tools.doctor.findings import Found, judged

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
HUB, NOTEBOOKS = "jupyterhub", "jupyterhub-notebooks"
ADDRESS = "127.100.0.10"


def named(name: str, namespace: str = HUB, **more: object) -> dict[str, Any]:
    """Return metadata."""
    return {"name": name, "namespace": namespace, **more}


def pod(
    name: str = "tf-hub-0",
    component: str = "hub",
    *,
    namespace: str = HUB,
    ready: bool = True,
    age: timedelta = timedelta(hours=1),
    status: Mapping[str, object] | None = None,
) -> Pod:
    """Return a pod with parts of its status; without them, its container runs."""
    container: dict[str, object] = {
        "name": component,
        "image": "x",
        "ready": ready,
        "restartCount": 0,
        "state": {"running": {}},
    }
    return Pod.model_validate(
        {
            "metadata": named(
                name,
                namespace,
                creationTimestamp=(NOW - age).isoformat(),
                labels={"app.kubernetes.io/component": component, "controller-revision-hash": "tf-hub-2"},
            ),
            "spec": {
                "nodeName": "node-1",
                "containers": [{"name": component, "image": f"registry.example/foo/{component}:1"}],
                "volumes": [{"name": "database", "persistentVolumeClaim": {"claimName": "tf-hub-database"}}]
                if component == "hub"
                else [],
            },
            "status": {
                "phase": "Running",
                "conditions": [{"type": "Ready", "status": str(ready)}],
                "containerStatuses": [container],
                **(status or {}),
            },
        }
    )


def waiting(reason: str, message: str, **container: object) -> list[dict[str, Any]]:
    """Return the statuses of a pod's container that waits."""
    state = {"waiting": {"reason": reason, "message": message}}
    return [{"name": "hub", "restartCount": 0, "state": state, **container}]


def unscheduled(message: str) -> dict[str, Any]:
    """Return the status of a pod for which there is no node."""
    condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}
    return {"phase": "Pending", "conditions": [condition], "containerStatuses": []}


def event(kind: str, name: str, reason: str, message: str) -> Event:
    """Return a warning."""
    return Event.model_validate(
        {
            "involvedObject": {"kind": kind, "name": name},
            "type": "Warning",
            "reason": reason,
            "message": message,
            "lastTimestamp": NOW.isoformat(),
        }
    )


def parsed(kind: type[Part], *objects: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return objects of the API."""
    return tuple(kind.model_validate(one) for one in objects)


def healthy(changes: Mapping[str, object] | None = None, **facts: object) -> Facts:
    """Return facts in which all is well, but for changes of settings and of facts."""
    settings = settings_with(changes)
    services = ("tf-hub-0", "tf-hub-api", "tf-hub-proxy-api", "tf-hub-lb")
    url = settings.url or f"http://{ADDRESS}"
    usual = Facts(
        settings=settings,
        now=NOW,
        namespace=Named.model_validate({"metadata": named(HUB)}),
        nodes=parsed(
            Conditioned,
            {"metadata": {"name": "node-1"}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}},
        ),
        pods=(pod(), pod("tf-hub-proxy-1", "proxy")),
        stateful_sets=parsed(
            Workload,
            {"metadata": named("tf-hub"), "spec": {"replicas": 1}, "status": {"updateRevision": "tf-hub-2"}},
        ),
        deployments=parsed(Workload, {"metadata": named("tf-hub-proxy"), "spec": {"replicas": 1}}),
        services=parsed(
            Service,
            *(
                {
                    "metadata": named(name),
                    "status": {"loadBalancer": {"ingress": [{"ip": ADDRESS}]} if name == "tf-hub-lb" else {}},
                }
                for name in services
            ),
        ),
        slices=parsed(
            Slice,
            *(
                {
                    "metadata": named(f"{name}-x", labels={"kubernetes.io/service-name": name}),
                    "endpoints": [{"addresses": ["10.0.0.2"], "conditions": {"ready": True}}],
                }
                for name in services
            ),
        ),
        claims=parsed(Claim, {"metadata": named("tf-hub-database"), "status": {"phase": "Bound"}}),
        quotas=parsed(
            Quota,
            {
                "metadata": named("tf-hub", NOTEBOOKS),
                "status": {"hard": {"pods": "10", "services.loadbalancers": "0"}, "used": {"pods": "2"}},
            },
        ),
        policies=parsed(Named, *({"metadata": named(f"tf-hub-{part}")} for part in ("closed", "hub", "proxy")))
        + parsed(Named, {"metadata": named("tf-hub-notebooks", NOTEBOOKS)}),
        log=("[I 2026] Health: good",),
        hub_files=hub_config.hub_files(settings),
        site=Site(
            url=url,
            host=url.partition("://")[2].partition("/")[0],
            addresses=(ADDRESS,),
            status=200,
            version=version("jupyterhub"),
        ),
    )
    return replace(usual, **cast("dict[str, Any]", facts))


def found(facts: Facts) -> list[Found]:
    """Return what all checks find."""
    return judged(facts, CHECKS)


def titles(facts: Facts) -> list[str]:
    """Return what all checks find, in short."""
    return [one.finding.title for one in found(facts)]


def only(facts: Facts) -> str:
    """Return the only finding as a text."""
    (one,) = found(facts)
    return "\n".join([one.finding.severity, one.finding.title, *one.finding.why, one.finding.fix])
