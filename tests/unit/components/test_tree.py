import importlib
import inspect
from collections import Counter
from pathlib import Path

import pulumi
import pytest

import components
from tests.doubles.monitor import UNKNOWN, Record
from tests.stacks import INGRESS, ROUTE, record_hub, text_of

_MODULES = sorted(path.stem for path in Path(components.__file__).parent.glob("*.py") if path.stem != "__init__")
_PARTS = {"hub", "proxy", "notebooks", "operator", "capacity", "spare", "images"}


@pytest.fixture(scope="module")
def hub() -> Record:
    """A stack with every component except those of Google Cloud."""
    return record_hub(
        {
            "clusterAdmin.user": "user@example.org",
            "hub.services": [{"name": "grader", "scopes": ["list:users"], "namespace": "grader"}],
            "notebook.quota": {"pods": 50},
            "notebook.spare": [{"servers": 2}],
            "notebook.prepull": True,
            "notebook.files": {"/etc/jupyter/settings.json": "{}"},
            "notebook.folders": [{"name": "data", "path": "/data", "storage": {"size": "10Gi", "storageClass": "nfs"}}],
            "notebook.secretEnvironment": {"DB_PASSWORD": "secret"},
            "hub.pod": {"disruptionBudget": True},
            "monitoring.metrics": "prometheus-operator",
            "pages.announcement": "Maintenance",
            "pages.templates": {"login.html": "Welcome"},
            "hub.files": {"/etc/krb5.conf": "[libdefaults]"},
            "auth.allowAnyoneFromTheInternet": True,
            "endpoint.hostname": "hub.example.org",
            "endpoint.tlsSecret": "hub-tls",
        }
    )


def test_every_resource_has_a_component_as_parent(hub: Record) -> None:
    parents = {component.urn for component in hub.components}
    orphans = {resource.name for resource in hub.resources if resource.parent not in parents}
    assert orphans == {"cluster", "tf-hub"}


def test_every_kubernetes_object_has_the_explicit_provider(hub: Record) -> None:
    (provider,) = hub.of("kubernetes")
    assert len(hub.kubernetes) > 10
    assert {resource.provider for resource in hub.kubernetes} == {f"{provider.urn}::cluster"}


def test_the_name_of_a_child_starts_with_that_of_its_parent(hub: Record) -> None:
    names = {component.urn: component.name for component in hub.components}
    children = [resource for resource in hub.resources if resource.parent in names]
    assert len(children) > 10
    assert [child.name for child in children if not child.name.startswith(f"{names[child.parent]}-")] == []


def test_no_two_resources_have_the_same_urn(hub: Record) -> None:
    assert [urn for urn, count in Counter(resource.urn for resource in hub.resources).items() if count > 1] == []


@pytest.mark.parametrize("module", _MODULES)
def test_the_type_token_of_a_component_names_its_module_and_class(module: str, hub: Record) -> None:
    made = [*hub.components, *record_hub(INGRESS).components, *record_hub(ROUTE).components]
    classes = inspect.getmembers(importlib.import_module(f"components.{module}"), inspect.isclass)
    ours = {
        f"jupyterhub:{module}:{name}"
        for name, found in classes
        if issubclass(found, pulumi.ComponentResource) and found.__module__ == f"components.{module}"
    }
    assert {component.type for component in made if component.type.split(":")[1] == module} == ours


def test_every_component_registers_outputs(hub: Record) -> None:
    assert {component.name for component in hub.components if not hub.outputs.get(component.urn)} == set()


def test_no_output_is_converted_to_a_string(hub: Record) -> None:
    everything = [resource.inputs for resource in hub.resources], hub.outputs
    assert "spec" in text_of(everything)
    assert "Calling __str__" not in text_of(everything)


def test_objects_and_pods_have_the_standard_labels(hub: Record) -> None:
    metadata = [resource.inputs["metadata"] for resource in hub.kubernetes]
    metadata += [
        resource.inputs["spec"]["template"]["metadata"]
        for kind in ("StatefulSet", "Deployment", "DaemonSet")
        for resource in hub.of(kind)
    ]
    for labels in (item["labels"] for item in metadata):
        assert labels["app.kubernetes.io/name"] == "jupyterhub"
        assert labels["app.kubernetes.io/instance"] == "tf-hub"
        assert labels["app.kubernetes.io/managed-by"] == "pulumi"
        assert labels["app.kubernetes.io/component"] in _PARTS


def test_every_selector_matches_the_pods_of_one_controller(hub: Record) -> None:
    controllers = hub.of("StatefulSet") + hub.of("Deployment") + hub.of("DaemonSet")
    templates = [controller.inputs["spec"]["template"]["metadata"]["labels"] for controller in controllers]
    selectors = [controller.inputs["spec"]["selector"]["matchLabels"] for controller in controllers]
    selectors += [service.inputs["spec"]["selector"] for service in hub.of("Service")]
    assert len(selectors) == 8
    for selector in selectors:
        assert len([labels for labels in templates if selector.items() <= labels.items()]) == 1


def test_the_default_names_of_objects_are_fixed(hub: Record) -> None:
    assert hub.one("StatefulSet").inputs["metadata"]["name"] == "tf-hub"
    assert hub.one("ClusterRoleBinding").inputs["metadata"]["name"] == "default-admin"
    assert {"tf-hub-0", "tf-hub-lb"} < {service.inputs["metadata"]["name"] for service in hub.of("Service")}


def test_config_maps_and_secrets_are_immutable_and_auto_named(hub: Record) -> None:
    found = hub.of("ConfigMap") + hub.of("Secret")
    # A change of the notebooks' secret variables restarts nothing: servers that start later have it. The hub reads the
    # announcement while it runs. Pods of services, and what scrapes the metrics, name the Secret with their token.
    fixed = {
        "tf-hub-notebooks-environment",
        "tf-hub-pages-announcement",
        "tf-hub-secret-services-grader-token",
        "tf-hub-monitoring-token",
    }
    immutable = [resource for resource in found if resource.name not in fixed]
    assert len(immutable) == len(found) - len(fixed)
    for resource in immutable:
        assert "name" not in resource.inputs["metadata"]
        assert resource.inputs["immutable"]


def test_names_of_objects_follow_from_the_settings() -> None:
    hub = record_hub({"name": "physics", "namespace": "lab"})
    names = {resource.inputs["metadata"].get("name", resource.name) for resource in hub.kubernetes}
    assert {name for name in names if not name.startswith("physics")} == {"lab", "lab-notebooks", "notebooks"}
    assert "tf-hub" not in text_of([resource.inputs for resource in hub.resources if resource.kind != "ConfigMap"])


def test_a_preview_of_a_new_stack_has_unknown_values_of_the_cluster() -> None:
    hub = record_hub(preview=True)
    assert hub.one("ConfigMap").inputs["data"]["hub.json"] == UNKNOWN
    assert hub.one("StatefulSet").inputs["spec"]["replicas"] == 1
