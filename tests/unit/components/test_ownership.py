"""Every object of the stack has its mark, and objects of others are refused."""

import asyncio
from typing import Any
from unittest.mock import Mock

import pulumi
import pytest

from components import ownership
from components.dynamic.cluster_identity import ClusterIdentityArgs
from components.dynamic.objects import UnreadableError
from components.metadata import MARK
from components.ownership import NotOwnError
from tests.doubles.monitor import Record

_OWN = "organization/jupyterhub/dev"
_OTHER = "organization/jupyterhub/other"


def _create(
    monkeypatch: pytest.MonkeyPatch,
    there: dict[str, Any] | Exception | None,
    kind: str = "Service",
    *,
    hub: bool = False,
    preview: bool = False,
) -> None:
    """Run the hook for an object, of which the cluster has `there`."""

    def look_up(*_: object) -> dict[str, Any] | None:
        if isinstance(there, Exception):
            raise there
        return there

    monkeypatch.setattr(ownership, "look_up", look_up)
    monkeypatch.setattr(ownership, "hub_in", Mock(return_value=hub))
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: preview)
    metadata = {"name": "tf-hub", "namespace": "lab"}
    inputs = {"apiVersion": "v1", "kind": kind, "metadata": metadata}
    look = ownership.Look(ClusterIdentityArgs(uid="uid", context="a"), _OWN)
    asyncio.run(look.before_create(pulumi.ResourceHookArgs("urn", "", "name", "type", new_inputs=inputs)))


def _marked(owner: str) -> dict[str, Any]:
    return {"name": "tf-hub", "annotations": {MARK: owner}}


def test_every_object_with_a_fixed_name_has_the_mark_of_the_stack(gateway: Record, hub: Record) -> None:
    for record in (gateway, hub):
        metadata = [resource.inputs["metadata"] for resource in record.kubernetes]
        named = [one["annotations"].get(MARK) for one in metadata if "name" in one]
        assert len(named) > 10
        assert set(named) == {"organization/jupyterhub/test"}
        assert not [one for one in metadata if "name" not in one and MARK in str(one)]


def test_other_annotations_of_an_object_stay(gateway: Record) -> None:
    found = next(one for one in gateway.kubernetes if one.kind == "Gateway")
    assert len(found.inputs["metadata"]["annotations"]) > 1


def test_own_and_missing_objects_are_created(monkeypatch: pytest.MonkeyPatch) -> None:
    _create(monkeypatch, None)
    _create(monkeypatch, _marked(_OWN))


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("Service", ("name", "namespace")),
        ("PersistentVolumeClaim", ("name", "namespace")),
        ("Namespace", ("name", "namespace")),
        ("ClusterRoleBinding", ("clusterAdmin.bindingName",)),
    ],
)
def test_objects_of_another_stack_are_refused_with_the_keys(
    monkeypatch: pytest.MonkeyPatch, kind: str, keys: tuple[str, ...]
) -> None:
    with pytest.raises(NotOwnError) as error:
        _create(monkeypatch, _marked(_OTHER), kind, preview=True)
    text = str(error.value)
    assert text.startswith(f"{kind} tf-hub in namespace lab belongs to another stack, {_OTHER}.")
    for key in keys:
        assert f"pulumi config set {key} " in text
    assert f"kubectl annotate --overwrite --namespace lab {kind.lower()} tf-hub {MARK}={_OWN}" in text


def test_unmarked_objects_are_accepted_only_if_a_stack_may_have_kept_them(monkeypatch: pytest.MonkeyPatch) -> None:
    unmarked = {"name": "tf-hub"}
    for kind in ("Namespace", "PersistentVolumeClaim", "StorageClass"):
        _create(monkeypatch, unmarked, kind)
    with pytest.raises(NotOwnError, match="exists already, and is not this stack's"):
        _create(monkeypatch, unmarked, "Service")
    with pytest.raises(NotOwnError, match="exists already, and is not this stack's"):
        _create(monkeypatch, unmarked, "Namespace", hub=True)


def test_an_object_that_cannot_be_looked_up_stops_an_update_and_no_preview(monkeypatch: pytest.MonkeyPatch) -> None:
    _create(monkeypatch, UnreadableError("forbidden"), preview=True)
    with pytest.raises(NotOwnError, match=r"Service tf-hub in namespace lab cannot be looked up.*forbidden"):
        _create(monkeypatch, UnreadableError("forbidden"))


