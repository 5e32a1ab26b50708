"""Named types for projects and locations in Google Cloud."""

import re
from typing import Annotated, Final

from settings.google.regions import ZONES
from settings.types.text import Text, matching

MULTI_REGIONS: Final = ("asia", "europe", "us")
"""Multi-regions of Artifact Registry."""
_REGION = re.compile(r"[a-z]+-[a-z]+[0-9]+")
_ZONE = re.compile(r"[a-z]+-[a-z]+[0-9]+-(?:ai[0-9]+)?[a-z]")


def is_zone(location: str) -> bool:
    """Return whether a location is a zone, and not a region."""
    return _ZONE.fullmatch(location) is not None


def region_of(location: str) -> str:
    """Return the region of a valid location: a zone or a region."""
    return location.rpartition("-")[0] if is_zone(location) else location


def zones_of(location: str) -> tuple[str, ...]:
    """Return the zones of a valid region, or the zone itself. Unknown regions are assumed to have the zones a, b, c."""
    if is_zone(location):
        return (location,)
    return ZONES.get(location) or tuple(f"{location}-{letter}" for letter in "abc")


def keeps_images(location: str) -> bool:
    """Return whether Artifact Registry can have a repository at a location: a region, or one of `MULTI_REGIONS`."""
    return location in MULTI_REGIONS or _REGION.fullmatch(location) is not None


ProjectId = Annotated[
    Text,
    matching(
        r"[a-z][-a-z0-9]{4,28}[a-z0-9]",
        "is not a project ID: 6 to 30 lower-case letters, digits and '-', a letter first and no '-' last, such as "
        "my-project-123 (not the project's name or number); to list the IDs: gcloud projects list",
    ),
]
"""ID of a Google Cloud project, 6 to 30 characters."""

Location = Annotated[
    Text,
    matching(
        r"[a-z]+-[a-z]+[0-9]+(?:-(?:ai[0-9]+)?[a-z])?",
        "is not a region or zone of Google Cloud, such as europe-west1 or europe-west1-b",
    ),
]
"""Region or zone; `settings.rules.inventory` warns of unknown ones."""

Zone = Annotated[
    Text,
    matching(
        r"[a-z]+-[a-z]+[0-9]+-(?:ai[0-9]+)?[a-z]",
        "is not a zone of Google Cloud, such as europe-west1-b",
    ),
]
"""Zone."""
