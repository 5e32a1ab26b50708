"""`singleuser.profileList`: profiles become choices, and their options images and sizes."""

import re
from collections.abc import Mapping
from typing import Final

from migrate.plan import Plan
from migrate.translate import amounts
from migrate.translate.server import bounds, devices_of, text_of
from migrate.values import Key, list_of, map_of, texts_of

_KEY: Final[Key] = ("singleuser", "profileList")
_AMOUNTS: Final = {
    "cpu_guarantee",
    "cpu_limit",
    "mem_guarantee",
    "mem_limit",
    "extra_resource_limits",
    "extra_resource_guarantees",
    "node_selector",
}
"""Traits that a size of a choice has."""
_SECOND: Final = (
    "Profile {}: the option {} does not fit into one list of images and one of sizes; write its entries as choices or "
    "sizes of their own."
)
_OF_CHOICE: Final = {*_AMOUNTS, "image", "default_url", "cmd", "environment"}
_NOT_NEEDED: Final = {"image_pull_policy", "start_timeout", "http_timeout", "working_dir", "image_spec"}


def choices(plan: Plan) -> None:
    """Translate the list of profiles; the default one comes first."""
    profiles = [map_of(one) for one in list_of(plan.get(_KEY))]
    if not profiles:
        plan.same("no profiles", _KEY)
        return
    found: list[object] = []
    for profile in sorted(profiles, key=lambda one: not one.get("default")):
        found.append(_choice(plan, profile, {str(map_of(one)["name"]) for one in found}))
    plan.set("notebook.choices", found, _KEY)


def _choice(plan: Plan, profile: dict[str, object], taken: set[str]) -> dict[str, object]:
    title = str(profile.get("display_name") or profile.get("slug") or "Server")
    override = map_of(profile.get("kubespawner_override"))
    options: dict[str, list[object]] = {}
    choice: dict[str, object] = {"name": _name(str(profile.get("slug") or title), taken), "title": _line(title)}
    if description := _line(str(profile.get("description") or "")):
        choice["description"] = description
    if override.get("image"):
        choice["images"] = [{"image": str(override["image"])}]
    choice |= _amounts(plan, override)
    for option in map_of(profile.get("profile_options")).values():
        for part, items in _option(plan, title, map_of(option), override).items():
            if part in options:
                plan.task(_SECOND.format(title, map_of(option).get("display_name", "")))
            else:
                options[part] = items
    choice |= options
    if url := override.get("default_url"):
        choice["defaultUrl"] = str(url)
    if command := texts_of(override.get("cmd")):
        choice["command"] = command
    if variables := {name: text_of(value) for name, value in map_of(override.get("environment")).items()}:
        choice["environment"] = variables
    _people(plan, choice, profile)
    for name in sorted(override.keys() - _OF_CHOICE - _NOT_NEEDED):
        plan.task(f"Profile {title}: {name} is not part of a choice; see docs/choices.md.")
    return choice


def _option(
    plan: Plan, title: str, option: dict[str, object], override: Mapping[str, object]
) -> dict[str, list[object]]:
    """Return an option of a profile as images or as sizes of its choice, the default first."""
    unlisted = map_of(option.get("unlisted_choice"))
    if unlisted.get("enabled"):
        plan.settings["notebook.freeChoice"] = True
        plan.task(f"Profile {title}: people could enter an image; set notebook.allowedImages to those they may.")
    named = {slug: map_of(one) for slug, one in map_of(option.get("choices")).items()}
    entries = sorted(named.items(), key=lambda item: not item[1].get("default"))
    overrides = {slug: map_of(one.get("kubespawner_override")) for slug, one in entries}
    shown = {slug: _line(str(one.get("display_name") or slug)) for slug, one in entries}
    traits = {name for one in overrides.values() for name in one}
    if not traits:
        return {}
    if traits <= {"image"}:
        return {"images": [{"image": str(one.get("image")), "title": shown[slug]} for slug, one in overrides.items()]}
    if not traits <= {*_AMOUNTS, *_NOT_NEEDED}:
        plan.task(_SECOND.format(title, option.get("display_name", "")))
        return {}
    sizes: list[object] = []
    for slug, one in overrides.items():
        name = _name(slug, {str(map_of(size)["name"]) for size in sizes})
        sizes.append({"name": name, "title": shown[slug], **_amounts(plan, {**override, **one})})
    return {"sizes": sizes}


def _amounts(plan: Plan, override: Mapping[str, object]) -> dict[str, object]:
    """Return the amounts of a choice or a size, with those of all servers where it sets none."""
    result: dict[str, object] = {}
    for prefix, name, read in (("cpu", "cpu", amounts.cpu), ("mem", "memory", amounts.memory)):
        both = {kind: override.get(f"{prefix}_{kind}") for kind in ("guarantee", "limit")}
        if not any(both.values()):
            continue
        of_all = map_of(plan.get(f"singleuser.{name}"))
        guarantee, limit = bounds({kind: value or of_all.get(kind) for kind, value in both.items()}, read)
        if guarantee:
            result[name] = guarantee
        if limit and limit != guarantee:
            result[f"{name}Limit"] = limit
    limits = override.get("extra_resource_limits") or override.get("extra_resource_guarantees")
    if devices := devices_of(limits):
        result["additionalResources"] = devices
    if selector := map_of(override.get("node_selector")):
        result["nodeSelector"] = {name: text_of(value) for name, value in selector.items()}
    return result


def _people(plan: Plan, choice: dict[str, object], profile: dict[str, object]) -> None:
    groups = texts_of(profile.get("allowed_groups"))
    github = plan.settings.get("auth.type") == "github"
    if groups:
        choice["organizations" if github else "groups"] = [
            group.replace("/", ":") if github else group for group in groups
        ]
    if users := texts_of(profile.get("allowed_users")):
        choice["users"] = users


def _name(text: str, taken: set[str]) -> str:
    """Return a unique name of a choice or size, as KubeSpawner makes slugs."""
    plain = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:36].strip("-") or "choice"
    plain = "free-choice" if plain == "free" else plain
    return next(
        name for number in range(1, 1000) if (name := plain if number == 1 else f"{plain}-{number}") not in taken
    )


def _line(text: str) -> str:
    """Return text in one line, without HTML, which the spawn page shows as it is."""
    return " ".join(re.sub(r"<[^>]*>", "", text).split())
