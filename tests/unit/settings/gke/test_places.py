import re

import pytest
from pydantic import TypeAdapter, ValidationError

from settings.google.regions import ZONES
from settings.types.places import Location, ProjectId, is_zone, region_of, zones_of

PROJECT = TypeAdapter[str](ProjectId)
LOCATION = TypeAdapter[str](Location)


@pytest.mark.parametrize("text", ["my-project-123", "abcdef", "a" * 30, "a--bcd"])
def test_a_project_id_is_taken_unchanged(text: str) -> None:
    assert PROJECT.validate_python(text) == text


@pytest.mark.parametrize(
    "text",
    ["", "abcde", "a" * 31, "1project", "-project", "project-", "my_project", "My-Project", "my project", "abcdef\n"],
)
def test_what_is_no_project_id_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="is not a project id"):
        PROJECT.validate_python(text)


@pytest.mark.parametrize("location", [*ZONES, *(zone for zones in ZONES.values() for zone in zones)])
def test_every_region_and_zone_is_a_location_that_knows_its_region_and_its_zones(location: str) -> None:
    assert LOCATION.validate_python(location) == location
    region = region_of(location)
    assert region in ZONES
    assert zones_of(location) == ((location,) if is_zone(location) else ZONES[region])
    assert set(zones_of(location)) <= set(ZONES[region])


def test_every_region_has_three_zones_or_more_and_they_have_its_name() -> None:
    for region, zones in ZONES.items():
        assert len(set(zones)) >= 3
        assert all(re.fullmatch(rf"{region}-[a-f]", zone) for zone in zones)


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("europe-west1-a", "europe-west1 has europe-west1-b, europe-west1-c, europe-west1-d"),
        ("us-east1-a", "us-east1 has us-east1-b"),
        ("europe-west1-", "europe-west1 has"),
        ("europe-west-1", "did you mean europe-west1?"),
        ("europe-west5", "did you mean europe-west"),
        ("us-centrall", "did you mean us-central1?"),
        ("US-EAST1", "did you mean us-east1?"),
        ("asia-southeast-1", "did you mean asia-southeast1?"),
        ("", "right ones look like europe-west1"),
        ("frankfurt", "right ones look like europe-west1"),
        ("x" * 100_000, "right ones look like europe-west1"),
        ("europe-west1\n", "did you mean europe-west1"),
    ],
)
def test_a_place_that_google_does_not_have_is_refused_with_the_nearest(text: str, mend: str) -> None:
    with pytest.raises(ValidationError, match="of Google Cloud") as caught:
        LOCATION.validate_python(text)
    assert mend in str(caught.value)
