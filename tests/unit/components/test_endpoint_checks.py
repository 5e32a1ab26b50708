"""Checks of what the cluster has to provide for an endpoint: IngressClass, Gateway, cert-manager."""

from collections.abc import Callable, Mapping
from typing import Any
from unittest.mock import Mock

import pytest
from pulumi import dynamic
from pulumi.runtime import rpc

from components.dynamic import ingress_check, issuer_check, route_check
from components.dynamic.ingress_check import IngressCheckProvider
from components.dynamic.issuer_check import IssuerCheckProvider
from components.dynamic.objects import UnreadableError
from components.dynamic.route_check import RouteCheckProvider, RouteError
from tests import dynamic_providers

HOST = "hub.example.org"
INGRESS = {"namespace": "lab", "name": "tf-hub", "ingress_class": "traefik", "generation": 1}
ROUTE: Mapping[str, Any] = {
    "namespace": "lab",
    "name": "tf-hub",
    "gateway": "shared",
    "gateway_namespace": "infra",
    "listener": "https",
    "hostname": HOST,
    "spec": "{}",
}
ISSUER = {"namespace": "lab"}

Objects = Mapping[tuple[str, str], Mapping[str, Any] | Exception]


def _reader(objects: Objects) -> Callable[[object, Mapping[str, Any]], Mapping[str, Any] | None]:
    """Return a `read` of a cluster with these objects, by kind and name."""

    def read(_address: object, wanted: Mapping[str, Any]) -> Mapping[str, Any] | None:
        found = objects.get((wanted["kind"], wanted["metadata"]["name"]))
        if isinstance(found, Exception):
            raise found
        return found

    return read


def _class(name: str, *, default: bool = False) -> dict[str, Any]:
    annotations = {"ingressclass.kubernetes.io/is-default-class": "true"} if default else {}
    return {"metadata": {"name": name, "annotations": annotations}}


@pytest.mark.parametrize(
    ("classes", "wanted", "texts"),
    [
        ([_class("traefik")], "traefik", []),
        ([_class("traefik")], "nginx", ["no IngressClass nginx", "it has traefik"]),
        ([], "nginx", ["install an Ingress controller first"]),
        ([_class("traefik", default=True)], None, []),
        ([_class("traefik")], None, ["no default IngressClass", "pulumi config set endpoint.ingressClass"]),
    ],
)
def test_a_class_that_the_cluster_lacks_is_refused(
    monkeypatch: pytest.MonkeyPatch, classes: list[dict[str, Any]], wanted: str | None, texts: list[str]
) -> None:
    monkeypatch.setattr(ingress_check, "read_all", Mock(return_value=classes))
    found = IngressCheckProvider().check({}, {**INGRESS, "ingress_class": wanted}).failures
    assert len(found) == bool(texts)
    assert all(text in found[0].reason for text in texts)


def test_what_may_not_be_read_is_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in ((ingress_check, "read_all"), (route_check, "read"), (issuer_check, "look_up")):
        monkeypatch.setattr(module, name, Mock(side_effect=UnreadableError("forbidden")))
    assert IngressCheckProvider().check({}, INGRESS).failures == []
    assert RouteCheckProvider().check({}, {**ROUTE}).failures == []
    assert IssuerCheckProvider().check({}, {**ISSUER, "issuer": "campus"}).failures == []


@pytest.mark.parametrize(
    ("provider", "inputs"),
    [(IngressCheckProvider(), INGRESS), (RouteCheckProvider(), ROUTE), (IssuerCheckProvider(), ISSUER)],
    ids=["ingress", "http-route", "issuer"],
)
def test_nothing_is_asked_of_a_cluster_that_does_not_exist_yet(
    provider: dynamic.ResourceProvider, inputs: Mapping[str, object]
) -> None:
    with dynamic_providers.running() as check:
        failures, seen = check(provider, {}, {**inputs, "kubeconfig": rpc.UNKNOWN})
    assert (failures, seen["kubeconfig"]) == ([], rpc.UNKNOWN)


