import pytest
from pydantic import TypeAdapter, ValidationError

from settings.types import networks

RIGHT = [
    (networks.Range, "203.0.113.0/24"),
    (networks.Range, "203.0.113.7/32"),
    (networks.Range, "0.0.0.0/0"),
    (networks.OperatorRange, "203.0.113.7/32"),
    (networks.OperatorRange, "10.0.0.0/8"),
    (networks.NodeRange, "10.0.0.0/29"),
    (networks.PodRange, "10.4.0.0/20"),
    (networks.PodRange, "100.64.0.0/10"),
    (networks.PodRange, "240.0.0.0/8"),
    (networks.ServiceRange, "192.168.255.224/27"),
    (networks.ControlPlaneRange, "172.31.255.240/28"),
]
WRONG = [
    *((networks.Range, text) for text in ["", "/", "/24", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1"]),
    *((networks.Range, text) for text in ["10.0.0.1/24", "10.0.0/24", "010.0.0.0/8", "10.0.0.0/08", "10.0.0.0/8/8"]),
    *(
        (networks.Range, text)
        for text in ["fd00::/8", "::/0", "localhost/8", "10.0.0.0/٨", "10.0.0.0/8\n", " 10.0.0.0/8"]
    ),
    *(
        (networks.Range, text)
        for text in ["10.0.0.0/255.0.0.0", "10.0.0.0/0.255.255.255", "1" * 5000 + "/8", "10.0.0.0/" + "8" * 5000]
    ),
    *((networks.OperatorRange, text) for text in ["0.0.0.0/0", "128.0.0.0/1", "10.0.0.0/7"]),
    *(
        (networks.PrivateRange, text)
        for text in ["203.0.113.0/24", "172.0.0.0/8", "127.0.0.0/24", "0.0.0.0/0", "10.0.0.0/7"]
    ),
    (networks.NodeRange, "10.0.0.0/30"),
    (networks.PodRange, "10.4.0.0/21"),
    (networks.ServiceRange, "10.8.0.0/28"),
    *((networks.ControlPlaneRange, text) for text in ["172.16.0.0/27", "172.16.0.0/29", "203.0.113.0/28"]),
]


@pytest.mark.parametrize(("kind", "text"), RIGHT)
def test_a_valid_range_is_accepted_unchanged(kind: type[str], text: str) -> None:
    assert TypeAdapter[str](kind).validate_python(text) == text


@pytest.mark.parametrize(("kind", "text"), WRONG)
def test_an_invalid_range_is_refused(kind: type[str], text: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter[str](kind).validate_python(text)


@pytest.mark.parametrize(
    ("ranges", "pairs"),
    [
        ({"a": "10.0.0.0/24", "b": "10.0.1.0/24"}, []),
        ({"a": "10.0.0.0/24", "b": "10.0.0.0/24"}, [("a", "b")]),
        ({"a": "10.0.0.0/8", "b": "10.9.0.0/16", "c": "10.10.0.0/16"}, [("a", "b"), ("a", "c")]),
        ({"a": "10.9.0.255/32", "b": "10.9.0.0/24", "c": "10.9.1.0/24"}, [("a", "b")]),
    ],
)
def test_all_overlapping_ranges_are_found(ranges: dict[str, str], pairs: list[tuple[str, str]]) -> None:
    assert networks.overlapping(ranges) == pairs


def test_the_room_of_a_range_is_the_number_of_nodes_in_google_cloud() -> None:
    assert networks.nodes_in("10.0.0.0/29") == 4
    assert networks.nodes_in("10.0.0.0/20") == 4092
    assert networks.nodes_with_pods_in("10.4.0.0/20") == 16
    assert networks.nodes_with_pods_in("10.4.0.0/14") == 1024
