"""Google service accounts of hub and notebooks, with Workload Identity."""

import json

from tests.stacks import record_gke

_ACCOUNT = "iam.gke.io/gcp-service-account"


def test_workload_identity_is_bound_on_both_sides_without_keys() -> None:
    account = "jupyterhub@my-project-123.iam.gserviceaccount.com"
    record = record_gke({"identity.hubServiceAccount": account})
    grants = {grant.name: grant.inputs for grant in record.of("IAMMember")}
    assert grants["identity-hub"]["member"] == "serviceAccount:my-project-123.svc.id.goog[jupyterhub/tf-hub]"
    accounts = [one.inputs["metadata"]["annotations"].get(_ACCOUNT) for one in record.of("ServiceAccount")]
    assert [one for one in accounts if one] == [account]
    assert "identity-notebooks" not in grants
    assert record.of("Key") == []


def test_groups_of_users_have_their_own_bound_service_accounts() -> None:
    physics = {
        "name": "physics",
        "googleServiceAccount": "physics@other-project.iam.gserviceaccount.com",
        "users": ["Ada"],
        "organizations": ["example-org:physics"],
    }
    record = record_gke({"identity.notebooks": [physics]})
    grants = {grant.name: grant.inputs for grant in record.of("IAMMember")}
    grant = grants["identity-notebooks-physics"]
    assert grant["role"] == "roles/iam.workloadIdentityUser"
    assert grant["serviceAccountId"] == f"projects/other-project/serviceAccounts/{physics['googleServiceAccount']}"
    member = "serviceAccount:my-project-123.svc.id.goog[jupyterhub-notebooks/notebooks-physics]"
    assert grant["member"] == member
    account = record.one("ServiceAccount", "notebooks-physics").inputs
    assert account["metadata"]["annotations"][_ACCOUNT] == physics["googleServiceAccount"]
    assert account["metadata"]["namespace"] == "jupyterhub-notebooks"
    assert account["automountServiceAccountToken"] is False
    config = json.loads(record.one("ConfigMap").inputs["data"]["hub.json"])
    assert config["service_accounts"] == [
        {"name": "notebooks-physics", "users": ["ada"], "groups": ["example-org:physics"]},
    ]
    assert config["sign_in"]["github"]["groups"] == ["example-org:physics"]
    assert record.of("Key") == []
