from tests.doubles.monitor import Record
from tests.stacks import record_hub


def test_the_user_is_bound_to_cluster_admin(hub: Record) -> None:
    binding = hub.one("ClusterRoleBinding").inputs
    assert binding["roleRef"]["name"] == "cluster-admin"
    assert [(subject["kind"], subject["name"]) for subject in binding["subjects"]] == [("User", "user@example.org")]


def test_without_a_user_there_is_no_cluster_role_binding() -> None:
    hub = record_hub()
    assert hub.of("StatefulSet")
    assert hub.of("ClusterRoleBinding") == hub.of("ClusterAdmin") == []


def test_the_name_of_the_cluster_role_binding_can_be_set() -> None:
    hub = record_hub({"clusterAdmin.user": "user@example.org", "clusterAdmin.bindingName": "physics-admin"})
    assert hub.one("ClusterRoleBinding").inputs["metadata"]["name"] == "physics-admin"


def test_the_binding_is_created_before_all_else_and_deleted_last(hub: Record) -> None:
    binding = hub.one("ClusterRoleBinding").urn
    assert binding in hub.one("Namespaces").dependencies, (
        "children are created after their component and deleted before it"
    )
