"""The NetworkPolicies of both namespaces. What they allow: tests/policy/test_connectivity.py."""

from collections.abc import Mapping
from typing import Any

import pytest

from hub.contract import IDENTITY_LABEL
from tests.doubles.monitor import Record
from tests.stacks import CLOUD_SQL, LTI, POSTGRESQL, record_gke, record_hub, text_of

ADA = {"name": "ada", "googleServiceAccount": "ada-data@my-project-123.iam.gserviceaccount.com", "users": ["ada"]}
TLS = {"auth.allowAnyoneFromTheInternet": True, "endpoint.hostname": "hub.example.org", "endpoint.tlsSecret": "hub-tls"}


def _policies(of: Record) -> dict[str, dict[str, Any]]:
    """Return the specs by name."""
    return {one.inputs["metadata"]["name"]: one.inputs["spec"] for one in of.of("NetworkPolicy")}


def _ports(rules: list[dict[str, Any]]) -> set[int]:
    """Return the ports that rules open to every address."""
    return {int(port["port"]) for rule in rules if not rule.get("to") for port in rule["ports"]}


def test_all_pods_of_both_namespaces_are_closed_in_both_directions(hub: Record) -> None:
    policies = _policies(hub)
    assert {one.inputs["metadata"]["namespace"] for one in hub.of("NetworkPolicy")} == {
        "jupyterhub",
        "jupyterhub-notebooks",
    }
    for name in ("tf-hub-closed", "tf-hub-notebooks"):
        assert policies[name]["podSelector"] == {}
    assert policies["tf-hub-closed"].keys() == {"podSelector", "policyTypes"}
    assert {tuple(policy["policyTypes"]) for policy in policies.values()} == {("Ingress", "Egress")}


def test_every_selector_of_a_policy_matches_the_pods_of_one_controller(hub: Record) -> None:
    templates = [
        one.inputs["spec"]["template"]["metadata"]["labels"] for one in hub.of("StatefulSet") + hub.of("Deployment")
    ]
    selectors = [spec["podSelector"]["matchLabels"] for spec in _policies(hub).values() if spec["podSelector"]]
    assert len(selectors) == 2
    for selector in selectors:
        assert len([labels for labels in templates if selector.items() <= labels.items()]) == 1


def test_without_policies_there_is_no_policy_and_no_check() -> None:
    without = record_hub({"network.policies": False})
    assert without.of("NetworkPolicy") == without.of("ConnectionCheck") == without.of("NetworkPolicies") == []


def test_other_policies_restart_nothing(hub: Record) -> None:
    changed = {"notebook.egress": [{"range": "10.20.0.0/16"}], "network.policies": True}
    other = record_hub({"clusterAdmin.user": "user@example.org", "notebook.quota": {"pods": 50}, **changed})
    for kind in ("ConfigMap", "StatefulSet", "Deployment", "Secret"):
        assert {r.name: r.inputs for r in other.of(kind)} == {r.name: r.inputs for r in hub.of(kind)}


def test_the_hub_reaches_the_ports_of_sign_in_and_api_server() -> None:
    github = {"github.url": "https://github.example.org:8444"}
    assert _ports(_policies(record_gke(github))["tf-hub-hub"]["egress"]) == {443, 8444}
    assert _ports(_policies(record_hub())["tf-hub-hub"]["egress"]) == {443, 6443, 8443, 16443}


def test_the_hub_reaches_the_certificate_that_the_proxy_serves_only_to_watch_it() -> None:
    def ports(changes: Mapping[str, object]) -> set[int]:
        rules = _policies(record_hub({**TLS, **changes}))["tf-hub-hub"]["egress"]
        to_proxy = [rule for rule in rules if "proxy" in text_of(rule.get("to"))]
        return {int(port["port"]) for rule in to_proxy for port in rule["ports"]}

    assert ports({}) == {8001}
    assert ports({"monitoring.metrics": "prometheus"}) == {8000, 8001}


def test_the_hub_reaches_the_port_of_an_openid_provider() -> None:
    oidc = {
        "auth.type": "oidc",
        "oidc.issuer": "https://sso.example.org:8444/realms/main",
        "oidc.clientId": "hub",
        "oidc.clientSecret": "a secret",
        "oidc.allowAll": True,
    }
    assert _ports(_policies(record_hub(oidc))["tf-hub-hub"]["egress"]) == {443, 6443, 8443, 8444, 16443}


def test_the_hub_reaches_the_port_of_a_course_platforms_keys() -> None:
    lti = {**LTI, "lti.keysUrl": "https://moodle.example.edu:8444/mod/lti/certs.php"}
    assert _ports(_policies(record_hub(lti))["tf-hub-hub"]["egress"]) == {443, 6443, 8443, 8444, 16443}


def test_hub_and_proxy_reach_services_whose_namespace_reaches_the_hub() -> None:
    services = [
        {"name": "dask-gateway", "url": "http://traefik.dask", "namespace": "dask"},
        {"name": "grader", "url": "http://10.20.0.7:8080"},
        {"name": "binder", "scopes": ["admin:users"], "namespace": "binder"},
    ]
    policies = _policies(record_hub({"hub.services": services}))
    dask, binder = (
        {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}} for name in ("dask", "binder")
    )
    grader = {"to": [{"ipBlock": {"cidr": "10.20.0.7/32"}}], "ports": [{"protocol": "TCP", "port": 8080}]}
    for name in ("tf-hub-hub", "tf-hub-proxy"):
        assert policies[name]["egress"][-2:] == [{"to": [dask]}, grader]
    (into,) = policies["tf-hub-hub"]["ingress"]
    assert into["from"][-2:] == [binder, dask]


