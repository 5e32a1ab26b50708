import re

import pytest
from pydantic import TypeAdapter, ValidationError

from settings.google.regions import ZONES
from settings.types.places import Location, ProjectId, is_zone, region_of, zones_of

PROJECT = TypeAdapter[str](ProjectId)
LOCATION = TypeAdapter[str](Location)


@pytest.mark.parametrize("text", ["my-project-123", "abcdef", "a" * 30, "a--bcd"])
def test_a_project_id_is_accepted_unchanged(text: str) -> None:
    assert PROJECT.validate_python(text) == text


@pytest.mark.parametrize(
    "text",
    ["", "abcde", "a" * 31, "1project", "-project", "project-", "my_project", "My-Project", "my project", "abcdef\n"],
)
def test_a_text_that_is_not_a_project_id_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="is not a project ID"):
        PROJECT.validate_python(text)


@pytest.mark.parametrize("location", [*ZONES, *(zone for zones in ZONES.values() for zone in zones)])
def test_every_location_has_a_region_and_zones(location: str) -> None:
    assert LOCATION.validate_python(location) == location
    region = region_of(location)
    assert region in ZONES
    assert zones_of(location) == ((location,) if is_zone(location) else ZONES[region])
    assert set(zones_of(location)) <= set(ZONES[region])


def test_every_region_has_at_least_three_zones_with_its_name() -> None:
    for region, zones in ZONES.items():
        assert len(set(zones)) >= 3
        assert all(re.fullmatch(rf"{region}-[a-f]", zone) for zone in zones)


@pytest.mark.parametrize(
    "text",
    ["europe-west1-", "europe-west-1", "us-centrall", "US-EAST1", "", "frankfurt", "x" * 100_000, "europe-west1\n"],
)
def test_a_text_that_cannot_be_a_location_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="is not a region or zone of Google Cloud, such as europe-west1"):
        LOCATION.validate_python(text)


@pytest.mark.parametrize("zone", ["europe-west99-a", "us-south1-ai1b"])
def test_an_unknown_zone_is_accepted_as_a_zone(zone: str) -> None:
    assert LOCATION.validate_python(zone) == zone
    assert zones_of(zone) == (zone,)
    assert is_zone(zone)
