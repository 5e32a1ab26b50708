import json
from collections.abc import Mapping

import pulumi
import pytest

from components.cluster.gke import known_user
from tests.doubles.google import rules
from tests.doubles.monitor import Record, Registration
from tests.stacks import CLOUD_SQL, EXISTING, GATEWAY, IP_ENDPOINT, POSTGRESQL, record_gke
from tools.review.offline.outputs import ADDRESS, ADMIN_USER

_T4 = {"name": "t4", "accelerator": "nvidia-tesla-t4", "machineType": "n1-standard-4", "max": 4, "spot": True}


def _google(record: Record) -> dict[str, list[str]]:
    """Return the names of Google's resources, by kind."""
    kinds: dict[str, list[str]] = {}
    for resource in record.resources:
        if resource.type.startswith("gcp:"):
            kinds.setdefault(resource.kind, []).append(resource.name)
    return kinds


def test_a_created_cluster_has_exactly_these_google_resources(
    created: Record,
) -> None:
    assert {kind: len(names) for kind, names in _google(created).items()} == {
        "Service": 7,
        "Network": 1,
        "Subnetwork": 1,
        "Router": 1,
        "RouterNat": 1,
        "Account": 1,
        "IAMMember": 1,
        "RepositoryIamMember": 1,
        "Cluster": 1,
        "NodePool": 2,
        "Address": 1,
    }


def test_with_an_existing_cluster_only_the_address_is_created() -> None:
    record = record_gke(EXISTING)
    assert set(_google(record)) == {"Service", "Address"}
    assert "127.0.0.1:9" in record.one("kubernetes").inputs["kubeconfig"]


def test_without_an_endpoint_there_is_no_address_and_no_load_balancer() -> None:
    record = record_gke({"endpoint.type": "none"})
    assert "Address" not in _google(record)
    assert {service.inputs["spec"].get("type", "ClusterIP") for service in _services(record)} == {"ClusterIP"}


def test_a_given_address_is_used_and_none_is_reserved() -> None:
    record = record_gke({"endpoint.address": "198.51.100.7"})
    assert "Address" not in _google(record)
    assert _balancer(record)["loadBalancerIP"] == "198.51.100.7"


def test_google_resources_have_the_explicit_provider_and_a_parent(gateway: Record) -> None:
    (provider,) = gateway.of("gcp")
    assert provider.inputs["project"] == "my-project-123"
    parents = {component.urn for component in gateway.components}
    google = [resource for resource in gateway.resources if resource.type.startswith("gcp:")]
    assert len(google) > 15
    assert {resource.provider for resource in google} == {f"{provider.urn}::google"}
    assert [resource.name for resource in google if resource.parent not in parents] == []


def test_the_public_address_waits_for_enabled_apis(gateway: Record) -> None:
    apis = {service.urn for service in gateway.of("Service") if service.type.startswith("gcp:")}
    assert apis <= gateway.one("PublicAddress").dependencies


def test_names_of_google_resources_start_with_those_of_their_parents(gateway: Record) -> None:
    names = {component.urn: component.name for component in gateway.components}
    children = [resource for resource in gateway.resources if resource.parent in names]
    assert [child.name for child in children if not child.name.startswith(f"{names[child.parent]}-")] == []


def test_every_component_registers_outputs(gateway: Record) -> None:
    assert {component.name for component in gateway.components if not gateway.outputs.get(component.urn)} == set()


def test_resources_that_hold_data_or_public_names_are_protected(gateway: Record) -> None:
    protected = {resource.kind for resource in gateway.resources if resource.protect}
    assert protected == {"Network", "Subnetwork", "Cluster", "GlobalAddress", "Namespace", "PersistentVolumeClaim"}
    assert gateway.one("Cluster").inputs["deletionProtection"] is True
    free = record_gke(GATEWAY, {"protect": False})
    assert not any(resource.protect for resource in free.resources)
    assert free.one("Cluster").inputs["deletionProtection"] is False


def _server(record: Record) -> Mapping[str, str]:
    """Return the cluster in the kubeconfig of the Kubernetes provider."""
    (provider,) = [one for one in record.resources if one.type == "pulumi:providers:kubernetes"]
    return json.loads(provider.inputs["kubeconfig"])["clusters"][0]["cluster"]


