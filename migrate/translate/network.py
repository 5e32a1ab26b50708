"""NetworkPolicies of hub, proxy and servers."""

from typing import Final

from migrate.plan import Plan
from migrate.values import list_of, map_of

_PLACES: Final = (("singleuser", "notebook.egress"), ("hub", "hub.egress"), ("proxy.chp", "proxy.egress"))
_OF_CHART: Final = {"autohttps", "hub", "proxy", "singleuser-server", "traefik"}
"""Pods of the chart, which are not here: the stack knows what hub, proxy and servers need."""
_DENIED: Final = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.169.254/32", "100.64.0.0/10"}


def policies(plan: Plan) -> None:
    """Translate rules of NetworkPolicies; what the hub, the proxy and servers need is always allowed."""
    off = [path for path, _ in _PLACES if plan.get(f"{path}.networkPolicy.enabled") is False]
    if len(off) == len(_PLACES):
        plan.set("network.policies", False, *(f"{path}.networkPolicy.enabled" for path in off))  # noqa: FBT003 a setting
    for path, key in _PLACES:
        root = f"{path}.networkPolicy"
        plan.same("`network.policies` is on for all pods", f"{root}.enabled")
        _egress(plan, root, key)
        if list_of(plan.get(f"{root}.ingress")):
            _ingress(plan, path, f"{root}.ingress")
        plan.same("none", f"{root}.ingress", f"{root}.egress")
        if path == "singleuser" and plan.get(f"{root}.egressAllowRules.nonPrivateIPs") is False:
            plan.set("notebook.internet", False, f"{root}.egressAllowRules.nonPrivateIPs")  # noqa: FBT003 a setting
        if plan.get(f"{root}.egressAllowRules.privateIPs") and path == "singleuser":
            ranges: list[object] = [{"range": one} for one in sorted(_DENIED) if not one.startswith("169.")]
            plan.add(key, ranges, f"{root}.egressAllowRules.privateIPs")
        plan.same("derived from the settings: docs/network.md", root)
    for path in ("proxy.traefik.networkPolicy",):
        plan.same("no second proxy", path)
    metadata = "closed to servers, unless they have an identity or a bucket"
    plan.same(metadata, "singleuser.cloudMetadata", "singleuser.networkTools")


def _egress(plan: Plan, root: str, key: str) -> None:
    path = f"{root}.egress"
    found: list[object] = []
    whole = True
    for rule in map(map_of, list_of(plan.get(path))):
        wanted = [map_of(one) for one in list_of(rule.get("to")) if not _is_of_chart(map_of(one))]
        places = [one for place in wanted if (one := _destination(place))]
        if not list_of(rule.get("to")):
            # Everything is allowed on these ports; the internet is open, and private ranges are named.
            whole = whole and bool(list_of(rule.get("ports")))
        whole = whole and len(places) == len([one for one in wanted if not _is_internet(one)])
        by_protocol: dict[str, list[object]] = {}
        for port in map(map_of, list_of(rule.get("ports"))):
            by_protocol.setdefault(str(port.get("protocol", "TCP")), []).append(_port(port))
        for place in places:
            if by_protocol:
                found += [
                    {**place, "ports": ports, **({"protocol": protocol} if protocol != "TCP" else {})}
                    for protocol, ports in by_protocol.items()
                ]
            else:
                found.append(place)
    if found:
        plan.add(key, found, path)
    if not whole:
        plan.refuse_part(f"a rule for pods of this namespace, or for all: name the destinations in `{key}`", path)
    plan.same("the internet is open; the stack knows the rest", path)


def _is_of_chart(place: dict[str, object]) -> bool:
    labels = map_of(map_of(place.get("podSelector")).get("matchLabels"))
    names = {labels.get("app", "jupyterhub"), labels.get("app.kubernetes.io/name", "jupyterhub")}
    components = {labels.get("component"), labels.get("app.kubernetes.io/component")}
    return names == {"jupyterhub"} and not _OF_CHART.isdisjoint(components)


def _is_internet(place: dict[str, object]) -> bool:
    return map_of(place.get("ipBlock")).get("cidr") == "0.0.0.0/0"


def _destination(place: dict[str, object]) -> dict[str, object] | None:
    if block := map_of(place.get("ipBlock")):
        return None if _is_internet(place) else {"range": block["cidr"]}
    pods = map_of(map_of(place.get("podSelector")).get("matchLabels"))
    spaces = map_of(map_of(place.get("namespaceSelector")).get("matchLabels"))
    if not spaces:
        return None
    name = spaces.get("kubernetes.io/metadata.name")
    where: dict[str, object] = {"namespace": name} if name and len(spaces) == 1 else {"namespaceLabels": spaces}
    return {**where, **({"pods": pods} if pods else {})}


def _port(port: dict[str, object]) -> object:
    return f"{port['port']}-{port['endPort']}" if port.get("endPort") else port.get("port")


def _ingress(plan: Plan, path: str, full: str) -> None:
    if path != "hub":
        plan.same("browsers reach the proxy, proxy and hub the servers, and nobody else", full)
        return
    sources: list[object] = []
    for rule in map(map_of, list_of(plan.get(full))):
        wanted = [map_of(one) for one in list_of(rule.get("from"))]
        if not wanted or any("ipBlock" in one for one in wanted):
            plan.refuse_part("addresses, or everybody: only pods connect to the hub, by `hub.ingress`", full)
        pods = [one for one in wanted if "ipBlock" not in one and not _is_of_chart(one)]
        sources += [_destination(one) or _beside(plan, one) for one in pods]
    if sources:
        plan.add("hub.ingress", sources, full)
    plan.same("proxy and servers reach the hub anyway", full)


def _beside(plan: Plan, place: dict[str, object]) -> dict[str, object]:
    """Return pods of the old hub's namespace, which values files do not name."""
    namespace = str(plan.settings.get("namespace", "jupyterhub"))
    plan.task(f"hub.ingress: set `namespace` in place of {namespace} to that of the pods that connect to the hub.")
    pods = map_of(map_of(place.get("podSelector")).get("matchLabels"))
    return {"namespace": namespace, **({"pods": pods} if pods else {})}
