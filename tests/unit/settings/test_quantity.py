from decimal import Decimal

import pytest

import settings

RIGHT = {
    "0": "0",
    "1": "1",
    "+1": "1",
    "0.5": "0.5",
    ".5": "0.5",
    "5.": "5",
    "500m": "0.5",
    "100u": "0.0001",
    "7n": "0.000000007",
    "1k": "1000",
    "1G": "1000000000",
    "1e3": "1000",
    "1E3": "1000",
    "1.5e-3": "0.0015",
    "1E": "1000000000000000000",
    "1Ki": "1024",
    "256Mi": "268435456",
    "1.5Gi": "1610612736",
    "2Ti": "2199023255552",
    "1Pi": "1125899906842624",
    "7Ei": "8070450532247928832",
    "-0": "0",
}


@pytest.mark.parametrize(("text", "number"), RIGHT.items())
def test_a_quantity_means_what_kubernetes_says(text: str, number: str) -> None:
    assert settings.quantity.parse(text) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    [
        *[
            "",
            " ",
            "1Gib",
            "1GB",
            "1 Gi",
            "1gi",
            "1K",
            "1ki",
            "Gi",
            "m",
            ".",
            "+",
            "1e",
            "1e3Mi",
            "1,5",
            "1_000",
            "0x10",
        ],
        *["٣", "½", "1Gi\n", "\n1", "nan", "inf", "Infinity", "None", "1e1.5", "--1", "1" * 65, "1e9999"],
    ],
)
def test_a_text_that_kubernetes_rejects_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a quantity, such as 500m"):
        settings.quantity.parse(text)


@pytest.mark.parametrize("text", ["-1", "-0.5", "-1Gi", "-1n"])
def test_negative_amounts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="negative"):
        settings.quantity.parse(text)


@pytest.mark.parametrize("text", ["8Ei", "9223372036854775808", "1e999", "0.1n", "1e-10", "1e-999"])
def test_amounts_that_kubernetes_would_cap_or_round_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="out of the range"):
        settings.quantity.parse(text)


def test_the_largest_and_the_smallest_amount_are_accepted() -> None:
    assert settings.quantity.parse("9223372036854775807") == 2**63 - 1
    assert settings.quantity.parse("1n") == Decimal("1e-9")