def test_the_check_runs_where_the_hub_does(hub: Record) -> None:
    (usual,) = hub.of("ConnectionCheck")
    assert usual.inputs["node_selector"] == {}
    pod = {"nodeSelector": {"pool": "hub"}, "tolerations": [{"key": "dedicated", "operator": "Exists"}]}
    (check,) = record_hub({"hub.pod": pod, "notebook.imagePullSecrets": ["registry"]}).of("ConnectionCheck")
    assert check.inputs["node_selector"] == {"pool": "hub"}
    assert check.inputs["tolerations"] == [{"key": "dedicated", "operator": "Exists"}]
    assert check.inputs["image_pull_secrets"] == ["registry"]


@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("postgresql://hub:secret@db.example.org/hub", 5432),
        ("postgresql://hub:secret@db.example.org:6432/hub", 6432),
        ("postgresql://hub:secret@db.example.org:6432/hub?sslmode=require&port=7432", 7432),
    ],
)
def test_the_hub_reaches_the_port_of_its_database_which_stays_secret(url: str, port: int) -> None:
    stack = record_hub({**POSTGRESQL, "database.url": url})
    assert _ports(_policies(stack)["tf-hub-database"]["egress"]) == {port}
    assert str(port) not in text_of([one.public for one in stack.of("NetworkPolicy")])


def test_the_hub_reaches_a_database_on_cloud_sql_and_no_other_one() -> None:
    stack = record_gke(CLOUD_SQL)
    egress = _policies(stack)["tf-hub-database"]["egress"]
    (address,) = (one.answer["address"] for one in stack.of("Address") if "sql" in one.name)
    assert egress == [{"ports": [{"port": 5432, "protocol": "TCP"}], "to": [{"ipBlock": {"cidr": f"{address}/32"}}]}]


def test_destinations_of_settings_are_rules_of_their_own() -> None:
    destinations = [
        {"namespaceLabels": {"team": "data"}, "ports": [5000, "8000-8100"], "protocol": "UDP"},
        {"range": "10.20.0.0/16"},
    ]
    egress = _policies(record_hub({"notebook.egress": destinations}))["tf-hub-notebooks"]["egress"]
    assert egress[-2:] == [
        {
            "to": [{"namespaceSelector": {"matchLabels": {"team": "data"}}}],
            "ports": [
                {"protocol": "UDP", "port": 5000},
                {"protocol": "UDP", "port": 8000, "endPort": 8100},
            ],
        },
        {"to": [{"ipBlock": {"cidr": "10.20.0.0/16"}}]},
    ]


def test_hub_and_proxy_have_destinations_of_their_own() -> None:
    destinations = {"hub.egress": [{"range": "10.20.0.7/32"}], "proxy.egress": [{"namespace": "reports"}]}
    policies = _policies(record_hub(destinations))
    reports = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "reports"}}}
    assert policies["tf-hub-hub"]["egress"][-1] == {"to": [{"ipBlock": {"cidr": "10.20.0.7/32"}}]}
    assert policies["tf-hub-proxy"]["egress"][-1] == {"to": [reports]}
    assert reports not in [peer for rule in policies["tf-hub-hub"]["egress"] for peer in rule.get("to", ())]


def test_the_internet_has_no_private_addresses() -> None:
    ranges = {"network.privateRanges": ["203.0.113.0/24", "10.1.0.0/16"]}
    rules = _policies(record_gke(ranges))["tf-hub-notebooks"]["egress"]
    (ipv4, ipv6) = (peer["ipBlock"] for rule in rules if not rule.get("ports") for peer in rule["to"])
    private = ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "240.0.0.0/4"]
    assert set(ipv4["except"]) == {*private, "169.254.0.0/16", "203.0.113.0/24"}
    assert set(ipv6["except"]) == {"fc00::/7", "fe80::/10"}


def test_a_policy_of_its_own_opens_the_metadata_server_to_users_with_an_identity() -> None:
    assert "tf-hub-metadata" not in _policies(record_gke())
    some = _policies(record_gke({"identity.notebooks": [ADA]}))["tf-hub-metadata"]
    assert some["podSelector"] == {"matchExpressions": [{"key": IDENTITY_LABEL, "operator": "Exists"}]}
    everybody = {"identity.notebookServiceAccount": "notebooks@my-project-123.iam.gserviceaccount.com"}
    assert "tf-hub-metadata" not in _policies(record_gke({**everybody, "identity.notebooks": [ADA]}))


def test_cert_manager_can_renew_the_certificate_of_the_load_balancer(hub: Record) -> None:
    policy = _policies(record_hub(TLS))["tf-hub-acme"]
    assert policy["podSelector"] == {"matchLabels": {"acme.cert-manager.io/http01-solver": "true"}}
    assert policy["ingress"] == [{"ports": [{"protocol": "TCP", "port": 8089}]}]
    assert "tf-hub-acme" not in _policies(hub)


def test_a_proxy_with_a_certificate_is_reached_on_both_ports() -> None:
    public = _policies(record_hub(TLS))["tf-hub-proxy"]["ingress"][0]
    assert [int(port["port"]) for port in public["ports"]] == [8000, 8080]


def test_the_connections_are_tried_once_hub_proxy_and_policies_are_there(hub: Record) -> None:
    check = hub.one("ConnectionCheck")
    needed = [hub.one("Rollout"), hub.one("Deployment"), *hub.of("NetworkPolicy")]
    assert {one.urn for one in needed} <= check.dependencies
    assert check.inputs["allowed"] == "tf-hub-api.jupyterhub:8081"
    assert check.inputs["forbidden"] == "tf-hub-proxy-api.jupyterhub:8001"