def test_the_control_plane_is_reached_by_its_dns_endpoint_alone(created: Record) -> None:
    cluster = created.one("Cluster").inputs
    assert cluster["controlPlaneEndpointsConfig"] == {
        "dnsEndpointConfig": {"allowExternalTraffic": True},
        "ipEndpointsConfig": {"enabled": False},
    }
    assert cluster["privateClusterConfig"] == {"enablePrivateNodes": True}
    assert "masterAuthorizedNetworksConfig" not in cluster
    assert _server(created) == {"server": "https://127.0.0.1:9"}, "its CA is a public one"


def test_only_authorized_networks_reach_an_ip_endpoint() -> None:
    record = record_gke(IP_ENDPOINT)
    cluster = record.one("Cluster").inputs
    assert cluster["controlPlaneEndpointsConfig"] == {
        "dnsEndpointConfig": {"allowExternalTraffic": False},
        "ipEndpointsConfig": {"enabled": True},
    }
    assert cluster["privateClusterConfig"] == {"enablePrivateNodes": True, "enablePrivateEndpoint": False}
    assert cluster["masterAuthorizedNetworksConfig"]["cidrBlocks"] == [{"cidrBlock": "203.0.113.0/24"}]
    assert _server(record)["certificate-authority-data"]


def test_the_cluster_has_private_nodes_and_workload_identity(created: Record) -> None:
    cluster = created.one("Cluster").inputs
    assert cluster["privateClusterConfig"]["enablePrivateNodes"] is True
    assert cluster["datapathProvider"] == "ADVANCED_DATAPATH"
    assert cluster["workloadIdentityConfig"] == {"workloadPool": "my-project-123.svc.id.goog"}
    assert cluster["releaseChannel"] == {"channel": "REGULAR"}
    assert cluster["enableShieldedNodes"] is True


@pytest.mark.parametrize("location", ["europe-west1", "europe-west1-b"])
def test_the_first_nodes_of_a_cluster_fit_the_quota_of_a_new_project(location: str) -> None:
    cluster = record_gke({"cluster.location": location}).one("Cluster")
    assert rules.refusal(rules.CLUSTER, cluster.inputs) is None
    assert "nodeConfig" in cluster.ignore_changes


def test_nodes_have_least_privileges(created: Record) -> None:
    for pool in created.of("NodePool"):
        node = pool.inputs["nodeConfig"]
        assert node["serviceAccount"] == "nodes@example.iam.gserviceaccount.com"
        assert node["workloadMetadataConfig"] == {"mode": "GKE_METADATA"}
        assert node["shieldedInstanceConfig"]["enableSecureBoot"] is True
        assert pool.inputs["autoscaling"]["locationPolicy"] == "ANY"
    assert [grant.inputs["role"] for grant in created.of("IAMMember")] == ["roles/container.defaultNodeServiceAccount"]


def test_only_nodes_for_notebooks_limit_processes_and_end_single_ones_without_memory() -> None:
    pools = record_gke({"nodes.gpu": [_T4], "nodes.podPidsLimit": 2048}).of("NodePool")
    kubelets = {pool.name: pool.inputs["nodeConfig"]["kubeletConfig"] for pool in pools}
    closed = {"insecureKubeletReadonlyPortEnabled": "FALSE"}
    notebooks = {**closed, "podPidsLimit": 2048, "singleProcessOomKill": True}
    assert kubelets == {"gke-pools-core": closed, "gke-pools-user": notebooks, "gke-pools-t4": notebooks}


def test_only_nodes_with_gpus_are_upgraded_without_another_node() -> None:
    pools = record_gke({"nodes.gpu": [_T4]}).of("NodePool")
    assert {pool.name: pool.inputs.get("upgradeSettings") for pool in pools} == {
        "gke-pools-core": None,
        "gke-pools-user": None,
        "gke-pools-t4": {"maxSurge": 0, "maxUnavailable": 1},
    }


_ONE_ZONE, _ALL_ZONES = ["europe-west1-b"], ["europe-west1-b", "europe-west1-c", "europe-west1-d"]


