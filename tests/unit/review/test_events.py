import json

from review.model import SECRET
from tests.unit.review import logs
from tests.unit.review.logs import CONFIG_MAP, STATEFULSET, auto_named, message, named, pod, preview, step


def _changes(*happened: dict[str, object]) -> list[tuple[str, object, object]]:
    return [(one.path, one.old, one.new) for found in preview(*happened).resources for one in found.changes]


def test_a_changed_value_has_its_path_and_both_values() -> None:
    changed = step(
        "update", STATEFULSET, "hub", named("tf-hub", spec=pod(image="a:1")), named("tf-hub", spec=pod(image="a:2"))
    )
    assert _changes(changed) == [("spec.template.spec.containers[hub].image", "a:1", "a:2")]


def test_an_item_in_front_of_a_list_is_no_change_of_the_others() -> None:
    old = [{"name": "B", "value": "2"}]
    new = [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]
    changed = step("update", STATEFULSET, "hub", {"env": old}, {"env": new})
    assert _changes(changed) == [("env[A].name", None, "A"), ("env[A].value", None, "1")]


def test_of_two_secrets_only_that_they_differ_is_told() -> None:
    old, new = auto_named("environment-1", data=logs.SECRET), auto_named("environment-2", stringData=logs.SECRET)
    assert _changes(step("replace", "kubernetes:core/v1:Secret", "environment", old, new)) == [("data", SECRET, SECRET)]


def test_a_secret_anywhere_is_masked() -> None:
    changed = step("update", STATEFULSET, "hub", {"a": [{"b": logs.SECRET}]}, {"a": [{"b": "public"}]})
    assert _changes(changed) == [("a[0].b", SECRET, "public")]


def test_names_that_pulumi_made_up_are_shown_without_what_is_random() -> None:
    volume = [
        {"volumes": [{"name": "code", "configMap": {"name": f"tf-hub-config-files-{random}"}}]}
        for random in ("1a2b3c4d", "5e6f7a8b")
    ]
    found = preview(
        step(
            "replace",
            CONFIG_MAP,
            "tf-hub-config-files",
            auto_named("tf-hub-config-files-1a2b3c4d", data={"hub.json": "{}\n"}),
            auto_named("tf-hub-config-files-5e6f7a8b", data={"hub.json": "[]\n"}),
        ),
        step("update", STATEFULSET, "hub", volume[0], volume[1]),
    )
    text = repr(found)
    assert "1a2b3c4d" not in text
    assert "5e6f7a8b" not in text
    assert [one.path for one in found.resources[1].changes] == ["data[hub.json]"]
    assert found.resources[0].changes[0].new == "tf-hub-config-files-… (new)"


def test_what_nobody_can_know_yet_says_so() -> None:
    assert _changes(step("update", STATEFULSET, "hub", {"uid": "x"}, {"uid": logs.UNKNOWN})) == [
        ("uid", "x", "[known afterwards]")
    ]


def test_parts_of_the_program_and_of_a_replacement_are_not_told() -> None:
    found = preview(
        step("create", "jupyterhub:hub:Hub", "hub", None, {}),
        step("update", "pulumi:providers:pulumi-python", "default", {"a": 1}, {"a": 2}),
        step("create-replacement", CONFIG_MAP, "files", {}, {}),
        step("delete-replaced", CONFIG_MAP, "files", {}),
        step("refresh", CONFIG_MAP, "files", {}, {"a": 1}),
        step("update", "pulumi-python:dynamic/jupyterhub:Rollout", "rollout", {"generation": 1}, {"generation": 2}),
        step("same", STATEFULSET, "hub", {}, {}),
    )
    assert found.resources == ()
    assert found.unchanged == 1


def test_a_provider_of_the_programs_own_is_told() -> None:
    (found,) = preview(
        step("update", "pulumi:providers:kubernetes", "cluster", {"context": "a"}, {"context": "b"})
    ).resources
    assert found.name == "cluster"


def test_errors_and_warnings_are_kept_once_and_nothing_else() -> None:
    found = preview(
        message("error", "no good\n"),
        message("error", "no good\n"),
        message("error", "preview failed"),
        message("error", "an unhandled error occurred: program exited with non-zero exit code: 1"),
        message("warning", "old"),
        message("info#err", "progress"),
        message("debug", "noise"),
        failed=True,
    )
    assert [(one.severity, one.text) for one in found.diagnostics] == [("error", "no good"), ("warning", "old")]


def test_exports_that_change_are_told_and_unknown_ones_are_not() -> None:
    found = preview(
        logs.exports({"hub_url": "http://a", "x": "1"}, {"hub_url": "http://b", "x": logs.UNKNOWN}), logs.summary()
    )
    assert [(one.path, one.old, one.new) for one in found.exports] == [("hub_url", "http://a", "http://b")]


def test_what_policies_say_is_kept() -> None:
    found = preview(logs.violation("Images have a version.\nname one"), logs.summary({"jupyterhub|local|/x": "1"}))
    assert found.policy_packs == ("jupyterhub",)
    (violation,) = found.violations
    assert (violation.mandatory, violation.resource) == (True, "StatefulSet tf-hub-hub")


def test_an_empty_log_is_an_empty_preview() -> None:
    assert preview(failed=True).resources == ()
    assert json.dumps(preview(failed=True).unchanged) == "0"
