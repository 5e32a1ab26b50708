"""One row of the tables."""

import statistics
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One measured thing."""

    name: str
    values: list[float]
    unit: str = ""
    bound: str = ""
    """The largest median to aim for."""

    @property
    def median(self) -> float:
        """The middle of the values."""
        return statistics.median(self.values)
