"""`proxy`, `ingress` and `httpRoute`: the address of the hub, its certificate, and the proxy's pod."""

from collections.abc import Mapping
from typing import Final

from migrate.plan import Plan
from migrate.translate.pods import options, resources
from migrate.translate.server import text_of
from migrate.values import Key, list_of, map_of, texts_of

_SAME: Final[Mapping[str, str]] = {
    "proxy.annotations": "annotations of the proxy are `proxy.pod.annotations`",
    "proxy.chp.command": "the program starts the proxy",
    "proxy.chp.containerSecurityContext": "Pod Security restricted",
    "proxy.chp.defaultTarget": "the hub",
    "proxy.chp.errorTarget": "the hub",
    "proxy.chp.image": "the image of this project, with its own pages",
    "proxy.chp.livenessProbe": "probes of the stack",
    "proxy.chp.readinessProbe": "probes of the stack",
    "proxy.chp.revisionHistoryLimit": "1",
    "proxy.deploymentStrategy": "a new proxy takes over before the old one ends",
    "proxy.https.letsencrypt.acmeServer": "Let's Encrypt",
    "proxy.secretSync": "no second container is needed",
    "proxy.secretToken": "made by the stack; `secrets.proxyTokenGeneration` renews it",
    "proxy.service.disableHttpPort": "http leads to https, if there is a certificate",
    "proxy.service.ipFamilies": "those of the cluster",
    "proxy.service.ipFamilyPolicy": "those of the cluster",
    "proxy.service.labels": "the labels of this stack",
    "proxy.service.externalIPs": "the address is `endpoint.address`",
    "proxy.traefik": "no second proxy: the endpoint has the certificate",
    "ingress.pathType": "Prefix",
}
"""Keys for which nothing is set."""
_TRAEFIK: Final = "ports beside http and https: give them a Service of their own"
_HTTPS_LEFT: Final = "off: the address is http, or something in front of the hub has the certificate (`publicUrl`)"


def proxy(plan: Plan) -> None:
    """Translate the proxy's pod, its Service and certificate."""
    options(plan, "proxy.chp", "proxy.pod")
    if labels := {name: text_of(value) for name, value in map_of(plan.get("proxy.labels")).items()}:
        plan.update("proxy.pod", {"labels": labels}, "proxy.labels")
    plan.same("none", "proxy.labels")
    resources(plan, "proxy.chp.resources", "proxy.resources")
    for path, why in (
        ("proxy.chp.extraCommandLineFlags", "the program sets the proxy's options; metrics are `monitoring.metrics`"),
        ("proxy.chp.extraEnv", "the program sets the proxy's environment"),
        ("proxy.service.extraPorts", _TRAEFIK),
        ("proxy.traefik.extraPorts", _TRAEFIK),
        ("proxy.traefik.extraStaticConfig", _TRAEFIK),
        ("proxy.traefik.extraDynamicConfig", _TRAEFIK),
    ):
        if plan.get(path):
            plan.refuse(why, path)
        plan.same("none", path)
    _service(plan)
    _https(plan)
    for path, why in _SAME.items():
        plan.same(why, path)


def _service(plan: Plan) -> None:
    path = "proxy.service"
    kind = str(plan.get(f"{path}.type") or "LoadBalancer")
    if kind == "NodePort":
        plan.set("endpoint.type", "node-port", f"{path}.type")
        if port := plan.get(f"{path}.nodePorts.http"):
            plan.set("endpoint.nodePort", port, f"{path}.nodePorts.http")
    elif kind == "ClusterIP":
        plan.settings.setdefault("endpoint.type", "none")
        plan.note("endpoint.type", f"{path}.type")
    else:
        plan.same("the default", f"{path}.type")
    plan.same("none", f"{path}.nodePorts")
    if address := plan.get(f"{path}.loadBalancerIP"):
        plan.set("endpoint.address", address, f"{path}.loadBalancerIP")
    if ranges := texts_of(plan.get(f"{path}.loadBalancerSourceRanges")):
        plan.set("endpoint.sourceRanges", ranges, f"{path}.loadBalancerSourceRanges")
    _annotations(plan, (*path.split("."), "annotations"), takes=kind == "LoadBalancer")
    plan.same("none", f"{path}.loadBalancerSourceRanges")


def _annotations(plan: Plan, key: Key, *, takes: bool) -> None:
    own: dict[str, object] = {}
    for name, value in map_of(plan.get(key)).items():
        inner = (*key, name)
        if "cloud.google.com/" in name:
            plan.same("the stack makes what Google's load balancers need", inner)
        elif name.startswith("prometheus.io/"):
            plan.same("`monitoring.metrics`, with a token", inner)
        elif not takes:
            plan.same("of an endpoint that is not used", inner)
        elif name.startswith("kubernetes.io/ingress.class"):
            plan.set("endpoint.ingressClass", value, inner)
        elif name == "cert-manager.io/cluster-issuer":
            plan.set("endpoint.certManager", {"clusterIssuer": value}, inner)
        elif name == "cert-manager.io/issuer":
            plan.set("endpoint.certManager", {"issuer": value}, inner)
        else:
            own[name] = text_of(value)
            plan.note("endpoint.annotations", inner)
    if own:
        plan.update("endpoint.annotations", own)
    plan.same("none", key)


