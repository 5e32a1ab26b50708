from tests.doubles.monitor import Record
from tests.stacks import record_hub


def test_the_user_is_made_cluster_admin(hub: Record) -> None:
    binding = hub.one("ClusterRoleBinding").inputs
    assert binding["roleRef"]["name"] == "cluster-admin"
    assert [(subject["kind"], subject["name"]) for subject in binding["subjects"]] == [("User", "user@example.org")]


def test_without_a_user_nobody_is_made_cluster_admin() -> None:
    hub = record_hub()
    assert hub.of("StatefulSet")
    assert hub.of("ClusterRoleBinding") == hub.of("ClusterAdmin") == []


def test_a_second_hub_of_a_cluster_can_have_a_binding_of_its_own() -> None:
    hub = record_hub({"clusterAdmin.user": "user@example.org", "clusterAdmin.bindingName": "physics-admin"})
    assert hub.one("ClusterRoleBinding").inputs["metadata"]["name"] == "physics-admin"


def test_the_operator_has_the_rights_before_anything_else_is_made_and_until_all_is_gone(hub: Record) -> None:
    binding = hub.one("ClusterRoleBinding").urn
    assert binding in hub.one("Namespaces").dependencies, (
        "a component's children are created after it and deleted before it"
    )
