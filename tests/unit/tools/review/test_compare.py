"""Two revisions are compared by the states of their resources."""

import json

import pytest

from tests.unit.tools.review.logs import CLAIM, CONFIG_MAP, SECRET, SIGNATURE, STATEFULSET, Inputs, auto_named, named
from tools.review.log import resources
from tools.review.log.model import Change, ResourceState
from tools.review.offline import compare, replacements


@pytest.mark.parametrize(
    ("type_", "path", "replaced"),
    [
        (STATEFULSET, "spec.template.spec.nodeSelector", False),
        (STATEFULSET, "spec.serviceName", True),
        (STATEFULSET, "metadata.name", True),
        (STATEFULSET, "metadata.labels[a]", False),
        (CLAIM, "spec.resources.requests.storage", False),
        (CLAIM, "spec.storageClassName", True),
        ("gcp:container/cluster:Cluster", "location", True),
        ("gcp:container/cluster:Cluster", "networkPolicy", False),
        ("gcp:container/nodePool:NodePool", "nodeConfig.spot", True),
        ("gcp:container/nodePool:NodePool", "nodeConfig.machineType", False),
        ("gcp:projects/service:Service", "service", True),
        ("gcp:projects/iAMMember:IAMMember", "role", True),
        ("gcp:certificatemanager/certificate:Certificate", "managed.domains[0]", True),
        (STATEFULSET, "spec.volumeClaimTemplates[home].spec", True),
        ("pulumi:providers:gcp", "project", False),
    ],
)
def test_a_change_of_an_immutable_input_replaces_the_resource(type_: str, path: str, *, replaced: bool) -> None:
    assert replacements.replaces(type_, [Change(path=path, old="a", new="b")]) is replaced


@pytest.mark.parametrize(("new", "replaced"), [("10.0.0.0/19", False), ("10.1.0.0/20", True), ("x", True)])
def test_the_range_of_a_subnetwork_may_grow_in_place(new: str, *, replaced: bool) -> None:
    change = Change(path="ipCidrRange", old="10.0.0.0/20", new=new)
    assert replacements.replaces("gcp:compute/subnetwork:Subnetwork", [change]) is replaced


SECRETS = "kubernetes:core/v1:Secret"


def _states(**inputs: tuple[str, Inputs]) -> dict[str, ResourceState]:
    return {
        name: ResourceState(urn=f"urn::{name}", type=type_, inputs=found) for name, (type_, found) in inputs.items()
    }


def test_resources_of_two_revisions_are_compared_by_urn() -> None:
    olds = _states(
        gone=(CLAIM, named("gone")),
        same=(STATEFULSET, named("same")),
        files=(CONFIG_MAP, auto_named("files-1", data={"a": "1"})),
        claim=(CLAIM, named("claim", spec={"storageClassName": "a"})),
    )
    news = _states(
        come=(CLAIM, named("come")),
        same=(STATEFULSET, named("same")),
        files=(CONFIG_MAP, auto_named("files-2", data={"a": "2"})),
        claim=(CLAIM, named("claim", spec={"storageClassName": "b"})),
    )
    differing, unchanged = compare.differences(olds, news)
    assert {found.name: found.operation for found in differing} == {
        "gone": "delete",
        "come": "create",
        "files": "replace",
        "claim": "replace",
    }
    assert unchanged == 1


def test_equal_revisions_have_no_differences() -> None:
    olds = _states(files=(CONFIG_MAP, auto_named("files-1", data={"a": "1"})))
    assert compare.differences(olds, dict(olds)) == ((), 1)


def _exported(type_: str, **inputs: object) -> dict[str, ResourceState]:
    """Return a resource of an exported stack."""
    return {"x": resources.read({"urn": "urn::x", "type": type_, "inputs": {**named("x"), **inputs}})}


def _secret(value: object) -> dict[str, object]:
    return {SIGNATURE: SECRET[SIGNATURE], "plaintext": json.dumps(value)}


@pytest.mark.parametrize("value", ["hunter2", "hunter3"])
def test_another_secret_is_a_change_that_is_not_shown(value: str) -> None:
    old, new = (_exported(STATEFULSET, env=[{"name": "A", "value": _secret(text)}]) for text in ("hunter2", value))
    found, unchanged = compare.differences(old, new)
    changes = [change for one in found for change in one.changes]
    assert changes == ([] if unchanged else [Change(path="env[A].value", old="[secret]", new="[secret]")])
    assert unchanged == (value == "hunter2")
    assert "hunter" not in repr((old, new, found))


def test_the_data_of_a_secret_is_compared_by_key() -> None:
    old, new = (_exported(SECRETS, stringData=_secret({"a": "hunter2", "b": text})) for text in ("hunter3", "hunter4"))
    ((found,), _) = compare.differences(old, new)
    assert found.changes == (Change(path="data.b", old="[secret]", new="[secret]"),)
    assert "hunter" not in repr((old, new, found))