def test_the_wait_for_an_ingress_ends_with_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[dict[str, Any] | None] = [
        {"status": {}},
        None,
        {"status": {"loadBalancer": {"ingress": [{"hostname": "lb.example.org"}]}}},
    ]
    monkeypatch.setattr(ingress_check, "read", Mock(side_effect=answers))
    assert ingress_check.warning_after(INGRESS, sleep=Mock()) is None


def test_an_ingress_that_no_controller_serves_gives_a_warning_and_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingress_check, "read", Mock(return_value={"status": {"loadBalancer": {}}}))
    text = str(ingress_check.warning_after(INGRESS, sleep=Mock()))
    assert "kubectl -n lab describe ingress tf-hub" in text
    monkeypatch.setattr(ingress_check, "read", Mock(side_effect=UnreadableError("forbidden")))
    assert "forbidden" in str(ingress_check.warning_after(INGRESS, sleep=Mock()))


def _gateway(*listeners: Mapping[str, Any]) -> dict[str, Any]:
    return {"metadata": {"name": "shared"}, "spec": {"listeners": list(listeners)}}


def _listener(hostname: str | None = None, namespaces: object = None, name: str = "https") -> dict[str, Any]:
    found: dict[str, Any] = {"name": name, "hostname": hostname, "allowedRoutes": {"namespaces": namespaces}}
    return {key: value for key, value in found.items() if value is not None}


def _selecting(**labels: str) -> dict[str, Any]:
    return {"from": "Selector", "selector": {"matchLabels": labels}}


ALL = {"from": "All"}
BY_NAME = {"from": "Selector", "selector": {"matchLabels": {"kubernetes.io/metadata.name": "lab"}}}
LAB = {"metadata": {"name": "lab", "labels": {"team": "physics"}}}


@pytest.mark.parametrize(
    ("listener", "namespace", "texts"),
    [
        (_listener(None, ALL), LAB, []),
        (_listener("*.example.org", ALL), LAB, []),
        (_listener(HOST, BY_NAME), None, []),
        (_listener(HOST, _selecting(team="physics")), LAB, []),
        (_listener(HOST, _selecting(team="physics")), None, []),
        (_listener(HOST, _selecting(team="maths")), LAB, ["accepts no routes from namespace lab", "allowedRoutes"]),
        (_listener(HOST), LAB, ["accepts no routes from namespace lab", "kubernetes.io/metadata.name: lab"]),
        (_listener("*.example.com", ALL), LAB, ["endpoint.hostname:", "*.example.com"]),
        (_listener(HOST, ALL, name="web"), LAB, ["endpoint.gateway.listener:", "no listener https", "it has web"]),
    ],
)
def test_a_listener_that_accepts_no_route_of_the_hub_is_reported_in_the_preview(
    monkeypatch: pytest.MonkeyPatch, listener: dict[str, Any], namespace: dict[str, Any] | None, texts: list[str]
) -> None:
    objects: dict[tuple[str, str], Any] = {("Gateway", "shared"): _gateway(listener), ("Namespace", "lab"): namespace}
    monkeypatch.setattr(route_check, "read", _reader(objects))
    found = RouteCheckProvider().check({}, {**ROUTE}).failures
    assert len(found) == bool(texts), [failure.reason for failure in found]
    assert all(text in found[0].reason for text in texts)