@pytest.mark.parametrize(
    ("changes", "zones"),
    [
        ({}, _ONE_ZONE),
        ({"hub.storage": {"size": "20Gi", "regional": True}}, _ALL_ZONES),
        (CLOUD_SQL, _ONE_ZONE),
        ({**CLOUD_SQL, "database.highAvailability": True}, _ALL_ZONES),
        (POSTGRESQL, _ONE_ZONE),
        ({"cluster.location": "europe-west1-d"}, ["europe-west1-d"]),
    ],
    ids=str,
)
def test_the_core_pool_is_in_one_zone_unless_the_database_outlives_a_zone(
    changes: Mapping[str, object], zones: list[str]
) -> None:
    (core,) = [pool for pool in record_gke(changes).of("NodePool") if pool.name == "gke-pools-core"]
    assert core.inputs["nodeLocations"] == zones
    assert core.inputs["initialNodeCount"] == 1
    # The disk of an older hub may be in any zone.
    assert ("nodeLocations" in core.ignore_changes) is (len(zones) == 1)


@pytest.mark.parametrize("autopilot", [False, True])
def test_a_cluster_is_hardened_and_labelled(autopilot: bool) -> None:  # noqa: FBT001 a parameter
    values = {"cluster.autopilot": True, "notebook.accelerator": "nvidia-l4"} if autopilot else {}
    cluster = record_gke(values).one("Cluster").inputs
    assert cluster["anonymousAuthenticationConfig"] == {"mode": "LIMITED"}
    assert set(cluster["rbacBindingConfig"].values()) == {False}
    assert cluster["resourceLabels"] == {"jupyterhub": "tf-hub"}
    assert cluster["monitoringConfig"]["managedPrometheus"] == {"enabled": autopilot}
    closed = {"nodeKubeletConfig": {"insecureKubeletReadonlyPortEnabled": "FALSE"}}
    assert cluster.get("nodePoolAutoConfig") == (closed if autopilot else None)
    profile = {} if autopilot else {"enabled": False, "autoscalingProfile": "OPTIMIZE_UTILIZATION"}
    assert profile.items() <= cluster["clusterAutoscaling"].items()


def test_gpu_nodes_have_taint_driver_and_label_for_notebooks() -> None:
    pools = {pool.name: pool.inputs for pool in record_gke({"nodes.gpu": [_T4]}).of("NodePool")}
    node = pools["gke-pools-t4"]["nodeConfig"]
    (accelerator,) = node["guestAccelerators"]
    assert accelerator["type"] == "nvidia-tesla-t4"
    assert accelerator["gpuDriverInstallationConfig"] == {"gpuDriverVersion": "DEFAULT"}
    assert {taint["key"] for taint in node["taints"]} == {"nvidia.com/gpu", "hub.jupyter.org/dedicated"}
    assert node["labels"] == {"hub.jupyter.org/node-purpose": "user"}
    assert node["spot"] is True
    assert pools["gke-pools-t4"]["autoscaling"]["totalMaxNodeCount"] == 4


@pytest.mark.parametrize("location", ["us-central1", "europe-west1", "us-central1-c"])
def test_every_pool_is_in_node_zones_of_the_cluster(location: str) -> None:
    types = ["nvidia-tesla-p100", "nvidia-tesla-t4"] if location != "europe-west1" else ["nvidia-tesla-t4"]
    pools = [{**_T4, "name": f"gpu-{index}", "accelerator": kind} for index, kind in enumerate(types)]
    record = record_gke({"cluster.location": location, "nodes.gpu": pools})
    zones = record.one("Cluster").inputs.get("nodeLocations", [location])
    assert len(zones) == 1
    assert {pool.name: pool.inputs["nodeLocations"] for pool in record.of("NodePool")} == dict.fromkeys(
        ("gke-pools-core", "gke-pools-user", *(f"gke-pools-gpu-{index}" for index in range(len(types)))), zones
    )


def test_an_autopilot_cluster_has_no_inputs_that_autopilot_refuses() -> None:
    record = record_gke({"cluster.autopilot": True, "notebook.accelerator": "nvidia-l4"})
    assert "NodePool" not in _google(record)
    cluster = record.one("Cluster").inputs
    assert cluster["enableAutopilot"] is True
    refused = {
        "removeDefaultNodePool",
        "initialNodeCount",
        "nodeConfig",
        "datapathProvider",
        "addonsConfig",
        "nodeLocations",
    }
    assert refused & set(cluster) == set()
    assert "nodeSelector" not in record.one("StatefulSet").inputs["spec"]["template"]["spec"]


