from decimal import Decimal

import pytest

from hub import quantity


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("500m", "0.5"),
        ("0.5", "0.5"),
        (".5", "0.5"),
        ("2.", "2"),
        ("0", "0"),
        ("1Gi", 2**30),
        ("1.5Gi", 3 * 2**29),
        ("100Mi", 100 * 2**20),
        ("1G", 10**9),
        ("1k", 1000),
        ("1e3", 1000),
        ("1E3", 1000),
        ("1E", 10**18),
        ("1e-2", "0.01"),
        ("100n", "1e-7"),
    ],
)
def test_a_quantity_is_parsed_as_in_kubernetes(text: str, number: str | int) -> None:
    assert quantity.parse(text) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "1 Gi", "1Gib", "1gi", "1K", "1mi", "--1", "1,5", "1_000", "0x10", "1e", "1e+", "1e1e1",
        "1Gi\n", "Gi", ".", "nan", "NaN", "inf", "Infinity", "1e999999999", "1" * 65, "\u0661", "\uff11", "1\u0399",
        "1eGi", "1\x00",
    ],
)  # fmt: skip
def test_an_invalid_quantity_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="quantity"):
        quantity.parse(text)


@pytest.mark.parametrize(("text", "reason"), [("-1", "negative"), ("9Ei", "range"), ("0.1n", "range")])
def test_a_quantity_out_of_range_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        quantity.parse(text)


@pytest.mark.parametrize(
    ("number", "text"),
    [(2**30, "1Gi"), (3 * 2**29, "1536Mi"), (10**9, "1G"), (2**20, "1Mi"), (1000, "1k"), (7, "7"), (0, "0")],
)
def test_bytes_are_shown_as_a_quantity_of_the_same_value(number: int, text: str) -> None:
    assert quantity.show_bytes(number) == text
    assert quantity.parse(text) == number


@pytest.mark.parametrize(("number", "text"), [(4.0, "4"), (0.5, "0.5"), (0.1, "0.1"), (0.125, "0.125"), (10.0, "10")])
def test_cpus_are_shown_without_trailing_zeros(number: float, text: str) -> None:
    assert quantity.show_cpus(number) == text
