"""The stand-in implements the provider protocol as the real provider does."""

from pathlib import Path
from typing import cast

import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2 as proto

from tests.doubles.google import refusals
from tests.doubles.google.cloud import Cloud
from tests.doubles.google.database_server import CA_CERTIFICATES
from tests.doubles.google.kubeconfig import KUBECONFIG
from tests.doubles.google.refusals import FAIL
from tests.doubles.google.wire import UNKNOWN, Properties, bare, is_secret, received, sent
from tests.unit.doubles.google.driver import Driver, RefusedError, kubeconfig

CLUSTER = "gcp:container/cluster:Cluster"
ADDRESS = "gcp:compute/globalAddress:GlobalAddress"
SQL = "gcp:sql/databaseInstance:DatabaseInstance"
ACCOUNT = "gcp:serviceaccount/account:Account"
MEMBER = "gcp:projects/iAMMember:IAMMember"
FORWARDING_RULE = "gcp:compute/forwardingRule:ForwardingRule"
USER = "gcp:sql/user:User"
NODES: Properties = {"initialNodeCount": 1, "nodeConfig": {"diskType": "pd-standard"}}
MASTER_AUTH: Properties = {"clientCertificateConfig": {"issueClientCertificate": False}}
DATABASE: Properties = {"databaseVersion": "POSTGRES_17", "settings": {"tier": "db-f1-micro"}}
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}


@pytest.mark.parametrize(
    ("token", "inputs", "identity"),
    [
        (CLUSTER, NODES | {"name": "jupyterhub"}, "projects/foo/locations/europe-west1/clusters/jupyterhub"),
        (
            CLUSTER,
            NODES | {"name": "a", "location": "europe-west4-b"},
            "projects/foo/locations/europe-west4-b/clusters/a",
        ),
        (
            "gcp:container/nodePool:NodePool",
            {"name": "user", "cluster": "projects/foo/locations/europe-west4/clusters/a"},
            "projects/foo/locations/europe-west4/clusters/a/nodePools/user",
        ),
        ("gcp:compute/network:Network", {"name": "hub"}, "projects/foo/global/networks/hub"),
        (
            "gcp:compute/routerNat:RouterNat",
            {"name": "nat", "router": "hub", "sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES"},
            "projects/foo/regions/europe-west1/routers/hub/nat",
        ),
        (ADDRESS, {"name": "hub", "project": "bar"}, "projects/bar/global/addresses/hub"),
        (
            "gcp:serviceaccount/account:Account",
            {"accountId": "tf-hub"},
            "projects/foo/serviceAccounts/tf-hub@foo.iam.gserviceaccount.com",
        ),
        (
            "gcp:projects/iAMMember:IAMMember",
            {"project": "foo", "role": "roles/viewer", "member": "user:a@example.org"},
            "foo/roles/viewer/user:a@example.org",
        ),
        (
            "gcp:certificatemanager/dnsAuthorization:DnsAuthorization",
            {"name": "hub", "domain": "hub.example.org"},
            "projects/foo/locations/global/dnsAuthorizations/hub",
        ),
        (
            "gcp:dns/recordSet:RecordSet",
            {"name": "hub.example.org.", "type": "A", "managedZone": "example-org"},
            "projects/foo/managedZones/example-org/rrsets/hub.example.org./A",
        ),
        (SQL, DATABASE | {"name": "hub"}, "hub"),
        (
            "gcp:artifactregistry/repository:Repository",
            {"repositoryId": "jupyterhub", "format": "DOCKER"},
            "projects/foo/locations/europe-west1/repositories/jupyterhub",
        ),
    ],
)
def test_a_resource_has_an_id_in_googles_format(driver: Driver, token: str, inputs: Properties, identity: str) -> None:
    assert driver.create(token, inputs)[0] == identity


def test_outputs_have_the_inputs_and_made_up_values(driver: Driver) -> None:
    _, cluster = driver.create(CLUSTER, NODES | {"name": "a", "masterAuth": MASTER_AUTH})
    assert cluster["name"] == "a"
    assert cluster["masterAuth"].keys() == {"clientCertificateConfig", "clusterCaCertificate"}
    assert cluster["endpoint"]
    assert driver.create(ADDRESS, {"name": "a"})[1]["address"].startswith("203.0.113.")


def test_a_cluster_has_the_endpoint_of_the_named_kubeconfig(
    driver: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KUBECONFIG, str(kubeconfig(tmp_path)))
    outputs = driver.create(CLUSTER, NODES | {"name": "a"})[1]
    assert outputs["endpoint"] == "127.0.0.1:16443"
    assert outputs["masterAuth"]["clusterCaCertificate"] == "Q0E="


