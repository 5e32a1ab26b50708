"""Rules of the maintenance windows and exclusions of a created cluster."""

from itertools import pairwise
from typing import Final

from settings.groups.cluster import ClusterSettings
from settings.rules.effects import without_effect

_HOURS_A_WEEK: Final = 12
"""Fewest hours of windows in a week: GKE requires 48 in any 32 days, which have each weekday at least four times.
Source: https://cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions (2026-11)."""
_DAYS: Final = 180
"""Most days of an exclusion that lets security patches of the control plane through. Source: as above."""
_KEYS: Final = ("maintenance_days", "maintenance_hours", "maintenance_exclusions")


def maintenance_errors(cluster: ClusterSettings) -> list[str]:
    """Report windows and exclusions that GKE refuses, or that have no effect."""
    if cluster.mode != "create":
        why = f"with cluster.mode {cluster.mode}, as the stack does not configure the cluster"
        return without_effect("cluster", cluster, _KEYS, why)
    return [*_window_errors(cluster), *_exclusion_errors(cluster)]


def _window_errors(cluster: ClusterSettings) -> list[str]:
    days = len({*cluster.maintenance_days})
    if days * cluster.maintenance_hours >= _HOURS_A_WEEK:
        return []
    return [
        (
            f"cluster.maintenanceHours: {days * cluster.maintenance_hours} hours a week are fewer than the "
            f"{_HOURS_A_WEEK} that GKE needs; add days to cluster.maintenanceDays, or: "
            f"pulumi config set cluster.maintenanceHours {-(-_HOURS_A_WEEK // days)}"
        )
    ]


def _exclusion_errors(cluster: ClusterSettings) -> list[str]:
    found: list[str] = []
    places = {f"cluster.maintenanceExclusions[{i}]": one for i, one in enumerate(cluster.maintenance_exclusions)}
    names: dict[str, str] = {}
    for place, one in places.items():
        if one.last < one.first:
            found.append(f"{place}.last: is before first; exchange them")
        elif (one.last - one.first).days >= _DAYS:
            found.append(f"{place}.last: the exclusion has more than {_DAYS} days, which GKE refuses; end it earlier")
        if (first := names.setdefault(one.name, place)) != place:
            found.append(f"{place}.name: is also the name of {first}; choose another")
    in_order = sorted((one.first, one.last, place) for place, one in places.items())
    found += [
        f"{place}.first: overlaps with {before}; join them, or begin it later"
        for (_, end, before), (start, _, place) in pairwise(in_order)
        if start <= end
    ]
    return found
