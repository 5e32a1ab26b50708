"""Allowed connections, by the policies of real stacks. The table in docs/network.md is that of one of them."""

from collections.abc import Mapping

import pytest

from tests.conftest import leave_out
from tests.doubles.monitor import Record
from tests.policy.connectivity import DESTINATIONS, SOURCES, STACK, connections, table
from tests.stacks import POSTGRESQL, record_gke, record_hub
from tools.errors import ToolError
from tools.paths import CHECKOUT

Connections = Mapping[tuple[str, str], bool]
_NOTEBOOKS = ("notebook", "notebook with an identity")
_NAME_SERVERS = ("kube-dns", "NodeLocal DNSCache", "Cloud DNS")
_PRIVATE = ("private network, port 443", "private network, other ports", "kubelet of a node", "Kubernetes' API")
_BUCKET = {"name": "results", "path": "/results", "bucket": "my-project-results"}


def _of(record: Record) -> Connections:
    try:
        return connections(record)
    except ToolError as error:
        leave_out(str(error))
        raise


@pytest.fixture(scope="module")
def gke() -> Connections:
    return _of(record_gke(*STACK))


def _sources(found: Connections, destination: str) -> set[str]:
    return {source for source in SOURCES if found[source, destination]}


def test_the_table_in_the_documentation_is_that_of_the_policies(gke: Connections) -> None:
    assert gke
    assert table(record_gke(*STACK)) in (CHECKOUT / "docs" / "network.md").read_text()


def test_only_proxy_and_hub_reach_a_notebook_and_only_its_server(gke: Connections) -> None:
    assert _sources(gke, "another notebook, its server") == {"proxy", "hub"}
    assert _sources(gke, "another notebook, other ports") == set()


def test_only_hub_and_proxy_reach_the_api_of_the_proxy(gke: Connections) -> None:
    assert _sources(gke, "proxy, its API") == {"proxy", "hub"}


def test_only_the_pods_of_the_stack_reach_the_hub(gke: Connections) -> None:
    assert _sources(gke, "hub") == {*_NOTEBOOKS, "proxy", "hub"}


def test_load_balancers_and_gateways_reach_the_public_port_of_the_proxy(gke: Connections) -> None:
    assert {"another pod", "load balancer"} <= _sources(gke, "proxy, the public port")


def test_only_a_notebook_with_an_identity_reaches_the_metadata_server(gke: Connections) -> None:
    assert {source for source in ("proxy", "hub", *_NOTEBOOKS) if gke[source, "metadata server"]} == {_NOTEBOOKS[1]}


def test_notebooks_reach_internet_and_name_servers_and_no_private_network(gke: Connections) -> None:
    reached = {destination for destination in DESTINATIONS if gke["notebook", destination]}
    chosen = {"private network, in `notebook.egress`", "pods in `notebook.egress`"}
    assert reached == {"hub", *_NAME_SERVERS, "internet, port 443", "internet, other ports", *chosen}


def test_the_hub_reaches_what_it_needs(gke: Connections) -> None:
    needs = {"Kubernetes' API", "proxy, its API", "another notebook, its server", "database of the hub"}
    reached = {destination for destination in DESTINATIONS if gke["hub", destination]}
    others = {"hub", "internet, port 443", "private network, port 443"}
    assert reached == {*needs, *_NAME_SERVERS, *others}


def test_the_proxy_reaches_no_network_outside_of_the_stack(gke: Connections) -> None:
    reached = {destination for destination in DESTINATIONS if gke["proxy", destination]}
    assert reached == {"hub", "proxy, its API", "another notebook, its server", *_NAME_SERVERS}


def test_a_bucket_opens_the_metadata_server_to_all_notebooks() -> None:
    found = _of(record_gke({"notebook.folders": [_BUCKET]}))
    assert set(_NOTEBOOKS) < _sources(found, "metadata server")


def test_the_hub_reaches_the_metadata_server_with_an_identity_of_its_own() -> None:
    found = _of(record_gke({"identity.hubServiceAccount": "jupyterhub@my-project-123.iam.gserviceaccount.com"}))
    assert "hub" in _sources(found, "metadata server")
    assert not {*_NOTEBOOKS, "proxy"} & _sources(found, "metadata server")


def test_without_internet_notebooks_reach_only_what_settings_name() -> None:
    found = _of(record_gke({"notebook.internet": False, "notebook.egress": [{"range": "10.20.0.0/16"}]}))
    reached = {destination for destination in DESTINATIONS if found["notebook", destination]}
    assert reached == {"hub", "proxy, the public port", *_NAME_SERVERS, "private network, in `notebook.egress`"}


def test_further_private_ranges_are_no_internet() -> None:
    found = _of(record_gke({"network.privateRanges": ["8.8.0.0/16"]}))
    assert not found["notebook", "internet, port 443"]
    assert found["hub", "internet, port 443"]


def test_in_another_cluster_notebooks_reach_no_private_network_either() -> None:
    found = _of(record_hub(POSTGRESQL))
    assert [destination for destination in _PRIVATE if found["notebook", destination]] == []
    assert found["hub", "database of the hub"]
    assert found["notebook", "proxy, the public port"], "the address of the load balancer leads there"


def test_pods_that_the_settings_name_reach_the_hub() -> None:
    found = _of(record_hub({"hub.ingress": [{"namespace": "default", "pods": {"app": "web"}}]}))
    assert found["another pod", "hub"]
    assert not found["another pod", "proxy, its API"]
