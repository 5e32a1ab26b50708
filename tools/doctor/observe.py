"""Observation of a hub in its cluster, by GET requests of the Kubernetes API only."""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from kubernetes.client import CoreV1Api
from kubernetes.client.exceptions import ApiException

from components.dynamic.api_client import end_of_log, message_of
from components.dynamic.certificate_check import CERTIFICATE_KEY
from components.dynamic.issuer_check import API as CERT_MANAGER_API
from components.dynamic.objects import UnreadableError, get
from components.dynamic.pods import Part, Pod
from components.dynamic.rollout import LOG_LINES
from components.dynamic.route_check import API as GATEWAY_API
from settings import Settings, url_of
from tools.doctor import site
from tools.doctor.facts import Claim, Conditioned, Event, Facts, Named, Quota, Service, Slice, Stats, Usage, Workload

if TYPE_CHECKING:
    from kubernetes.client.api_client import ApiClient

_HEALTH_LINES: Final = 1000
"""Lines of the log in which the hub's health is looked for."""
_CODE: Final = "code"
"""Volume of the hub's pod with the ConfigMap of its files."""
_AnyPart = TypeVar("_AnyPart", bound=Part)


def observe(client: "ApiClient", settings: Settings, *, now: datetime | None = None) -> Facts:
    """Return the facts about a stack's hub.

    Args:
        client: A client for its cluster.
        settings: The stack file.
        now: The time of the observation, if not the present.
    """
    look = _Look(client)
    hub, notebooks = f"namespaces/{settings.namespace}", f"namespaces/{settings.notebooks_namespace}"
    apps, networking = "/apis/apps/v1", "/apis/networking.k8s.io/v1"
    facts = Facts(
        settings=settings,
        now=now or datetime.now(UTC),
        unread=look.unread,
        namespace=look.one("namespace", f"/api/v1/{hub}", Named),
        nodes=look.all("nodes", Conditioned, "/api/v1/nodes"),
        pods=look.all("pods", Pod, f"/api/v1/{hub}/pods"),
        notebook_pods=look.all("notebook_pods", Pod, f"/api/v1/{notebooks}/pods"),
        stateful_sets=look.all("stateful_sets", Workload, f"{apps}/{hub}/statefulsets"),
        deployments=look.all("deployments", Workload, f"{apps}/{hub}/deployments", f"{apps}/{notebooks}/deployments"),
        services=look.all("services", Service, f"/api/v1/{hub}/services"),
        slices=look.all("slices", Slice, f"/apis/discovery.k8s.io/v1/{hub}/endpointslices"),
        ingresses=look.all("ingresses", Service, f"{networking}/{hub}/ingresses"),
        claims=look.all("claims", Claim, *(f"/api/v1/{one}/persistentvolumeclaims" for one in (hub, notebooks))),
        quotas=look.all("quotas", Quota, *(f"/api/v1/{one}/resourcequotas" for one in (hub, notebooks))),
        events=look.all("events", Event, *(f"/api/v1/{one}/events" for one in (hub, notebooks))),
        policies=look.all("policies", Named, *(f"{networking}/{one}/networkpolicies" for one in (hub, notebooks))),
        plugins=look.all("plugins", Named, f"{apps}/namespaces/kube-system/daemonsets"),
        classes=look.all("classes", Named, "/apis/storage.k8s.io/v1/storageclasses"),
        **look.way_in(settings),
    )
    pod = facts.hub_pod
    url = _url(facts)
    more: dict[str, Any] = {
        "site": None if url is None else site.look_at(url, facts.public_addresses),
        "secret_certificate": look.certificate(settings),
    }
    if pod is not None:
        more |= {
            "usage": look.usage(pod),
            "log": look.log(pod, previous=False, lines=_HEALTH_LINES),
            "previous_log": look.log(pod, previous=True, lines=LOG_LINES)
            if pod.container and pod.container.restart_count
            else (),
            "hub_files": look.files(pod),
        }
    return Facts(**{**vars(facts), **more})