def test_hub_and_proxy_run_on_core_nodes_and_notebooks_on_theirs(created: Record) -> None:
    for kind in ("StatefulSet", "Deployment"):
        pod = created.one(kind).inputs["spec"]["template"]["spec"]
        assert pod["nodeSelector"] == {"hub.jupyter.org/node-purpose": "core"}
    pod = json.loads(created.one("ConfigMap").inputs["data"]["hub.json"])["pod"]
    assert pod["node_selector"] == {"hub.jupyter.org/node-purpose": "user"}
    assert [one["key"] for one in pod["tolerations"]] == ["hub.jupyter.org/dedicated"]


def test_the_kubeconfig_has_a_credential_plugin_and_no_token(created: Record) -> None:
    provider = created.one("kubernetes").inputs
    (user,) = json.loads(provider["kubeconfig"])["users"]
    assert set(user["user"]) == {"exec"}
    program = user["user"]["exec"]
    assert [program["command"], *program["args"]] == [
        "gke-gcloud-auth-plugin",
        "--use_application_default_credentials",  # as the Google provider does
    ]
    assert provider["clusterIdentifier"] == "jupyterhub/test"


def test_the_kubernetes_provider_waits_for_the_core_node_pool(created: Record) -> None:
    core = next(pool.urn for pool in created.of("NodePool") if pool.name == "gke-pools-core")
    assert core in created.one("kubernetes").dependencies


def test_the_rollout_uses_the_kubeconfig_of_the_provider(created: Record) -> None:
    assert created.one("Rollout").inputs["kubeconfig"] == created.one("kubernetes").inputs["kubeconfig"]


@pytest.mark.parametrize(
    ("changes", "user"),
    [
        ({}, ADMIN_USER),
        ({"clusterAdmin.user": "ada@example.org"}, "ada@example.org"),
        ({"clusterAdmin.enabled": False}, None),
    ],
    ids=["identity-of-the-provider", "named-user", "disabled"],
)
def test_the_operator_is_bound_to_cluster_admin_on_gke(changes: Mapping[str, object], user: str | None) -> None:
    bindings = record_gke(changes).of("ClusterRoleBinding")
    assert [binding.inputs["subjects"][0]["name"] for binding in bindings] == ([] if user is None else [user])


def test_an_owner_of_the_credentials_without_a_name_is_an_error_with_the_fix() -> None:
    with pytest.raises(pulumi.RunError, match=r"clusterAdmin\.user: .* pulumi config set clusterAdmin\.user"):
        known_user("")
    assert known_user("ada@example.org") == "ada@example.org"


def test_the_callback_url_follows_from_the_reserved_address(created: Record) -> None:
    assert _balancer(created)["loadBalancerIP"] == ADDRESS
    config = json.loads(created.one("ConfigMap").inputs["data"]["hub.json"])
    assert config["sign_in"]["callback_url"] == f"http://{ADDRESS}/hub/oauth_callback"


@pytest.mark.parametrize(
    ("changes", "value"),
    [({}, "enabled"), ({"endpoint.internal": True}, None), (EXISTING, None), (GATEWAY, None)],
    ids=str,
)
def test_a_new_load_balancer_of_a_created_cluster_leaves_no_firewall_rules(
    changes: Mapping[str, object], value: str | None
) -> None:
    key = "cloud.google.com/l4-rbs"
    (service,) = [s for s in _services(record_gke(changes)) if s.inputs["metadata"]["name"] == "tf-hub-lb"]
    assert service.inputs["metadata"]["annotations"].get(key) == value
    assert service.ignore_changes == {f'metadata.annotations["{key}"]'}, "GKE changes no existing load balancer"


def test_an_internal_load_balancer_has_an_internal_address() -> None:
    record = record_gke({"endpoint.internal": True, "endpoint.sourceRanges": ["10.0.0.0/8"]})
    assert _reserved(record)["addressType"] == "INTERNAL"
    assert _reserved(record)["subnetwork"]
    assert _balancer(record)["loadBalancerSourceRanges"] == ["10.0.0.0/8"]


def _services(record: Record) -> list[Registration]:
    return [resource for resource in record.of("Service") if resource.type.startswith("kubernetes:")]


def _balancer(record: Record) -> dict[str, object]:
    (service,) = [s for s in _services(record) if s.inputs["metadata"]["name"] == "tf-hub-lb"]
    return service.inputs["spec"]


def _reserved(record: Record) -> dict[str, object]:
    (address,) = [r for r in record.of("Address") if r.type.startswith("gcp:")]
    return address.inputs