def _remember(
    monkeypatch: pytest.MonkeyPatch,
    there: dict[str, dict[str, Any]] | Exception,
    *,
    state: dict[str, str] | None = None,
    hub: bool = False,
    preview: bool = False,
) -> None:
    """Run the hook of the resource that remembers the cluster.

    `there` are the namespaces in the cluster, and `state` the UIDs of those in the stack's state.
    """

    def look_up(_: object, wanted: dict[str, Any]) -> dict[str, Any] | None:
        if isinstance(there, Exception):
            raise there
        return there.get(wanted["metadata"]["name"])

    async def invoke_async(function: str, _: object) -> dict[str, Any]:
        assert function == "pulumi:pulumi:readStackResourceOutputs"
        namespaces = {
            f"urn:{name}": {"type": "kubernetes:core/v1:Namespace", "outputs": {"metadata": {"name": name, "uid": uid}}}
            for name, uid in (state or {}).items()
        }
        return {"outputs": {"urn:stack": {"type": "pulumi:pulumi:Stack", "outputs": {}}, **namespaces}}

    monkeypatch.setattr(ownership, "look_up", look_up)
    monkeypatch.setattr(ownership, "hub_in", Mock(return_value=hub))
    monkeypatch.setattr(pulumi.runtime, "invoke_async", invoke_async)
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: preview)
    look = ownership.Look(ClusterIdentityArgs(uid="uid", context="a"), _OWN)

    async def hook() -> None:
        await look.before_cluster(await ownership.namespaces_of(_OWN), ["lab", "lab-notebooks"])

    asyncio.run(hook())


_STATE = {"lab": "1", "lab-notebooks": "2"}


def test_a_new_stack_remembers_a_cluster_in_which_its_names_are_free(monkeypatch: pytest.MonkeyPatch) -> None:
    _remember(monkeypatch, {})
    _remember(monkeypatch, {"lab": _marked(_OWN), "lab-notebooks": {"name": "lab-notebooks"}})


@pytest.mark.parametrize("preview", [True, False])
def test_a_stack_does_not_remember_a_cluster_in_which_its_names_are_taken(
    monkeypatch: pytest.MonkeyPatch, *, preview: bool
) -> None:
    with pytest.raises(NotOwnError, match=f"Namespace lab-notebooks belongs to another stack, {_OTHER}"):
        _remember(monkeypatch, {"lab-notebooks": _marked(_OTHER)}, preview=preview)
    with pytest.raises(NotOwnError, match=f"Namespace lab has a hub of a stack of the same name, {_OWN}") as error:
        _remember(monkeypatch, {"lab": _marked(_OWN)}, hub=True, preview=preview)
    for fix in ("pulumi login", "config set name", "config set namespace", "delete statefulset --namespace lab "):
        assert fix in str(error.value)


@pytest.mark.parametrize("preview", [True, False])
def test_a_stack_of_0_1_remembers_only_the_cluster_of_its_namespaces(
    monkeypatch: pytest.MonkeyPatch, *, preview: bool
) -> None:
    own = {"lab": {"uid": "1"}, "lab-notebooks": {"uid": "2"}}
    _remember(monkeypatch, own, state=_STATE, hub=True, preview=preview)
    for there in ({}, {**own, "lab": {"uid": "3"}}, {"lab": {"uid": "1"}}):
        with pytest.raises(NotOwnError, match=r"may be a wrong cluster(.|\n)*kubernetes.context(.|\n)*pulumi refresh"):
            _remember(monkeypatch, there, state=_STATE, preview=preview)


def test_a_cluster_that_cannot_be_asked_is_remembered_by_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    for state in (None, _STATE):
        _remember(monkeypatch, UnreadableError("forbidden"), state=state, preview=True)
        with pytest.raises(NotOwnError, match="Namespace lab cannot be looked up"):
            _remember(monkeypatch, UnreadableError("forbidden"), state=state)


@pytest.mark.parametrize(("failures", "succeeds"), [(3, True), (100, False)])
def test_a_state_that_is_being_written_is_read_again(
    monkeypatch: pytest.MonkeyPatch, *, failures: int, succeeds: bool
) -> None:
    left = iter(range(failures))

    async def invoke_async(*_: object) -> dict[str, Any]:
        if next(left, None) is not None:
            raise Exception("returned an error: failed to load checkpoint: EOF")  # noqa: TRY002 as the SDK does
        return {"outputs": {}}

    monkeypatch.setattr(ownership, "_WAITS", (0, 0, 0, 0))
    monkeypatch.setattr(pulumi.runtime, "invoke_async", invoke_async)
    if succeeds:
        assert asyncio.run(ownership.namespaces_of(_OWN)) == {}
    else:
        with pytest.raises(Exception, match="failed to load checkpoint"):
            asyncio.run(ownership.namespaces_of(_OWN))


def test_another_error_of_the_state_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    invoke_async = Mock(side_effect=Exception("no permission"))
    monkeypatch.setattr(pulumi.runtime, "invoke_async", invoke_async)
    with pytest.raises(Exception, match="no permission"):
        asyncio.run(ownership.namespaces_of(_OWN))
    assert invoke_async.call_count == 1