def test_a_preview_creates_nothing_and_has_unknown_outputs(driver: Driver) -> None:
    identity, outputs = driver.create(CLUSTER, NODES | {"name": "a", "masterAuth": MASTER_AUTH}, preview=True)
    assert identity == ""
    assert outputs["name"] == "a"
    assert outputs["endpoint"] == outputs["masterAuth"]["clusterCaCertificate"] == UNKNOWN
    assert not driver.read(CLUSTER, "projects/foo/locations/europe-west1/clusters/a").id


def test_a_resource_can_be_read_until_it_is_deleted(driver: Driver, tmp_path: Path) -> None:
    identity, outputs = driver.create(ADDRESS, {"name": "hub", "description": "old"})
    found = driver.read(ADDRESS, identity)
    assert received(found.properties) == outputs
    inputs = received(found.inputs)
    Cloud(file=tmp_path / "cloud.json").update(ADDRESS, identity, inputs, outputs | {"description": "new"})
    assert received(driver.read(ADDRESS, identity).inputs)["description"] == "new"
    driver.delete(ADDRESS, identity, outputs)
    assert not driver.read(ADDRESS, identity).id


def test_a_duplicate_name_is_refused(driver: Driver) -> None:
    driver.create(ADDRESS, {"name": "hub"})
    with pytest.raises(RefusedError, match=r"409.*projects/foo/global/addresses/hub.*alreadyExists"):
        driver.create(ADDRESS, {"name": "hub"})


def test_an_auto_generated_name_is_kept_until_a_replacement(driver: Driver) -> None:
    first = driver.check(ADDRESS, {}, seed=b"1")
    assert first["name"].startswith("hub-")
    assert len(first["name"]) == len("hub-") + 7
    assert driver.check(ADDRESS, {}, seed=b"1") == first
    assert driver.check(ADDRESS, {}, olds=first, seed=b"2") == first
    assert driver.check(ADDRESS, {}, seed=b"2")["name"] != first["name"]
    assert "name" not in driver.check("gcp:serviceaccount/account:Account", {"accountId": "tf-hub"})


@pytest.mark.parametrize(("inputs", "first"), [({"name": "hub"}, True), ({}, False)])
def test_a_replacement_with_an_explicit_name_deletes_first(
    driver: Driver,
    inputs: Properties,
    first: bool,  # noqa: FBT001 a parameter
) -> None:
    olds = driver.check(ADDRESS, inputs | {"addressType": "EXTERNAL"})
    news = driver.check(ADDRESS, inputs | {"addressType": "INTERNAL"}, olds=olds)
    diff = driver.call("Diff", proto.DiffRequest(type=ADDRESS, old_inputs=sent(olds), news=sent(news)))
    assert list(diff.replaces) == ["addressType"]
    assert diff.deleteBeforeReplace is first


def test_secret_inputs_stay_secret(driver: Driver) -> None:
    secret = SECRET | {"value": "hunter2"}
    identity, outputs = driver.create(USER, {"name": "hub", "instance": "sql", "password": secret})
    found = driver.read(USER, identity)
    for properties in (outputs, received(found.properties), received(found.inputs)):
        assert is_secret(properties["password"])
        assert bare(properties["password"]) == "hunter2"


@pytest.mark.parametrize(("token", "more"), [(CLUSTER, NODES), (SQL, DATABASE)])
@pytest.mark.parametrize("protection", [{}, {"deletionProtection": True}])
def test_deletion_protection_refuses_a_deletion(
    driver: Driver, token: str, more: Properties, protection: Properties
) -> None:
    identity, outputs = driver.create(token, {"name": "hub", **more, **protection})
    with pytest.raises(RefusedError, match="because deletion_protection is set to true"):
        driver.delete(token, identity, outputs)
    assert driver.read(token, identity).id
    driver.delete(token, identity, outputs | {"deletionProtection": False})
    assert not driver.read(token, identity).id


@pytest.mark.parametrize(("policy", "gone"), [("DELETE", True), ("ABANDON", False)])
def test_the_deletion_policy_abandon_keeps_the_resource(driver: Driver, policy: str, gone: bool) -> None:  # noqa: FBT001 a parameter
    identity, outputs = driver.create(ADDRESS, {"name": "hub", "deletionPolicy": policy})
    driver.delete(ADDRESS, identity, outputs)
    assert bool(driver.read(ADDRESS, identity).id) is not gone


