"""Named types for where something is in Google Cloud."""

import re
from itertools import chain
from typing import Annotated

from pydantic import AfterValidator

from settings.google.regions import ZONES
from settings.types.spelling import nearest
from settings.types.text import Text

_PROJECT = re.compile(r"[a-z][-a-z0-9]{4,28}[a-z0-9]")
_PLACES = frozenset(chain(ZONES, *ZONES.values()))
_MULTI_REGIONS = ("asia", "europe", "us")
_LISTED = "settings/google/regions.py lists them all; one that is newer belongs there"


def is_zone(location: str) -> bool:
    """Tells whether a checked location is a zone, and not a region."""
    return location not in ZONES


def region_of(location: str) -> str:
    """Returns the region that a checked location is, or that it is in."""
    return location.rpartition("-")[0] if is_zone(location) else location


def zones_of(location: str) -> tuple[str, ...]:
    """Returns the zones of a checked location: those of the region, or the zone itself."""
    return ZONES.get(location, (location,))


def keeps_images(location: str) -> bool:
    """Tells whether Artifact Registry has repositories at a location: a region, or a multi-region such as `europe`."""
    return location in ZONES or location in _MULTI_REGIONS


def _project_id(text: str) -> str:
    if _PROJECT.fullmatch(text) is None:
        msg = (
            "is not a project id: 6 to 30 lower-case letters, digits and '-', a letter first and no '-' last, such as "
            "my-project-123; neither its name nor its number will do; gcloud projects list shows the ids"
        )
        raise ValueError(msg)
    return text


def _location(text: str) -> str:
    if text in _PLACES:
        return text
    region = text.rpartition("-")[0]
    if region in ZONES:
        msg = f"is not a zone of Google Cloud; {region} has {', '.join(ZONES[region])}"
        raise ValueError(msg)
    beside = [place for place in _PLACES if place.startswith(text[:2])]
    meant = nearest(text, beside or _PLACES)
    hint = "right ones look like europe-west1 or europe-west1-b" if meant is None else f"did you mean {meant}?"
    msg = f"is not a region or zone of Google Cloud; {hint} ({_LISTED})"
    raise ValueError(msg)


ProjectId = Annotated[Text, AfterValidator(_project_id)]
"""The id of a Google Cloud project, 6 to 30 characters."""

Location = Annotated[Text, AfterValidator(_location)]
"""A region or zone that Google has."""