def _https(plan: Plan) -> None:
    path = "proxy.https"
    hosts = texts_of(plan.get(f"{path}.hosts"))
    if hosts:
        plan.set("endpoint.hostname", hosts[0], f"{path}.hosts")
        for host in hosts[1:]:
            plan.task(f"Let {host} redirect to {hosts[0]}: the hub has one host name.")
    kind = str(plan.get(f"{path}.type") or "letsencrypt")
    if not plan.get(f"{path}.enabled"):
        plan.same(_HTTPS_LEFT, f"{path}.enabled", path)
        return
    plan.note("endpoint.hostname", f"{path}.enabled", f"{path}.type")
    if kind == "manual":
        plan.set("endpoint.tlsCertificate", plan.get(f"{path}.manual.cert"), f"{path}.manual.cert")
        plan.secret("endpoint.tlsKey", plan.get(f"{path}.manual.key"), f"{path}.manual.key")
    elif kind == "secret":
        plan.set("endpoint.tlsSecret", plan.get(f"{path}.secret.name"), f"{path}.secret")
        plan.task(f"Copy the Secret {plan.get(f'{path}.secret.name')} into the hub's namespace.")
    elif kind == "offload":
        host = hosts[0] if hosts else "hub.example.org"
        plan.settings["publicUrl"] = f"https://{host}"
        plan.settings.pop("endpoint.hostname", None)
        plan.origins.pop("endpoint.hostname", None)
    else:
        # Google's certificate and gateway do what Traefik and Let's Encrypt do in the chart.
        plan.settings["endpoint.type"] = "gateway"
        plan.settings.pop("endpoint.sourceRanges" if "endpoint.securityPolicy" in plan.settings else "", None)
        plan.task(
            "On GKE the gateway gets a certificate of Google (endpoint.type: gateway). In another cluster, set "
            "endpoint.type: ingress with endpoint.certManager: docs/https.md."
        )
        plan.note("endpoint.type", f"{path}.letsencrypt.contactEmail")
    plan.same("not used with this type", path)


def ingress(plan: Plan) -> None:
    """Translate an Ingress."""
    hosts = texts_of(plan.get("ingress.hosts"))
    if not plan.get("ingress.enabled"):
        plan.same("off", "ingress")
        return
    plan.set("endpoint.type", "ingress", "ingress.enabled")
    if hosts:
        plan.set("endpoint.hostname", str(hosts[0]).removeprefix("*."), "ingress.hosts")
    if name := plan.get("ingress.ingressClassName"):
        plan.set("endpoint.ingressClass", name, "ingress.ingressClassName")
    _annotations(plan, ("ingress", "annotations"), takes=True)
    secrets = [str(name) for one in list_of(plan.get("ingress.tls")) if (name := map_of(one).get("secretName"))]
    if secrets and "endpoint.certManager" not in plan.settings:
        plan.set("endpoint.tlsSecret", secrets[0], "ingress.tls")
        plan.task(f"Copy the Secret {secrets[0]} into the hub's namespace.")
    else:
        plan.same("the certificate of cert-manager", "ingress.tls")
    for path, why in (
        ("ingress.pathSuffix", "the path of the controller: the Ingress has the paths of the hub"),
        ("ingress.extraPaths", "paths of other Services: make an Ingress of their own"),
    ):
        if plan.get(path):
            plan.refuse(why, path)
        plan.same("none", path)


def route(plan: Plan) -> None:
    """Translate an HTTPRoute."""
    if not plan.get("httpRoute.enabled"):
        plan.same("off", "httpRoute")
        return
    plan.set("endpoint.type", "http-route", "httpRoute.enabled")
    if hosts := texts_of(plan.get("httpRoute.hostnames")):
        plan.set("endpoint.hostname", hosts[0], "httpRoute.hostnames")
    parents = [map_of(one) for one in list_of(plan.get("httpRoute.parentRefs") or plan.get("httpRoute.gateway"))]
    if parents:
        first = {"name": parents[0].get("name"), "namespace": parents[0].get("namespace")}
        listener = {"listener": parents[0].get("sectionName")}
        gateway = {name: value for name, value in {**first, **listener}.items() if value}
        plan.set("endpoint.gateway", gateway, "httpRoute.parentRefs", "httpRoute.gateway")
    _annotations(plan, ("httpRoute", "annotations"), takes=True)