def test_the_deletion_policy_prevent_refuses_a_deletion(driver: Driver) -> None:
    identity, outputs = driver.create(ADDRESS, {"name": "hub", "deletionPolicy": "PREVENT"})
    with pytest.raises(RefusedError, match="PREVENT"):
        driver.delete(ADDRESS, identity, outputs)
    assert driver.read(ADDRESS, identity).id


def test_the_deletion_protection_of_the_api_refuses_a_deletion(driver: Driver) -> None:
    protected = {"settings": {"tier": "db-f1-micro", "deletionProtectionEnabled": True}, "deletionProtection": False}
    identity, outputs = driver.create(SQL, {"name": "hub", **DATABASE, **protected})
    with pytest.raises(RefusedError, match="The instance is protected"):
        driver.delete(SQL, identity, outputs)
    assert driver.read(SQL, identity).id


def test_databases_and_users_are_deleted_with_their_instance(driver: Driver) -> None:
    (identity, outputs), (other, _) = (driver.create(SQL, {"name": name, **DATABASE}) for name in ("hub", "other"))
    users = [driver.create(USER, {"name": "hub", "instance": name})[0] for name in (identity, other)]
    driver.delete(SQL, identity, outputs | {"deletionProtection": False})
    assert [bool(driver.read(USER, user).id) for user in users] == [False, True]


def test_an_instance_with_psc_has_a_service_attachment_only(driver: Driver) -> None:
    addresses = {"ipv4Enabled": False, "pscConfigs": [{"pscEnabled": True, "allowedConsumerProjects": ["foo"]}]}
    _, outputs = driver.create(SQL, DATABASE | {"settings": {"tier": "db-f1-micro", "ipConfiguration": addresses}})
    assert outputs["ipAddresses"] == []
    assert "/serviceAttachments/" in outputs["pscServiceAttachmentLink"]


def test_two_forwarding_rules_cannot_have_the_same_address(driver: Driver) -> None:
    rule = {"name": "old", "ipAddress": "projects/foo/regions/europe-west1/addresses/sql"}
    identity, outputs = driver.create(FORWARDING_RULE, rule)
    with pytest.raises(RefusedError, match="address is in-use"):
        driver.create(FORWARDING_RULE, rule | {"name": "new"})
    driver.delete(FORWARDING_RULE, identity, outputs)
    driver.create(FORWARDING_RULE, rule | {"name": "new"})


def test_an_iam_member_can_be_created_twice(driver: Driver) -> None:
    member = {"project": "foo", "role": "roles/viewer", "member": "user:a@example.org"}
    assert driver.create(MEMBER, member) == driver.create(MEMBER, member)


@pytest.mark.parametrize("preview", [True, False])
def test_an_update_keeps_made_up_outputs(driver: Driver, preview: bool) -> None:  # noqa: FBT001 a parameter
    identity, before = driver.create(ADDRESS, {"name": "hub", "labels": {"a": "b"}})
    news = sent({"name": "hub", "labels": {"a": UNKNOWN if preview else "c"}})
    request = proto.UpdateRequest(type=ADDRESS, id=identity, news=news, preview=preview)
    after = received(driver.call("Update", request).properties)
    assert after["address"] == before["address"]
    assert after["effectiveLabels"] == {"a": UNKNOWN if preview else "c"}
    kept = received(driver.read(ADDRESS, identity).properties)
    assert kept == (before if preview else after)


def test_an_output_of_an_unknown_input_is_unknown(driver: Driver) -> None:
    inputs = {"accountId": "tf-hub", "description": "a"}
    identity, _ = driver.create(ACCOUNT, inputs)
    news = sent(inputs | {"accountId": UNKNOWN})
    request = proto.UpdateRequest(type=ACCOUNT, id=identity, news=news, preview=True)
    assert received(driver.call("Update", request).properties)["email"] == UNKNOWN


def test_a_secret_object_is_not_merged_with_outputs(driver: Driver) -> None:
    secret = SECRET | {"value": MASTER_AUTH}
    outputs = driver.create(CLUSTER, NODES | {"name": "hub", "masterAuth": secret})[1]
    assert outputs["masterAuth"] == secret


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("quota", "Insufficient regional quota.*quotaExceeded"),
        ("permission", r"Permission 'container\.clusters\.create' denied on 'projects/foo/"),
        ("timeout", "timeout while waiting for state to become 'DONE'"),
    ],
)
def test_a_failure_on_demand_creates_nothing(
    driver: Driver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str, message: str
) -> None:
    monkeypatch.setenv(FAIL, str(tmp_path / "fail.json"))
    refusals.demand(tmp_path / "fail.json", {CLUSTER: kind})
    driver.create(ADDRESS, {"name": "hub"})
    with pytest.raises(RefusedError, match=message):
        driver.create(CLUSTER, NODES | {"name": "hub"})
    refusals.demand(tmp_path / "fail.json", {})
    assert driver.create(CLUSTER, NODES | {"name": "hub"})[0]


