"""docs/diagrams/ and docs/objects.md are what the program registers. WRITE_EXAMPLES=1 writes them again."""

import re

import pytest

from tests.examples import require_written
from tests.stacks import CLOUD_SQL, GATEWAY, record_gke
from tests.unit.docs import graphs, objects_page
from tests.unit.docs.drawing import svg
from tests.unit.docs.graphs import Graph
from tools.paths import CHECKOUT

DOCS = CHECKOUT / "docs"


def _connections() -> Graph:
    """The table of docs/network.md, which tests/policy/test_connectivity.py holds."""
    table = re.search(r"^\| to \| from .*?(?=\n\n)", (DOCS / "network.md").read_text(), re.DOTALL | re.MULTILINE)
    assert table
    return graphs.allowed(table[0])


PICTURES = {
    "objects": lambda: graphs.objects(record_gke(GATEWAY)),
    "components": lambda: graphs.components(record_gke(GATEWAY, CLOUD_SQL)),
    "connections": _connections,
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_the_one_of_the_program(name: str) -> None:
    require_written(DOCS / "diagrams" / f"{name}.svg", svg(PICTURES[name]()))


def test_the_page_of_objects_is_the_one_of_the_program() -> None:
    require_written(DOCS / "objects.md", objects_page.page())


def test_the_picture_of_objects_shows_the_way_of_a_request_to_a_notebook() -> None:
    drawn = graphs.objects(record_gke(GATEWAY))
    steps = ["browser", "Gateway\ntf-hub", "Service\ntf-hub-lb", "Deployment\ntf-hub-proxy"]
    ends = [node for nodes in drawn.groups.values() for node in nodes if node.startswith("notebook servers")]
    assert [(source, target) in drawn.edges for source, target in zip(steps, [*steps[1:], *ends], strict=True)] == [
        True
    ] * 4


def test_every_object_that_is_connected_is_in_a_group() -> None:
    for drawn in (picture() for picture in PICTURES.values()):
        nodes = {node for group in drawn.groups.values() for node in group}
        assert {end for edge in drawn.edges for end in edge} - nodes == set()


def test_no_component_waits_for_itself() -> None:
    waits = graphs.waits(record_gke(GATEWAY, CLOUD_SQL))
    assert [urn for urn in waits if urn in graphs.reached(waits, urn)] == []
