"""`hub.extraVolumes` and `hub.extraVolumeMounts`."""

from typing import Final

from migrate.plan import Plan
from migrate.values import list_of, map_of

_PATHS: Final = ("hub.extraVolumes", "hub.extraVolumeMounts")
_CODE: Final = "code in an object: give its text in `hub.extraConfig`"
_PARTS: Final = "`hub.volumes` mounts whole claims, ConfigMaps and Secrets; templates and logos are `pages.*`"


def volumes(plan: Plan) -> None:
    """Translate volumes of the hub; those that it cannot have are reported, also beside others."""
    named = {str(map_of(one).get("name")): map_of(one) for one in list_of(plan.get("hub.extraVolumes"))}
    wanted: list[object] = []
    for mount in map(map_of, list_of(plan.get("hub.extraVolumeMounts"))):
        volume = named.get(str(mount.get("name")), {})
        claim = map_of(volume.get("persistentVolumeClaim")).get("claimName")
        place = {
            "claim": claim,
            "configMap": map_of(volume.get("configMap")).get("name"),
            "secret": map_of(volume.get("secret")).get("secretName"),
        }
        source = {name: value for name, value in place.items() if value}
        if "/jupyterhub_config.d" in str(mount.get("mountPath")):
            plan.refuse_part(_CODE, *_PATHS)
        elif source and not mount.get("subPath"):
            writable = {"writable": True} if claim and not mount.get("readOnly") else {}
            path = str(mount.get("mountPath")).rstrip("/")
            wanted.append({"name": mount.get("name"), "path": path, **source, **writable})
            plan.task(f"Create {', '.join(map(str, source.values()))} in the hub's namespace, for hub.volumes.")
        else:
            plan.refuse_part(_PARTS, *_PATHS)
    if wanted:
        plan.add("hub.volumes", wanted, *_PATHS)
    plan.same("mounted nowhere", *_PATHS)
