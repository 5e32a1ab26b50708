import pytest

from tests.unit.tools.review.logs import CLAIM, CONFIG_MAP, STATEFULSET, Inputs, auto_named, named
from tools.review.log.model import Change
from tools.review.log.resources import ResourceState
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
def test_what_a_change_replaces(type_: str, path: str, *, replaced: bool) -> None:
    assert replacements.replaces(type_, [Change(path=path, old="a", new="b")]) is replaced


@pytest.mark.parametrize(("new", "replaced"), [("10.0.0.0/19", False), ("10.1.0.0/20", True), ("x", True)])
def test_a_subnet_may_grow(new: str, *, replaced: bool) -> None:
    change = Change(path="ipCidrRange", old="10.0.0.0/20", new=new)
    assert replacements.replaces("gcp:compute/subnetwork:Subnetwork", [change]) is replaced


def _states(**inputs: tuple[str, Inputs]) -> dict[str, ResourceState]:
    return {
        name: ResourceState(urn=f"urn::{name}", type=type_, inputs=found) for name, (type_, found) in inputs.items()
    }


def test_two_sets_of_objects_are_compared_one_by_one() -> None:
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
    resources, unchanged = compare.differences(olds, news)
    assert {found.name: found.operation for found in resources} == {
        "gone": "delete",
        "come": "create",
        "files": "replace",
        "claim": "replace",
    }
    assert unchanged == 1


def test_no_change_is_no_difference() -> None:
    olds = _states(files=(CONFIG_MAP, auto_named("files-1", data={"a": "1"})))
    assert compare.differences(olds, dict(olds)) == ((), 1)
