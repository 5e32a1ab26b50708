"""Maintenance windows and exclusions of a created cluster."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from pulumi_gcp import container

from settings import ClusterSettings
from settings.types.dates import WEEKDAYS

_A_MONDAY: Final = date(2026, 1, 5)
"""Google computes the windows from a first one, which is in the week of this day. The week does not matter."""
_FORMAT: Final = "%Y-%m-%dT%H:%M:%SZ"
"""The only format that Google returns unchanged."""


def policy(cluster: ClusterSettings) -> "container.ClusterMaintenancePolicyArgs":
    """Return when GKE may upgrade the nodes."""
    days = [day for day in WEEKDAYS if day in cluster.maintenance_days]
    monday = datetime.combine(_A_MONDAY, time.fromisoformat(cluster.maintenance_start), UTC)
    first = monday + timedelta(days=WEEKDAYS.index(days[0]))
    return container.ClusterMaintenancePolicyArgs(
        recurring_window=container.ClusterMaintenancePolicyRecurringWindowArgs(
            start_time=first.strftime(_FORMAT),
            end_time=(first + timedelta(hours=cluster.maintenance_hours)).strftime(_FORMAT),
            recurrence=f"FREQ=WEEKLY;BYDAY={','.join(day[:2].upper() for day in days)}",
        ),
        maintenance_exclusions=[
            container.ClusterMaintenancePolicyMaintenanceExclusionArgs(
                exclusion_name=one.name,
                start_time=_midnight(one.first),
                end_time=_midnight(one.last + timedelta(days=1)),
                exclusion_options=container.ClusterMaintenancePolicyMaintenanceExclusionExclusionOptionsArgs(
                    # Security patches of the control plane go on; they stop no server.
                    scope="NO_MINOR_OR_NODE_UPGRADES"
                ),
            )
            for one in cluster.maintenance_exclusions
        ],
    )


def _midnight(day: date) -> str:
    return datetime.combine(day, time.min, UTC).strftime(_FORMAT)
