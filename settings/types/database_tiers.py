"""Named type for the machine that an instance of Cloud SQL for PostgreSQL is."""

import re
from typing import Annotated

from pydantic import AfterValidator

from settings.types.text import Text

_SHARED = ("db-f1-micro", "db-g1-small")
_CUSTOM = re.compile(r"db-custom-(?P<cpus>[1-9][0-9]?)-(?P<memory>[1-9][0-9]{2,6})")
_STEP, _LEAST, _MOST_CPUS = 256, 3840, 96
_LEAST_BY_CPU, _MOST_BY_CPU = 921.6, 6656
"""MB of memory for each vCPU: 0.9 to 6.5 GB."""


def _tier(text: str) -> str:
    if text in _SHARED:
        return text
    match = _CUSTOM.fullmatch(text)
    if match is None:
        msg = (
            "is not a machine of Cloud SQL's edition Enterprise; right ones are db-custom-<vCPUs>-<MB of memory>, such "
            f"as db-custom-1-3840 or db-custom-2-7680, and {' and '.join(_SHARED)}"
        )
        raise ValueError(msg)
    cpus, memory = int(match["cpus"]), int(match["memory"])
    if cpus > _MOST_CPUS or (cpus > 1 and cpus % 2):
        msg = f"has a number of vCPUs that Cloud SQL has not: 1, or an even number up to {_MOST_CPUS}"
        raise ValueError(msg)
    least, most = max(_LEAST, cpus * _LEAST_BY_CPU), cpus * _MOST_BY_CPU
    if not least <= memory <= most or memory % _STEP:
        first = -(-int(least) // _STEP) * _STEP
        msg = f"has memory that Cloud SQL does not give {cpus} vCPUs: {first} to {most} MB, in steps of {_STEP}"
        raise ValueError(msg)
    return text


DatabaseTier = Annotated[Text, AfterValidator(_tier)]
"""A machine of Cloud SQL: `db-custom-<vCPUs>-<MB>`, or a part of one, `db-f1-micro` or `db-g1-small`."""
