"""Any value in a stack file is accepted or a mistake, never a traceback."""

import json
import random
from collections.abc import Sequence

import pytest

import settings
from settings.reading.keys import KEYS

BASE: dict[str, object] = {
    "auth.type": "dummy",
    "endpoint.address": "127.100.0.10",
    "images.repository": "registry.example.org/hub",
}
DEEP: object = json.loads("[" * 500 + "]" * 500)
ENDLESS: dict[str, object] = {}
ENDLESS["requests"] = ENDLESS

SCALARS: list[object] = [
    *["", " ", "\n", "\x00", "\x1b[31m", "\u202e", "\ud800", "😀", "a" * 100_000, "a." * 50_000, "-" * 50_000],
    *["null", "~", "true", "NaN", "-0", "1e999", "1e-999", "9" * 5000, "{", "[", "{}", "[]", '""', "[[" * 50_000],
    *['{"a":', '{"default": NaN}', '{"max": 1e400}', '{"size": {"size": 1}}', '{"": ""}', "[null]", '{"\\ud800": 1}'],
    *["{secure}", "{0}", "%s", "${x}", "../..", "http://[", "http://[::1]:99999999", "0x", "٣", "a@sha256:", "::", "%"],
    *[None, True, False, 0, -1, 10**30, 10**4000, 0.1, 1e300, float("nan"), float("inf"), b"x", object(), 1j],
]
STRUCTURES: list[object] = [
    *[[], {}, (), set[object](), [None], [[]], [{}], {"": None}, {None: 1}, {1: 2}, {"a\nb": 1}, {"\ud800": "\ud800"}],
    *[{"secure": "x"}, {"size": None}, {"requests": []}, {"requests": {"cpu": {}}}, {"max": [1]}, {"[key]": 1}],
    *[DEEP, ENDLESS, {("a",): 1}, {"default": float("nan"), "min": b"", "max": object()}, range(3)],
]
VALUES = [*SCALARS, *STRUCTURES]


def check(values: dict[str, object]) -> Sequence[str]:
    """Return the mistakes in a stack file with these values, each of which a terminal can show."""
    try:
        settings.parse({**BASE, **values})
    except settings.SettingsError as error:
        mistakes = error.mistakes
    else:
        return ()
    assert mistakes
    for mistake in mistakes:
        assert mistake.isprintable(), "one line, that can be written to any terminal"
        assert len(mistake) < 700
    return mistakes


def test_every_value_of_a_key_is_accepted_or_a_mistake() -> None:
    for value in VALUES:
        refused = {mistake.partition(":")[0] for mistake in check(dict.fromkeys(KEYS, value))}
        # A value that is valid in itself also meets the rules between keys.
        for key in KEYS.keys() - refused:
            check({key: value})


def test_every_value_of_a_part_is_accepted_or_a_mistake() -> None:
    for key, part in [
        ("hub.storage", "size"),
        ("hub.storage", "storageClass"),
        ("notebook.cpu", "min"),
        ("notebook.memory", "max"),
        ("notebook.additionalResources", "nvidia.com/gpu"),
        ("hub.resources", "requests"),
    ]:
        for value in VALUES:
            check({key: {part: value}})
            check({"proxy.resources": {"limits": {part: value}}})


def test_every_value_of_a_part_of_pools_and_zones_is_accepted_or_a_mistake() -> None:
    pool = {"name": "l4", "machineType": "g2-standard-8", "accelerator": "nvidia-l4"}
    gke = {"cluster.mode": "create", "gcp.project": "my-project-123", "cluster.location": "europe-west1"}
    for value in VALUES:
        for part in ("name", "machineType", "accelerator", "count", "min", "max", "diskGb", "spot", "x"):
            check({**gke, "nodes.gpu": [{**pool, part: value}]})
            check({**gke, "nodes.user": {part: value}})
        check({**gke, "nodes.gpu": [pool, value]})
        check({**gke, "cluster.authorizedNetworks": [value], "endpoint.sourceRanges": [value]})
        for part in ("name", "domain", "x"):
            check({**gke, "endpoint.dnsZone": {"name": "example-org", "domain": "example.org", part: value}})


def test_every_unknown_key_is_a_mistake() -> None:
    for name in [str(value) for value in SCALARS if isinstance(value, str)] + ["hub.", ".", "hub..image", "HUB.IMAGE"]:
        with pytest.raises(settings.SettingsError):
            settings.parse({**BASE, f"{name}x": "y"})
        check({name: "y", f"hub.storage.{name}": "y", f"hub.{name}": "y"})


def test_many_wrong_values_at_once_are_mistakes() -> None:
    chance = random.Random(3)  # noqa: S311 a repeatable choice, no secret
    for _ in range(300):
        check({key: chance.choice(VALUES) for key in chance.sample(sorted(KEYS), 8)})


def test_damaged_json_is_a_mistake() -> None:
    chance = random.Random(4)  # noqa: S311 a repeatable choice, no secret
    right = json.dumps({"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"memory": "1Gi"}})
    for _ in range(300):
        start, end = sorted(chance.sample(range(len(right)), 2))
        check({"hub.resources": right[:start] + chance.choice(["", '"', "{", "}", "\\", "\x00"]) + right[end:]})
