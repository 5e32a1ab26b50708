"""Rules on the group `hub`."""

from settings.groups.hub import HubSettings


def effect_errors(hub: HubSettings) -> list[str]:
    """Report `hub.replaceGuard` without code that could replace the checks."""
    if not hub.replace_guard or hub.extra_config is not None:
        return []
    return ["hub.replaceGuard: has no effect without hub.extraConfig; remove it: pulumi config rm hub.replaceGuard"]
