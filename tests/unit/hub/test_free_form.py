import random
from typing import Any

import pytest

from hub import free_form
from hub.contract import HubConfig

GIB = 2**30


def mistakes(values: dict[str, Any], config: HubConfig) -> dict[str, str]:
    with pytest.raises(free_form.MistakesError) as caught:
        free_form.parse(values, config)
    return caught.value.by_field


def test_every_option_of_the_form_can_be_chosen(hub_config: HubConfig) -> None:
    chosen = free_form.parse(
        {
            "image": "quay.io/jupyter/base-notebook",
            "cpu": "500m",
            "memory": "1.5Gi",
            "additional_resources": '{"nvidia.com/gpu": 1}',
        },
        hub_config,
    )
    assert chosen == free_form.Entries(
        image="quay.io/jupyter/base-notebook",
        cpu=0.5,
        memory=3 * GIB // 2,
        additional_resources={"nvidia.com/gpu": 1},
    )


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"image": "", "cpu": "", "memory": "", "additional_resources": ""},
        {"image": " \n", "cpu": "\t", "memory": " ", "additional_resources": "  "},
        {"image": None, "cpu": None, "memory": None, "additional_resources": None},
        {"additional_resources": "{}"},
        {"additional_resources": {"nvidia.com/gpu": 0}},
    ],
)
def test_missing_and_empty_fields_get_the_defaults(values: dict[str, Any], hub_config: HubConfig) -> None:
    assert free_form.parse(values, hub_config) == free_form.Entries(
        image=hub_config.image, cpu=0.5, memory=GIB, additional_resources={}
    )


@pytest.mark.parametrize(
    ("value", "cpu"),
    [("500m", 0.5), ("0.5", 0.5), (" 2 ", 2), ("100m", 0.1), ("4", 4), ("1e0", 1), (2, 2), (0.5, 0.5), ("4000m", 4)],
)
def test_cpu_is_read_as_kubernetes_reads_it(value: object, cpu: float, hub_config: HubConfig) -> None:
    assert free_form.parse({"cpu": value}, hub_config).cpu == cpu


@pytest.mark.parametrize(
    ("value", "memory"),
    [
        ("1Gi", GIB),
        ("1.5Gi", 3 * GIB // 2),
        ("1G", 10**9),
        ("256Mi", GIB // 4),
        ("8Gi", 8 * GIB),
        (GIB, GIB),
        ("1073741823.5", GIB),
    ],
)
def test_memory_is_read_as_kubernetes_reads_it(value: object, memory: int, hub_config: HubConfig) -> None:
    assert free_form.parse({"memory": value}, hub_config).memory == memory


@pytest.mark.parametrize("field", ["cpu", "memory"])
@pytest.mark.parametrize(
    "value",
    [
        "abc", "1Gib", "nan", "inf", "-inf", "-1", "1e999999999", "9" * 5000, "\u0661\u0662", "<b>1</b>", "1;2", "1 2",
        "0x1", "\x00", "\ud800", True, False, float("nan"), float("inf"), -1, 10**4000, [], ["1"], {}, {"a": 1},
    ],
)  # fmt: skip
def test_an_invalid_amount_is_refused_with_examples(field: str, value: object, hub_config: HubConfig) -> None:
    reason = mistakes({field: value}, hub_config)[field]
    assert "Write it like" in reason or reason.startswith(("takes one value", "is too long"))
    assert len(reason) < 300
    reason.encode()


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"cpu": "0.05"}, "'0.05' is too little. The minimum is 0.1."),
        ({"cpu": "0"}, "'0' is too little. The minimum is 0.1."),
        ({"cpu": "4001m"}, "'4001m' is too much. The maximum is 4."),
        ({"cpu": "1e9"}, "'1e9' is too much. The maximum is 4."),
        ({"cpu": 5}, "5 is too much. The maximum is 4."),
        ({"cpu": "0.1234"}, "'0.1234' is too precise: Kubernetes counts CPUs in steps of 1m (0.001)."),
        ({"memory": "100Mi"}, "'100Mi' is too little. The minimum is 256Mi."),
        ({"memory": "512m"}, "'512m' is too little. The minimum is 256Mi."),
        ({"memory": "8193Mi"}, "'8193Mi' is too much. The maximum is 8Gi."),
        ({"memory": "1Ei"}, "'1Ei' is too much. The maximum is 8Gi."),
    ],
)
def test_an_amount_out_of_bounds_is_refused_with_the_bound(
    values: dict[str, Any], reason: str, hub_config: HubConfig
) -> None:
    assert list(mistakes(values, hub_config).values()) == [reason]


@pytest.mark.parametrize("value", [7, True, ["a"], {"a": "b"}, "evil/x:1", "a b", "x" * 5000, "\x00", "\ud800"])
def test_an_image_that_is_not_allowed_is_refused(value: object, hub_config: HubConfig) -> None:
    assert list(mistakes({"image": value}, hub_config)) == ["image"]


