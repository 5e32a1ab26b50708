"""Rules on the group `hub`."""

from settings.groups.auth import AuthSettings
from settings.groups.hub import HubSettings
from settings.rules.folders import seems_secret
from settings.types.files import overlap


def effect_errors(hub: HubSettings) -> list[str]:
    """Report `hub.replaceGuard` without code that could replace the checks."""
    if not hub.replace_guard or hub.extra_config is not None:
        return []
    return ["hub.replaceGuard: has no effect without hub.extraConfig; remove it: pulumi config rm hub.replaceGuard"]


def variable_errors(hub: HubSettings, auth: AuthSettings) -> list[str]:
    """Report variables that are set twice."""
    places = {
        "hub.secretKeyRefs": hub.secret_key_refs.keys(),
        "auth.secretEnvironment": auth.secret_environment.keys(),
        "hub.environment": hub.environment.keys(),
    }
    return [
        f"{place}.{name}: is in {other} too; keep it in one of the two"
        for index, (place, names) in enumerate(places.items())
        for other, others in list(places.items())[:index]
        for name in sorted(names & others)
    ]


def variable_warnings(hub: HubSettings) -> list[str]:
    """Report variables that look like secrets, by their names."""
    return [
        f"hub.environment.{name}: seems to be a secret, and is in plain text in the pod and the stack's state; put it "
        f"into auth.secretEnvironment, or name an existing Secret in hub.secretKeyRefs"
        for name, value in hub.environment.items()
        if seems_secret(name, value)
    ]


def place_errors(hub: HubSettings) -> list[str]:
    """Report names that are taken, and paths that would hide each other."""
    errors: list[str] = []
    for index, volume in enumerate(hub.volumes):
        key, earlier = f"hub.volumes[{index}]", hub.volumes[:index]
        if volume.name in {other.name for other in earlier}:
            errors.append(f"{key}.name: is also the name of another volume; choose another")
        if any(overlap(volume.path, other.path) for other in earlier):
            errors.append(f"{key}.path: is that of another volume, or one is in the other; choose another")
        if any(overlap(path, volume.path) for path in hub.files):
            errors.append(f"{key}.path: would hide a file of hub.files, or be one; choose another")
    return errors
