import pytest

from tests.doubles.monitor import Record
from tests.stacks import POSTGRESQL, record_hub


def test_both_namespaces_enforce_the_restricted_pod_security_standard(hub: Record) -> None:
    for name in ("jupyterhub", "jupyterhub-notebooks"):
        labels = hub.one("Namespace", name).inputs["metadata"]["labels"]
        for mode in ("enforce", "warn", "audit"):
            assert labels[f"pod-security.kubernetes.io/{mode}"] == "restricted"
            assert labels[f"pod-security.kubernetes.io/{mode}-version"] == "latest"


@pytest.mark.parametrize("keep_database", [True, False])
@pytest.mark.parametrize("keep_homes", [True, False])
def test_objects_that_hold_data_are_kept_as_configured(keep_database: bool, keep_homes: bool) -> None:  # noqa: FBT001 a parameter of the test
    hub = record_hub({"hub.keepDatabase": keep_database, "notebook.keepHomes": keep_homes})
    kept = {resource.inputs["metadata"]["name"] for resource in hub.kubernetes if resource.retain_on_delete}
    database = {"jupyterhub", "tf-hub-database"} if keep_database else set[str]()
    homes = {"jupyterhub-notebooks"} if keep_homes else set[str]()
    assert kept == database | homes


@pytest.mark.parametrize("keep_database", [True, False])
def test_the_namespace_with_the_old_database_volume_is_kept_and_protected(keep_database: bool) -> None:  # noqa: FBT001 as above
    hub = record_hub({**POSTGRESQL, "hub.keepDatabase": keep_database})
    assert hub.one("Namespace", "jupyterhub").retain_on_delete is keep_database
    assert hub.one("Namespace", "jupyterhub").protect


def test_objects_that_hold_data_are_protected_as_configured(hub: Record) -> None:
    protected = {resource.inputs["metadata"]["name"] for resource in hub.kubernetes if resource.protect}
    assert protected == {"jupyterhub", "jupyterhub-notebooks", "tf-hub-database"}
    assert not any(resource.protect for resource in record_hub({"protect": False}).resources)


def test_retained_objects_have_a_fixed_field_manager(hub: Record) -> None:
    names = {
        resource.inputs["metadata"]["annotations"]["pulumi.com/patchFieldManager"]
        for resource in hub.of("Namespace") + hub.of("PersistentVolumeClaim")
    }
    assert names == {"pulumi-jupyterhub"}


def test_objects_depend_on_their_namespace(hub: Record) -> None:
    urns = {space.inputs["metadata"]["name"]: space.urn for space in hub.of("Namespace")}
    inside = [resource for resource in hub.kubernetes if "namespace" in resource.inputs["metadata"]]
    assert len(inside) > 10
    assert [r.name for r in inside if urns[r.inputs["metadata"]["namespace"]] not in r.dependencies] == []