@pytest.mark.parametrize(
    "value",
    [
        "nvidia.com/gpu", "1", "null", "[]", '"a"', "{", "{'nvidia.com/gpu': 1}", '{"nvidia.com/gpu": NaN}',
        '{"nvidia.com/gpu": 1, "nvidia.com/gpu": 2}', '{"nvidia.com/gpu": "1"}', '{"nvidia.com/gpu": 1.0}',
        '{"nvidia.com/gpu": true}', '{"nvidia.com/gpu": null}', '{"nvidia.com/gpu": -1}', '{"nvidia.com/gpu": 3}',
        '{"nvidia.com/gpu": 1e400}', '{"nvidia.com/gpu": {}}', '{"nvidia.com/gpu": ' + "9" * 900 + "}",
        '{"amd.com/gpu": 1}', '{"cpu": 1}', '{"memory": 1}', '{"": 1}', '{"\\ud800": 1}', "[" * 999, '{"a":' * 199,
        '{"nvidia.com/gpu": 1' + " " * 1000 + "}", 1, True, 0.5, {"nvidia.com/gpu": "1"}, {"nvidia.com/gpu": 10**4000},
        {"nvidia.com/gpu": ["1"]},
    ],
)  # fmt: skip
def test_invalid_additional_resources_are_refused(value: object, hub_config: HubConfig) -> None:
    found = mistakes({"additional_resources": value}, hub_config)
    assert list(found) == ["additional_resources"]
    assert len(found["additional_resources"]) < 400
    found["additional_resources"].encode()


def test_additional_resources_are_refused_if_none_are_offered(hub_config: HubConfig) -> None:
    none = hub_config.model_copy(update={"additional_resources": {}})
    assert free_form.parse({"additional_resources": "{}"}, none).additional_resources == {}
    assert (
        "Offered: nothing." in mistakes({"additional_resources": '{"nvidia.com/gpu": 1}'}, none)["additional_resources"]
    )


def test_unknown_fields_are_refused(hub_config: HubConfig) -> None:
    found = mistakes({"profile": "x", "image--unlisted-choice": "evil/x:1"}, hub_config)
    assert list(found) == [""]
    assert "'image--unlisted-choice'" in found[""]


def test_thousands_of_unknown_fields_make_a_short_message(hub_config: HubConfig) -> None:
    assert len(mistakes({f"field{number}": "" for number in range(9000)}, hub_config)[""]) < 300


def test_all_mistakes_are_reported_at_once_with_their_fields(hub_config: HubConfig) -> None:
    with pytest.raises(free_form.MistakesError) as caught:
        free_form.parse(
            {"image": "a b", "cpu": "x", "memory": "y", "additional_resources": "z", "extra": "1"}, hub_config
        )
    assert [reason.split(":")[0] for reason in caught.value.reasons] == [
        "There is no field 'extra'. The fields are image, cpu, memory, additional_resources.",
        "Notebook image",
        "CPU",
        "Memory",
        "Additional resources",
    ]


def test_any_input_raises_only_the_intended_error(hub_config: HubConfig) -> None:
    rng = random.Random(20240601)  # noqa: S311 -- the same inputs each time, nothing secret
    pieces = [
        "1", "9" * 30, ".", "e", "E9", "-", "+", "m", "Gi", "Mi", "K", " ", "\n", "\x00", "\u0661", "\ud800", "nan",
        "inf", "\U0001f4d3", "{", "}", "[", "]", '"', ":", ",", "nvidia.com/gpu", '"nvidia.com/gpu"', "true", "null",
        "1e99", "quay.io/jupyter/", "a", "A", "/", "..", "@sha256:", "<b>", "%s", "{0}", "\\", "\\ud800", "'",
    ]  # fmt: skip
    others = [None, True, 0, 1, -1, 10**5000, 0.1, float("nan"), float("inf"), [], ["1"], {}, {"nvidia.com/gpu": 1}]
    accepted = refused = 0
    for _ in range(20_000):
        names = [name for name in free_form.LABELS if rng.random() < 0.8] + ["other"] * (rng.random() < 0.1)
        values: dict[str, Any] = {
            name: rng.choice(others) if rng.random() < 0.2 else "".join(rng.choices(pieces, k=rng.randrange(6)))
            for name in names
        }
        try:
            chosen = free_form.parse(values, hub_config)
        except free_form.MistakesError as error:
            refused += len(" ".join(error.reasons).encode()) > 0
        else:
            accepted += 1
            assert hub_config.cpu.min <= chosen.cpu <= hub_config.cpu.max
            assert hub_config.memory.min <= chosen.memory <= hub_config.memory.max
            assert set(chosen.additional_resources) <= set(hub_config.additional_resources)
    assert accepted + refused == 20_000
    assert accepted > 100
