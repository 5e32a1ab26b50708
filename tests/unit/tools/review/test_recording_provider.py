"""The provider of the offline comparison has the results of the functions that the program calls."""

from typing import Any, cast

import grpc
import pytest
from google.protobuf import json_format
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from tools.review.offline import recording_provider


@pytest.mark.parametrize(
    ("location", "zones"),
    [("europe-west4", ["europe-west4-a", "europe-west4-b", "europe-west4-c"]), ("europe-west4-b", ["europe-west4-b"])],
)
def test_a_looked_up_cluster_has_nodes_in_the_zones_of_its_location(location: str, zones: list[str]) -> None:
    token = "gcp:container/getCluster:getCluster"  # noqa: S105 of a function
    arguments = json_format.ParseDict({"name": "shared", "location": location}, Struct())
    with recording_provider.serving() as port, grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        asked = provider_pb2.InvokeRequest(tok=token, args=arguments)
        answer = cast("Any", provider_pb2_grpc.ResourceProviderStub(channel)).Invoke(asked)
    found = json_format.MessageToDict(getattr(answer, "return"))
    assert found["nodeLocations"] == zones
    assert found["endpoint"]
