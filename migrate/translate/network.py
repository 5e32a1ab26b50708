"""NetworkPolicies of hub, proxy and servers."""

from typing import Final

from migrate.plan import Plan
from migrate.values import list_of, map_of

_PLACES: Final = (("singleuser", "notebook.egress"), ("hub", "hub.egress"), ("proxy.chp", "proxy.egress"))
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
        places = [one for place in list_of(rule.get("to")) if (one := _destination(map_of(place)))]
        if not list_of(rule.get("to")):
            # Everything is allowed on these ports; the internet is open, and private ranges are named.
            whole = whole and bool(list_of(rule.get("ports")))
        whole = whole and len(places) == len(list_of(rule.get("to")))
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
        plan.refuse(f"a rule for pods of this namespace, or for everything: name the destinations in `{key}`", path)
    plan.same("the internet is open; the stack knows the rest", path)


def _destination(place: dict[str, object]) -> dict[str, object] | None:
    if block := map_of(place.get("ipBlock")):
        return {"range": block["cidr"]} if block.get("cidr") != "0.0.0.0/0" else None
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
    sources = [
        place
        for rule in map(map_of, list_of(plan.get(full)))
        for one in list_of(rule.get("from"))
        if (place := _destination(map_of(one))) and "range" not in place
    ]
    if path == "hub" and sources:
        plan.add("hub.ingress", list(sources), full)
    elif path == "hub":
        plan.refuse("pods of the hub's namespace: name those that connect to the hub in `hub.ingress`", full)
    else:
        plan.same("browsers reach the proxy, proxy and hub the servers, and nobody else", full)