class _Look:
    """Reads objects, and remembers what could not be read."""

    def __init__(self, client: "ApiClient") -> None:
        self._client = client
        self.unread: dict[str, str] = {}

    def get(self, what: str, path: str) -> Mapping[str, Any]:
        """Return an object or a list; empty if it does not exist or could not be read."""
        try:
            return get(self._client, path) or {}
        except UnreadableError as error:
            self.unread[what] = str(error)
            return {}

    def one(self, what: str, path: str, kind: type[_AnyPart]) -> _AnyPart | None:
        """Return an object; None if it does not exist or could not be read."""
        found = self.get(what, path)
        return kind.model_validate(found) if found else None

    def all(self, what: str, kind: type[_AnyPart], *paths: str) -> tuple[_AnyPart, ...]:
        """Return the objects of lists."""
        lists = (cast("list[Any]", self.get(what, path).get("items") or []) for path in paths)
        return tuple(kind.model_validate(item) for items in lists for item in items)

    def way_in(self, settings: Settings) -> dict[str, Any]:
        """Return the objects of the endpoint that are of another API than Kubernetes' own."""
        namespace, name, endpoint = settings.namespace, settings.name, settings.endpoint
        gateways = f"/apis/{GATEWAY_API}/namespaces/{namespace}"
        found: dict[str, Any] = {}
        if endpoint.type == "gateway":
            found["gateway"] = self.one("gateway", f"{gateways}/gateways/{name}", Conditioned)
        if endpoint.type == "http-route":
            found["route"] = self.get("route", f"{gateways}/httproutes/{name}") or None
        if endpoint.cert_manager is not None:
            path = f"/apis/{CERT_MANAGER_API}/namespaces/{namespace}/certificates/{name}-tls"
            found["issued"] = self.one("issued", path, Conditioned)
        return found

    def certificate(self, settings: Settings) -> str | None:
        """Return the certificate in the Secret of `endpoint.tlsSecret`. Its key is not looked at."""
        if settings.endpoint.tls_secret is None:
            return None
        path = f"/api/v1/namespaces/{settings.namespace}/secrets/{settings.endpoint.tls_secret}"
        data = cast("Mapping[str, str]", self.get("secret_certificate", path).get("data") or {})
        return base64.b64decode(data.get(CERTIFICATE_KEY, "")).decode(errors="replace") or None

    def files(self, pod: Pod) -> Mapping[str, str]:
        """Return the files of the hub's ConfigMap, as its pod has them."""
        volume = next((one for one in pod.spec.volumes if one.name == _CODE), None)
        if volume is None or volume.config_map is None:
            return {}
        path = f"/api/v1/namespaces/{pod.metadata.namespace}/configmaps/{volume.config_map.name}"
        return cast("Mapping[str, str]", self.get("hub_files", path).get("data") or {})

    def log(self, pod: Pod, *, previous: bool, lines: int) -> tuple[str, ...]:
        """Return the end of a pod's log."""
        try:
            found = end_of_log(
                CoreV1Api(self._client), pod.name, pod.metadata.namespace, previous=previous, lines=lines
            )
        except ApiException as error:
            if error.status == 403:
                self.unread["log"] = message_of(error)
            return ()  # otherwise there is no log yet
        return tuple(found)

    def usage(self, pod: Pod) -> dict[str, Usage]:
        """Return how full the volumes of a pod are, as its kubelet has measured it."""
        if pod.spec.node_name is None:
            return {}
        found = self.one("usage", f"/api/v1/nodes/{pod.spec.node_name}/proxy/stats/summary", Stats)
        return found.of_claims(pod.metadata.namespace) if found else {}


def _url(facts: Facts) -> str | None:
    """Return the URL of the hub: that of the stack file, or of the address that the cluster has assigned."""
    settings = facts.settings
    if settings.endpoint.type == "none":
        return None
    address = next(iter(facts.public_addresses), None)
    return settings.url or (f"{url_of(address)}{settings.hub.path}" if address else None)
