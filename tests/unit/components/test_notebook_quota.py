from tests.doubles.monitor import Record
from tests.stacks import record_hub


def test_without_a_quota_there_is_no_resource_quota() -> None:
    assert record_hub().of("ResourceQuota") == []


def test_the_quota_is_in_the_namespace_of_the_notebooks() -> None:
    quota = {"pods": 50, "requests.nvidia.com/gpu": 4, "limits.memory": "128Gi"}
    (resource,) = record_hub({"notebook.quota": quota}).of("ResourceQuota")
    assert resource.inputs["metadata"]["namespace"] == "jupyterhub-notebooks"
    assert resource.inputs["spec"]["hard"] == {"pods": "50", "requests.nvidia.com/gpu": "4", "limits.memory": "128Gi"}


def test_another_quota_does_not_restart_the_hub(hub: Record) -> None:
    other = record_hub({"clusterAdmin.user": "user@example.org", "notebook.quota": {"pods": 1}})
    for kind in ("ConfigMap", "StatefulSet", "Deployment", "Secret"):
        # The order of registrations differs from run to run.
        assert {r.name: r.inputs for r in other.of(kind)} == {r.name: r.inputs for r in hub.of(kind)}
