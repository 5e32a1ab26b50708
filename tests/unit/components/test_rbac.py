import json

import pytest

from tests.doubles.monitor import Record
from tests.stacks import pod_specs, record_hub


@pytest.mark.parametrize(
    ("keep_homes", "claims"), [(True, ["create", "get", "patch"]), (False, ["create", "get", "patch", "delete"])]
)
def test_the_hub_has_exactly_the_permissions_of_kubespawner(keep_homes: bool, claims: list[str]) -> None:  # noqa: FBT001 a parameter of the test
    role = record_hub({"notebook.keepHomes": keep_homes}).one("Role")
    assert role.inputs["metadata"]["namespace"] == "jupyterhub-notebooks"
    assert role.inputs["rules"] == [
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["list", "watch", "create", "delete"]},
        {"apiGroups": [""], "resources": ["events"], "verbs": ["list", "watch"]},
        {"apiGroups": [""], "resources": ["persistentvolumeclaims"], "verbs": claims},
    ]


def test_only_the_service_account_of_the_hub_has_the_role(hub: Record) -> None:
    binding = hub.one("RoleBinding").inputs
    role = hub.one("Role").inputs["metadata"]
    assert binding["metadata"]["namespace"] == role["namespace"]
    assert (binding["roleRef"]["kind"], binding["roleRef"]["name"]) == ("Role", role["name"])
    (subject,) = binding["subjects"]
    assert subject["kind"] == "ServiceAccount"
    assert subject["namespace"] == hub.one("StatefulSet").inputs["metadata"]["namespace"]
    assert subject["name"] == pod_specs(hub)["tf-hub"]["serviceAccountName"]
    assert hub.one("ServiceAccount", subject["name"]).inputs["metadata"]["namespace"] == subject["namespace"]


def test_there_are_no_other_roles_and_bindings(hub: Record) -> None:
    kinds = [resource.kind for resource in hub.kubernetes if "rbac.authorization.k8s.io" in resource.type]
    assert sorted(kinds) == ["ClusterRoleBinding", "Role", "RoleBinding"]


def test_the_hub_depends_on_its_role_binding(hub: Record) -> None:
    assert hub.one("RoleBinding").urn in hub.one("StatefulSet").dependencies


def test_the_config_has_the_uid_of_the_notebooks_owner(hub: Record) -> None:
    account = hub.one("ServiceAccount", "notebooks")
    config = json.loads(hub.one("ConfigMap").inputs["data"]["hub.json"])
    assert account.inputs["metadata"]["namespace"] == config["notebooks_namespace"]
    assert (config["default_service_account"], config["owner_uid"]) == ("notebooks", account.answer["metadata"]["uid"])
