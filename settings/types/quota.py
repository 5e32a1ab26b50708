"""Named type and validator of the ResourceQuota."""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import TypeAdapter, ValidationError

from settings.types.names import RESOURCE
from settings.types.quantity import Memory, PositiveCpu
from settings.types.text import Text, WholeNumber, matching

_KINDS: Mapping[str, TypeAdapter[object]] = {
    "pods": TypeAdapter(WholeNumber),
    "persistentvolumeclaims": TypeAdapter(WholeNumber),
    "requests.cpu": TypeAdapter(PositiveCpu),
    "requests.memory": TypeAdapter(Memory),
    "requests.storage": TypeAdapter(Memory),
    "limits.cpu": TypeAdapter(PositiveCpu),
    "limits.memory": TypeAdapter(Memory),
}
_NUMBER: TypeAdapter[int] = TypeAdapter(WholeNumber)


def amounts_fit(quota: Mapping[str, str]) -> Mapping[str, str]:
    """Return the quota.

    Raises:
        ValueError: An amount is not a whole number (pods, devices), CPUs, or bytes (memory, storage).
    """
    for name, amount in quota.items():
        try:
            _KINDS.get(name, _NUMBER).validate_python(amount)
        except ValidationError as error:
            msg = f"has a wrong amount: {name} {error.errors()[0]['msg'].removeprefix('Value error, ')}"
            raise ValueError(msg) from None
    return quota


QuotaName = Annotated[
    Text,
    matching(
        rf"{'|'.join(map(re.escape, _KINDS))}|requests\.{RESOURCE}",
        f"is not a limit of the ResourceQuota; choose {', '.join(_KINDS)}, or an extended resource, such as "
        "requests.nvidia.com/gpu",
    ),
]
"""Name of a limit in a ResourceQuota: `pods`, `requests.cpu`, `limits.memory`, `requests.nvidia.com/gpu`, ..."""
