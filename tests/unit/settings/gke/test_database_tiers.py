import pytest
from pydantic import TypeAdapter, ValidationError

from settings.types.database_tiers import DatabaseTier

TIER: TypeAdapter[str] = TypeAdapter(DatabaseTier)


@pytest.mark.parametrize(
    "tier",
    [
        "db-f1-micro",
        "db-g1-small",
        "db-custom-1-3840",
        "db-custom-1-6656",
        "db-custom-2-3840",
        "db-custom-2-13312",
        "db-custom-8-7424",
        "db-custom-96-638976",
    ],
)
def test_what_cloud_sql_has_is_accepted(tier: str) -> None:
    assert TIER.validate_python(tier) == tier


@pytest.mark.parametrize(
    ("tier", "told"),
    [
        ("db-perf-optimized-N-2", "is not a machine of Cloud SQL's edition Enterprise"),
        ("e2-standard-2", "is not a machine"),
        ("db-custom-1", "is not a machine"),
        ("db-custom-0-3840", "is not a machine"),
        ("db-custom-98-400128", "has a number of vCPUs"),
        ("db-custom-5-7680", "has a number of vCPUs"),
        ("db-custom-1-3584", "3840 to 6656 MB"),
        ("db-custom-1-6912", "3840 to 6656 MB"),
        ("db-custom-1-4000", "in steps of 256"),
        ("db-custom-8-7168", "7424 to 53248 MB"),
    ],
)
def test_any_other_is_refused_with_what_there_is(tier: str, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        TIER.validate_python(tier)
