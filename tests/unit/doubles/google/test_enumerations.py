"""Allowed values are read from clearly closed lists in the documentation only."""

import pytest

from tests.doubles.google.enumerations import choices


@pytest.mark.parametrize(
    ("documentation", "expected"),
    [
        ("The type.\nDefault value is `A`.\nPossible values are: `A`, `B`.", {"A", "B"}),
        ("Accepted values are `NO_SCHEDULE`, `IF_NOT`, and `NO_EXECUTE`.", {"NO_SCHEDULE", "IF_NOT", "NO_EXECUTE"}),
        ("Supported values are `A`, `B`,\nand `C`.", {"A", "B", "C"}),
        ("Possible values are IPV4, IPV4_IPV6 and IPV6.", {"IPV4", "IPV4_IPV6", "IPV6"}),
        ('Accepted values are `"IN"` or `"NOT_IN"`', {"IN", "NOT_IN"}),
        ("Must be one of `A1`, `B1`.", {"A1", "B1"}),
        ("Valid values are `A`, `B` (not everywhere).", {"A", "B"}),
        ('Note that an empty string value (`""`) is also supported. Possible values are: `A`, `B`.', {"", "A", "B"}),
        ("The channel.\nAccepted values are:\n* RAPID: soon\n* STABLE: late", {"RAPID", "STABLE"}),
    ],
)
def test_a_closed_list_is_read(documentation: str, expected: set[str]) -> None:
    assert choices(documentation) == expected


@pytest.mark.parametrize(
    "documentation",
    [
        "Supported values include `MYSQL_8_0`, `POSTGRES_17`.",
        "Options are `VPC_NATIVE` or `ROUTES`.",
        "Possible values are: `A`, `B` and whatever your project knows.",
        "Valid values are `A`.",
        "Possible values are: `A`, `B`. For others, possible values are: `C`, `D`.",
        "Accepted values are:\n* RAPID: soon\n* or what else there is",
        "A description with `CODE`, `IN`, `IT`.",
        "",
    ],
)
def test_an_open_list_is_ignored(documentation: str) -> None:
    assert choices(documentation) == frozenset()