def test_a_half_made_resource_exists_after_its_failure(
    driver: Driver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(FAIL, str(tmp_path / "fail.json"))
    refusals.demand(tmp_path / "fail.json", {CLUSTER: "half-made"})
    with pytest.raises(RefusedError, match=r'Cluster .*/clusters/hub was created in the error state "ERROR"'):
        driver.create(CLUSTER, NODES | {"name": "hub"})
    assert driver.read(CLUSTER, "projects/foo/locations/europe-west1/clusters/hub").id


def test_own_and_other_clusters_can_be_looked_up(driver: Driver) -> None:
    token = "gcp:container/getCluster:getCluster"  # noqa: S105 not a secret
    ranges = {"clusterSecondaryRangeName": "pods", "servicesSecondaryRangeName": "services"}
    pool = {"workloadPool": "foo.svc.id.goog"}
    driver.create(CLUSTER, NODES | {"name": "own", "workloadIdentityConfig": pool, "ipAllocationPolicy": ranges})
    own = driver.invoke(token, {"name": "own"})
    assert own["workloadIdentityConfigs"] == [pool]
    assert ranges.items() <= own["ipAllocationPolicies"][0].items()
    assert (own["enableAutopilot"], own["gatewayApiConfigs"]) == (False, [])
    other = driver.invoke(token, {"name": "other", "location": "europe-west4"})
    assert other["id"] == "projects/foo/locations/europe-west4/clusters/other"
    assert other["endpoint"]
    assert other["masterAuths"][0]["clusterCaCertificate"]
    with pytest.raises(RefusedError, match="projects/foo/locations/europe-west1/clusters/missing not found"):
        driver.invoke(token, {"name": "missing"})


def test_the_ca_certificates_of_an_instance_are_those_of_its_server(
    driver: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    function = "gcp:sql/getCaCerts:getCaCerts"
    with pytest.raises(RefusedError, match="instanceDoesNotExist"):
        driver.invoke(function, {"instance": "none"})
    _, outputs = driver.create(SQL, {"name": "hub", **DATABASE})
    (made_up,) = driver.invoke(function, {"instance": outputs["selfLink"]})["certs"]
    assert outputs["name"] in made_up["cert"]
    texts = [f"-----BEGIN CERTIFICATE-----\n{name}\n-----END CERTIFICATE-----" for name in ("active", "next")]
    (tmp_path / "authorities").write_text("\n".join(texts))
    monkeypatch.setenv(CA_CERTIFICATES, str(tmp_path / "authorities"))
    answer = driver.invoke(function, {"instance": outputs["name"]})
    assert [cert["cert"] for cert in answer["certs"]] == texts
    assert answer["activeVersion"] == answer["certs"][0]["sha1Fingerprint"]


def test_an_unknown_function_is_refused_with_its_name(driver: Driver) -> None:
    organizations = "gcp:organizations"
    email = driver.invoke(f"{organizations}/getClientOpenIdUserInfo:getClientOpenIdUserInfo", {})["email"]
    assert email == "operator@example.org"
    assert driver.invoke(f"{organizations}/getClientConfig:getClientConfig", {})["project"] == "foo"
    assert driver.invoke(f"{organizations}/getProject:getProject", {"projectId": "foo"})["number"].isdecimal()
    zone = driver.invoke("gcp:dns/getManagedZone:getManagedZone", {"name": "example-org"})
    assert zone["dnsName"] == "example.org."
    with pytest.raises(RefusedError, match="gcp:compute/getZones:getZones"):
        driver.invoke("gcp:compute/getZones:getZones", {})


def test_a_resource_without_a_project_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("GOOGLE_PROJECT", "GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT"):
        monkeypatch.delenv(variable, raising=False)
    driver = Driver(tmp_path / "cloud.json")
    driver.call("Configure", proto.ConfigureRequest())
    with pytest.raises(RefusedError, match="project: required field is not set"):
        driver.create(ADDRESS, {"name": "hub"})


def test_the_plugin_has_the_version_of_the_sdk(driver: Driver) -> None:
    assert cast("str", driver.call("GetPluginInfo", Empty()).version) == "10.2.0"
