"""Placeholders keep room for servers, which preempt them; images are pulled where people may run them."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.doubles.monitor import Record
from tests.stacks import EXISTING, record_gke, record_hub

_COURSE = "Mon-Fri 08:00-18:00 Europe/Berlin"
_L4 = {"name": "l4", "machineType": "g2-standard-8", "accelerator": "nvidia-l4"}
_GPU = {
    "name": "gpu",
    "images": [{"image": "quay.io/jupyter/pytorch-notebook:1"}],
    "memory": "8Gi",
    "additionalResources": {"nvidia.com/gpu": 1},
    "nodePool": "l4",
}
_CHOICES: Mapping[str, object] = {
    "nodes.gpu": [_L4],
    "registry.remotes": ["quay.io"],
    "notebook.choices": [
        {"name": "small", "cpu": 1, "memory": "2Gi"},
        {"name": "large", "sizes": [{"name": "m", "cpu": 2}, {"name": "l", "cpu": 4, "memory": "16Gi"}]},
        _GPU,
    ],
}


def _workload(of: Record, kind: str, name: str) -> dict[str, Any]:
    (found,) = (one for one in of.of(kind) if one.inputs["metadata"]["name"] == name)
    return found.inputs


def _pod(of: Record, kind: str, name: str) -> dict[str, Any]:
    return _workload(of, kind, name)["spec"]["template"]["spec"]


def _hub_json(of: Record) -> dict[str, Any]:
    return next(
        json.loads(one.inputs["data"]["hub.json"]) for one in of.of("ConfigMap") if "hub.json" in one.inputs["data"]
    )


@pytest.fixture(scope="module")
def spare() -> Record:
    """Spare capacity of three sizes, of which one has hours."""
    entries = [
        {"servers": 2},
        {"servers": 10, "hours": _COURSE},
        {"servers": 4, "choice": "large", "size": "l"},
        {"servers": 1, "choice": "gpu"},
    ]
    return record_gke(_CHOICES, {"notebook.spare": entries})


@pytest.fixture(scope="module")
def pulls() -> Record:
    """Images of choices on two kinds of nodes."""
    return record_gke(_CHOICES, {"notebook.prepull": True})


def test_without_the_settings_nothing_is_created(hub: Record) -> None:
    assert [hub.of(kind) for kind in ("PriorityClass", "DaemonSet")] == [[], []]
    assert len(hub.of("Deployment")) == 1


def test_placeholders_have_a_lower_priority_than_notebooks_and_end_no_pods(spare: Record) -> None:
    priority = spare.one("PriorityClass").inputs
    # 0 is the priority of pods without a class; the autoscaler makes nodes for -10 and above.
    assert (priority["value"], priority["preemptionPolicy"], priority["globalDefault"]) == (-10, "Never", False)
    names = ("tf-hub-spare-small", "tf-hub-spare-large--l", "tf-hub-spare-gpu")
    pods = [_pod(spare, "Deployment", name) for name in names]
    assert {pod["priorityClassName"] for pod in pods} == {priority["metadata"]["name"]}
    assert {pod["terminationGracePeriodSeconds"] for pod in pods} == {0}


def test_a_placeholder_requests_what_a_server_of_its_size_does(spare: Record) -> None:
    (container,) = _pod(spare, "Deployment", "tf-hub-spare-large--l")["containers"]
    amounts = {"cpu": "4", "memory": str(16 * 2**30), "ephemeral-storage": str(2**28)}
    assert container["resources"] == {"requests": amounts, "limits": amounts}
    (container,) = _pod(spare, "Deployment", "tf-hub-spare-gpu")["containers"]
    assert container["resources"]["limits"]["nvidia.com/gpu"] == "1"


def test_a_placeholder_is_on_the_nodes_of_its_servers(spare: Record) -> None:
    size = next(choice["sizes"][0] for choice in _hub_json(spare)["choices"] if choice["name"] == "gpu")
    pod, of_all = _pod(spare, "Deployment", "tf-hub-spare-gpu"), _hub_json(spare)["pod"]
    assert pod["nodeSelector"] == {**of_all["node_selector"], **size["node_selector"]}
    assert pod["tolerations"] == of_all["tolerations"]


def test_a_placeholder_has_the_image_of_its_choice_as_nodes_pull_it(spare: Record) -> None:
    (container,) = _pod(spare, "Deployment", "tf-hub-spare-gpu")["containers"]
    assert container["image"] == (
        "europe-west1-docker.pkg.dev/my-project-123/jupyterhub-quay-io/jupyter/pytorch-notebook:1"
    )


def test_choices_and_sizes_of_similar_names_have_placeholders_of_their_own() -> None:
    choices = [{"name": "a", "sizes": [{"name": "b"}, {"name": "b--c"}]}, {"name": "a-b"}, {"name": "a--b"}]
    choices.append({"name": "a--b--c"})
    entries = [
        {"servers": 1, "choice": "a", "size": "b"},
        {"servers": 2, "choice": "a", "size": "b--c"},
        *({"servers": 3 + index, "choice": choice["name"]} for index, choice in enumerate(choices[1:])),
    ]
    record = record_hub({"notebook.choices": choices, "notebook.spare": entries})
    found = {one.inputs["metadata"]["name"]: one.inputs for one in record.of("Deployment") if "spare" in one.name}
    assert {name: one["spec"]["replicas"] for name, one in found.items()} == {
        "tf-hub-spare-a--b": 1,
        "tf-hub-spare-a--b---c": 2,
        "tf-hub-spare-a-b": 3,
        "tf-hub-spare-a---b": 4,
        "tf-hub-spare-a---b---c": 5,
    }


def test_without_hours_the_stack_sets_the_number_and_the_hub_gets_no_right(spare: Record) -> None:
    record = record_hub({"notebook.spare": [{"servers": 2}, {"servers": 3}]})
    deployment = _workload(record, "Deployment", "tf-hub-spare")
    assert deployment["spec"]["replicas"] == 5
    assert _hub_json(record)["spare"] == []
    assert "deployments/scale" not in [
        name for rule in record.one("Role").inputs["rules"] for name in rule["resources"]
    ]
    assert [one.ignore_changes for one in spare.of("Deployment") if one.name.endswith("spare-gpu")] == [set()]


def test_with_hours_the_hub_sets_the_number_of_these_placeholders_only(spare: Record) -> None:
    (deployment,) = (one for one in spare.of("Deployment") if one.name.endswith("spare-small"))
    assert deployment.inputs["spec"]["replicas"] == 0
    assert deployment.ignore_changes == {"spec.replicas"}
    hours = {"days": [0, 1, 2, 3, 4], "start": 480, "end": 1080, "zone": "Europe/Berlin"}
    assert _hub_json(spare)["spare"] == [
        {
            "deployment": "tf-hub-spare-small",
            "entries": [{"servers": 2, "hours": None}, {"servers": 10, "hours": hours}],
        }
    ]
    assert spare.one("Role").inputs["rules"][-1] == {
        "apiGroups": ["apps"],
        "resources": ["deployments/scale"],
        "resourceNames": ["tf-hub-spare-small"],
        "verbs": ["patch"],
    }


def test_the_stack_sets_the_number_after_the_hub_has_lost_the_right() -> None:
    record = record_hub({"notebook.spare": [{"servers": 2}]})
    assert record.one("Role").urn in record.one("Capacity").dependencies


def test_a_change_of_the_size_makes_no_second_set_of_placeholders(spare: Record) -> None:
    for deployment in spare.of("Deployment"):
        if "-spare-" in deployment.name:
            assert deployment.inputs["spec"]["strategy"] == {"type": "Recreate"}


@pytest.mark.parametrize("kind", ["Deployment", "DaemonSet"])
def test_an_update_does_not_wait_for_nodes_and_images(kind: str, spare: Record, pulls: Record) -> None:
    found = [one for one in spare.of(kind) + pulls.of(kind) if "-capacity-" in one.name]
    assert found
    for one in found:
        assert one.inputs["metadata"]["annotations"]["pulumi.com/waitFor"] == "jsonpath={.metadata.uid}"
        others = {spare.one("StatefulSet").urn, pulls.one("StatefulSet").urn}
        assert not others & set(one.dependencies)


def test_each_image_is_pulled_on_the_nodes_that_may_run_it_and_on_no_others(pulls: Record) -> None:
    by_selector = {
        json.dumps(spec["nodeSelector"], sort_keys=True): [one["image"] for one in spec["initContainers"]]
        for spec in (one.inputs["spec"]["template"]["spec"] for one in pulls.of("DaemonSet"))
    }
    user = {"hub.jupyter.org/node-purpose": "user"}
    l4 = {"cloud.google.com/gke-accelerator": "nvidia-l4", "node.kubernetes.io/instance-type": "g2-standard-8", **user}
    assert by_selector == {
        json.dumps(user): ["europe-west1-docker.pkg.dev/my-project-123/jupyterhub/notebook:0.1.0"],
        json.dumps(l4, sort_keys=True): [
            "europe-west1-docker.pkg.dev/my-project-123/jupyterhub-quay-io/jupyter/pytorch-notebook:1"
        ],
    }


def test_only_pulls_for_gpus_tolerate_the_taint_of_nodes_with_gpus(pulls: Record) -> None:
    for one in pulls.of("DaemonSet"):
        pod = one.inputs["spec"]["template"]["spec"]
        tolerated = {toleration["key"] for toleration in pod["tolerations"]}
        assert ("nvidia.com/gpu" in tolerated) == ("cloud.google.com/gke-accelerator" in pod["nodeSelector"])


def test_gpus_of_any_kind_are_found_by_the_label_of_gke() -> None:
    gpu = {key: value for key, value in _GPU.items() if key != "nodePool"}
    record = record_gke(EXISTING, {"notebook.choices": [gpu], "notebook.prepull": True})
    pod = _pod(record, "DaemonSet", "tf-hub-images-gpu")
    (term,) = pod["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"]
    assert term["matchExpressions"] == [{"key": "cloud.google.com/gke-accelerator", "operator": "Exists"}]


def test_in_any_cluster_the_images_of_the_free_form_are_pulled_on_the_nodes_of_servers() -> None:
    record = record_hub(
        {
            "notebook.images": ["quay.io/jupyter/scipy-notebook:1"],
            "notebook.nodeSelector": {"pool": "notebooks"},
            "notebook.tolerations": [{"key": "dedicated", "operator": "Exists"}],
            "notebook.imagePullSecrets": ["registry"],
            "notebook.prepull": True,
        }
    )
    pod = _pod(record, "DaemonSet", "tf-hub-images-user")
    assert [one["image"] for one in pod["initContainers"]] == [
        "registry.example/foo/notebook:1",
        "quay.io/jupyter/scipy-notebook:1",
    ]
    assert pod["nodeSelector"] == {"pool": "notebooks"}
    assert [one["key"] for one in pod["tolerations"]] == ["dedicated", "nvidia.com/gpu"]
    assert pod["imagePullSecrets"] == [{"name": "registry"}]
    assert _hub_json(record)["pod"]["node_selector"] == {"pool": "notebooks"}


def test_their_pods_have_no_token_and_no_privileges(spare: Record, pulls: Record) -> None:
    pods = [one.inputs["spec"]["template"]["spec"] for one in spare.of("Deployment") if "-spare-" in one.name]
    pods += [one.inputs["spec"]["template"]["spec"] for one in pulls.of("DaemonSet")]
    for pod in pods:
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        for container in [*pod.get("initContainers", []), *pod["containers"]]:
            assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
            assert container["command"][0] == "sh", "the image's entrypoint does not run"


def test_they_do_not_count_in_the_quota_of_notebooks() -> None:
    quota = {"pods": 50, "requests.nvidia.com/gpu": 4, "requests.storage": "1Ti"}
    record = record_hub({"notebook.quota": quota, "notebook.prepull": True})
    specs = {one.inputs["metadata"]["name"]: one.inputs["spec"] for one in record.of("ResourceQuota")}
    # The scope of a ResourceQuota leaves out what is not of pods.
    assert specs["tf-hub"] == {"hard": {"requests.storage": "1Ti"}}
    assert specs["tf-hub-pods"]["hard"] == {"pods": "50", "requests.nvidia.com/gpu": "4"}
    (scope,) = specs["tf-hub-pods"]["scopeSelector"]["matchExpressions"]
    priority = record.one("PriorityClass").inputs["metadata"]["name"]
    assert scope == {"scopeName": "PriorityClass", "operator": "NotIn", "values": [priority]}
