"""Refuses to take the nodes away from a zone, where the homes of people may be."""

from typing import TYPE_CHECKING, cast

import pulumi
from pulumi.runtime.known_types import is_unknown

if TYPE_CHECKING:
    from collections.abc import Sequence


class ZoneInUseError(Exception):
    """The stack would have no nodes any more in a zone with homes."""


def keeps_zones() -> pulumi.ResourceHookBinding:
    """Return hooks of a node pool that refuse the removal of zones, also in a preview."""
    hook = pulumi.ResourceHook("keeps-its-zones", require_zones, pulumi.ResourceHookOptions(on_dry_run=True))
    return pulumi.ResourceHookBinding(before_update=[hook])


def require_zones(args: pulumi.ResourceHookArgs) -> None:
    """Raise a ZoneInUseError if a zone is missing in the new inputs. Without zones in them, the pool keeps its own."""
    zones = (args.new_inputs or {}).get("nodeLocations")
    if not zones or is_unknown(zones):
        return
    before = cast("Sequence[str]", (args.old_outputs or {}).get("nodeLocations") or ())
    if gone := sorted({*before} - {*zones}):
        listed = " and ".join(gone)
        raise ZoneInUseError(
            f"nodes.zones: lacks {listed}, where the stack has nodes, and so maybe homes, which never leave their "
            "zone: their owners could not start a server any more. Add it. Or move these homes (docs/storage.md), and "
            "then allow it: pulumi config set protect false. To list the disks there: "
            f'gcloud compute disks list --filter="zone:({" ".join(gone)})"'
        )