def test_a_listener_of_the_own_namespace_accepts_the_route(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(route_check, "read", _reader({("Gateway", "shared"): _gateway(_listener())}))
    assert route_check.gateway_errors({**ROUTE, "gateway_namespace": "lab"}) == []


def test_one_listener_that_accepts_the_route_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = _gateway(_listener("lab.example.org", ALL, name="other"), _listener(HOST, ALL))
    monkeypatch.setattr(route_check, "read", _reader({("Gateway", "shared"): gateway, ("Namespace", "lab"): LAB}))
    assert route_check.gateway_errors({**ROUTE, "listener": None}) == []


def test_a_gateway_or_a_redirect_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(route_check, "read", _reader({}))
    (error,) = route_check.gateway_errors(ROUTE)
    assert "there is no Gateway shared in namespace infra" in error
    gateway = _gateway(_listener(None, ALL))
    monkeypatch.setattr(route_check, "read", _reader({("Gateway", "shared"): gateway}))
    (error,) = route_check.gateway_errors({**ROUTE, "http_listener": "http"})
    assert error.startswith("endpoint.gateway.httpListener: ")


def _route(*conditions: tuple[str, str, str], observed: int = 2, gateway: str = "shared") -> dict[str, Any]:
    found = [
        {"type": kind, "status": status, "reason": reason, "message": "why", "observedGeneration": observed}
        for kind, status, reason in conditions
    ]
    parent = {"parentRef": {"name": gateway}, "conditions": found}
    return {"metadata": {"name": "tf-hub", "generation": 2}, "status": {"parents": [parent]}}


ACCEPTED = ("Accepted", "True", "Accepted")


def test_the_wait_for_a_route_ends_when_the_gateway_accepts_its_newest_spec(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [
        None,
        {"metadata": {"generation": 2}},
        _route(ACCEPTED, observed=1),
        _route(ACCEPTED, gateway="other"),
        _route(ACCEPTED, ("ResolvedRefs", "False", "BackendNotFound")),
        _route(ACCEPTED, ("ResolvedRefs", "True", "ResolvedRefs")),
    ]
    read = Mock(side_effect=answers)
    monkeypatch.setattr(route_check, "read", read)
    route_check.wait(ROUTE, sleep=Mock())
    assert read.call_count == len(answers)


@pytest.mark.parametrize(
    ("reason", "fix"),
    [("NotAllowedByListeners", "allowedRoutes"), ("Pending", "kubectl -n lab describe httproute tf-hub")],
)
def test_a_refused_route_is_reported_with_the_reason_of_the_gateway(
    monkeypatch: pytest.MonkeyPatch, reason: str, fix: str
) -> None:
    monkeypatch.setattr(route_check, "read", Mock(return_value=_route(("Accepted", "False", reason))))
    with pytest.raises(RouteError, match=rf"does not accept HTTPRoute tf-hub: {reason}: why\. .*{fix}"):
        route_check.wait(ROUTE, sleep=Mock())


def test_a_route_that_no_controller_accepts_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(route_check, "read", Mock(return_value={"metadata": {"generation": 2}}))
    with pytest.raises(RouteError, match="kubectl -n infra describe gateway shared"):
        route_check.wait(ROUTE, sleep=Mock())


CRD = ("CustomResourceDefinition", "certificates.cert-manager.io")


@pytest.mark.parametrize(
    ("objects", "inputs", "text"),
    [
        ([], {}, "cert-manager is not in the cluster"),
        ([CRD], {}, None),
        ([CRD], {"cluster_issuer": "campus"}, "no ClusterIssuer campus"),
        ([CRD, ("ClusterIssuer", "campus")], {"cluster_issuer": "campus"}, None),
        ([CRD, ("Namespace", "lab")], {"issuer": "campus"}, "no Issuer campus in namespace lab"),
        ([CRD], {"issuer": "campus"}, None),
        ([CRD, ("Issuer", "campus")], {"issuer": "campus"}, None),
    ],
)
def test_a_missing_issuer_is_refused_unless_its_namespace_is_not_there_yet(
    monkeypatch: pytest.MonkeyPatch, objects: list[tuple[str, str]], inputs: dict[str, str], text: str | None
) -> None:
    monkeypatch.setattr(issuer_check, "look_up", _reader({one: {"metadata": {}} for one in objects}))
    found = IssuerCheckProvider().check({}, {**ISSUER, **inputs}).failures
    assert [text in failure.reason for failure in found if text] == ([True] if text else [])
    assert len(found) == bool(text)
