"""The provider of the offline comparison answers what the program asks."""

from typing import Any, cast

import grpc
import pytest
from google.protobuf import json_format
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from tests.unit.tools.review.logs import SECRET, SIGNATURE
from tools.review.log.resources import SEALED
from tools.review.offline import recording_provider


@pytest.mark.parametrize(
    ("location", "zones"),
    [("europe-west4", ["europe-west4-a", "europe-west4-b", "europe-west4-c"]), ("europe-west4-b", ["europe-west4-b"])],
)
def test_a_cluster_that_is_looked_up_has_nodes_in_the_zones_of_its_location(location: str, zones: list[str]) -> None:
    token = "gcp:container/getCluster:getCluster"  # noqa: S105 of a function
    arguments = json_format.ParseDict({"name": "shared", "location": location}, Struct())
    with recording_provider.serving() as port, grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        asked = provider_pb2.InvokeRequest(tok=token, args=arguments)
        answer = cast("Any", provider_pb2_grpc.ResourceProviderStub(channel)).Invoke(asked)
    told = json_format.MessageToDict(getattr(answer, "return"))
    assert told["nodeLocations"] == zones
    assert told["endpoint"]


def _checked(type_: str, **inputs: object) -> dict[str, Any]:
    """Return the checked inputs of an object."""
    news = json_format.ParseDict({"metadata": {"name": "x"}, **inputs}, Struct())
    with recording_provider.serving() as port, grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        asked = provider_pb2.CheckRequest(type=type_, news=news)
        return json_format.MessageToDict(
            cast("Any", provider_pb2_grpc.ResourceProviderStub(channel)).Check(asked).inputs
        )


def _secret(value: object) -> dict[str, object]:
    return {SIGNATURE: SECRET[SIGNATURE], "value": value}


def test_of_a_secret_in_a_list_a_digest_is_told_that_follows_from_it() -> None:
    def sealed(value: str) -> object:
        return _checked("kubernetes:apps/v1:StatefulSet", env=[{"a": _secret(value)}])[SEALED]["env"]

    assert sealed("hunter2") == sealed("hunter2") != sealed("hunter3")
    assert "hunter2" not in str(sealed("hunter2"))


def test_of_a_secret_of_kubernetes_the_keys_are_told_and_no_value_marked_or_not() -> None:
    kind = "kubernetes:core/v1:Secret"
    for data in (_secret({"key": "hunter2"}), {"key": "hunter2"}, {"key": _secret("hunter2")}):
        sealed = _checked(kind, stringData=data)[SEALED]
        assert list(sealed["stringData"]["key"]) == [SEALED]
        assert "hunter2" not in str(sealed)


def test_what_has_no_secret_has_no_digests() -> None:
    assert SEALED not in _checked("kubernetes:core/v1:ConfigMap", data={"a": "b"})
