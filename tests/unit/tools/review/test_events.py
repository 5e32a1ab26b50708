"""Events are read into resources, changes and messages."""

import json

import pytest

from tests.unit.tools.review import logs
from tests.unit.tools.review.logs import CONFIG_MAP, STATEFULSET, auto_named, message, named, pod, preview, step
from tools.review.log.model import SECRET


def _changes(*happened: dict[str, object]) -> list[tuple[str, object, object]]:
    return [(one.path, one.old, one.new) for found in preview(*happened).resources for one in found.changes]


def test_a_change_has_path_old_value_and_new_value() -> None:
    changed = step(
        "update", STATEFULSET, "hub", named("tf-hub", spec=pod(image="a:1")), named("tf-hub", spec=pod(image="a:2"))
    )
    assert _changes(changed) == [("spec.template.spec.containers[hub].image", "a:1", "a:2")]


def test_an_inserted_item_of_a_list_does_not_change_the_others() -> None:
    old = [{"name": "B", "value": "2"}]
    new = [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]
    changed = step("update", STATEFULSET, "hub", {"env": old}, {"env": new})
    assert _changes(changed) == [("env[A].name", None, "A"), ("env[A].value", None, "1")]


def test_another_order_of_a_list_is_a_change_and_an_addition_is_not() -> None:
    old, new, more = ({"env": [{"name": name} for name in names]} for names in ("AB", "BA", "CAB"))
    assert _changes(step("update", STATEFULSET, "hub", old, new)) == [("env (order)", "A, B", "B, A")]
    assert _changes(step("update", STATEFULSET, "hub", old, more)) == [("env[C].name", None, "C")]


def test_a_changed_secret_is_shown_as_changed_only() -> None:
    old, new = auto_named("environment-1", data=logs.SECRET), auto_named("environment-2", stringData=logs.SECRET)
    assert _changes(step("replace", "kubernetes:core/v1:Secret", "environment", old, new)) == [("data", SECRET, SECRET)]


def test_a_secret_is_masked_at_any_depth() -> None:
    changed = step("update", STATEFULSET, "hub", {"a": [{"b": logs.SECRET}]}, {"a": [{"b": "public"}]})
    assert _changes(changed) == [("a[0].b", SECRET, "public")]


def _container(*env: object) -> dict[str, object]:
    return named("tf-hub", spec={"containers": [{"name": "hub", "env": list(env)}]})


def test_a_changed_secret_in_a_list_is_found_by_the_detailed_diff() -> None:
    variables = {"name": "A", "value": logs.SECRET}, {"name": "B", "value": logs.SECRET}
    changed = step(
        "update",
        STATEFULSET,
        "hub",
        _container(*variables),
        _container(*variables),
        differing=["spec.containers[0].env[1].value"],
    )
    assert _changes(changed) == [("spec.containers[hub].env[B].value", SECRET, SECRET)]


def test_a_secret_beside_a_change_is_unchanged() -> None:
    old, new = ({"a": {"b": logs.SECRET, "c": value}, "l": [logs.SECRET][:value]} for value in (1, 2))
    changed = step("update", STATEFULSET, "hub", old, new, differing=["a.c", "l[1]", 'a["x.y"]', "z[0].q"])
    assert _changes(changed) == [("a.c", 1, 2)]


def test_a_secret_map_changes_as_a_whole() -> None:
    changed = step(
        "update", STATEFULSET, "x", {"m": logs.SECRET}, {"m": logs.SECRET}, differing=["m.password", 'm["a.b"]']
    )
    assert _changes(changed) == [("m", SECRET, SECRET)]


def test_the_data_of_a_secret_is_masked_even_if_it_is_not_marked() -> None:
    kubectl = {"kubectl.kubernetes.io/last-applied-configuration": '{"data": {"password": "hunter2"}}'}
    old = {"metadata": {"name": "s", "annotations": kubectl}, "data": {"password": "hunter2"}}
    new = {"metadata": {"name": "s"}, "stringData": {"password": "hunter3"}}
    kind = "kubernetes:core/v1:Secret"
    for operation, sides in (("update", (old, new)), ("create", (None, new)), ("delete", (old, None))):
        found = preview(step(operation, kind, "s", *sides), logs.refresh(kind, "s", old, new))
        assert "hunter" not in repr(found)


def test_annotations_of_tools_are_no_change() -> None:
    new = auto_named("a-1", v=1)
    new["metadata"]["annotations"]["networking.gke.io/load-balancer-type"] = "Internal"
    path = "metadata.annotations[networking.gke.io/load-balancer-type]"
    assert _changes(step("create", logs.SERVICE, "a", None, new)) == [(path, None, "Internal"), ("v", None, 1)]


def test_manual_labels_and_annotations_are_drift_and_those_of_controllers_not() -> None:
    known = {"metadata": {"labels": {"a": "1"}, "annotations": {"own": "1"}}}
    there = {
        "metadata": {
            "labels": {"a": "1", "team": "physics", "pod-security.kubernetes.io/enforce": "privileged"},
            "annotations": {"own": "2", "autopilot.gke.io/x": "1", "deployment.kubernetes.io/revision": "2"},
        },
        "spec": {"template": {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": "today"}}}},
        "status": {"labels": "x"},
    }
    found = preview(
        logs.refresh(logs.DEPLOYMENT, "x", known, there, inputs={"metadata": {"annotations": {"own": "1"}}})
    )
    assert [change.path for change in found.manual_changes[0].changes] == [
        "metadata.labels.team",
        "metadata.labels[pod-security.kubernetes.io/enforce]",
        "spec.template.metadata.annotations[kubectl.kubernetes.io/restartedAt]",
    ]
    assert found.resources == ()


def test_a_file_with_underscores_is_no_internal_key() -> None:
    old, new = ({"__defaults": ["x"], "data": {"__init__.py": text}} for text in ("a\n", "b\n"))
    assert _changes(step("update", CONFIG_MAP, "a", old, new)) == [("data[__init__.py]", "a\n", "b\n")]


def test_auto_generated_names_are_shown_without_their_suffix() -> None:
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


def test_an_unknown_value_is_shown_as_known_after_the_update() -> None:
    assert _changes(step("update", STATEFULSET, "hub", {"uid": "x"}, {"uid": logs.UNKNOWN})) == [
        ("uid", "x", "[known after update]")
    ]


def test_components_checks_and_parts_of_a_replacement_are_not_shown() -> None:
    found = preview(
        step("create", "jupyterhub:hub:Hub", "hub", None, {}),
        step("update", "pulumi:providers:pulumi-python", "default", {"a": 1}, {"a": 2}),
        step("create-replacement", CONFIG_MAP, "files", {}, {}),
        step("delete-replaced", CONFIG_MAP, "files", {}),
        step("refresh", CONFIG_MAP, "files", {}, {"a": 1}),
        step("update", "pulumi-python:dynamic/jupyterhub:Rollout", "rollout", {"generation": 1}, {"generation": 2}),
        step("update", "pulumi-python:dynamic/jupyterhub:ConnectionCheck", "check", {"image": "a"}, {"image": "b"}),
        step("same", STATEFULSET, "hub", {}, {}),
    )
    assert found.resources == ()
    assert found.unchanged == 1


def test_an_explicit_provider_is_shown() -> None:
    (found,) = preview(
        step("update", "pulumi:providers:kubernetes", "cluster", {"context": "a"}, {"context": "b"})
    ).resources
    assert found.name == "cluster"


def test_only_errors_and_warnings_are_kept_each_once() -> None:
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


@pytest.mark.parametrize("failed", [False, True])
def test_a_plugin_that_does_not_confirm_its_end_is_an_error_of_a_failed_command_only(*, failed: bool) -> None:
    text = (
        "Detected that /plugins/pulumi-resource-kubernetes exited prematurely. \n       This is *always* a bug in the "
        "provider. Please report the issue to the provider author as appropriate."
    )
    found = preview(message("error", f"\n{text}\n"), failed=failed)
    assert [one.text for one in found.diagnostics] == [text] * failed


def test_changed_exports_are_shown_unless_they_are_unknown() -> None:
    found = preview(
        logs.exports({"hub_url": "http://a", "x": "1"}, {"hub_url": "http://b", "x": logs.UNKNOWN}), logs.summary()
    )
    assert [(one.path, one.old, one.new) for one in found.exports] == [("hub_url", "http://a", "http://b")]


def test_the_next_steps_which_repeat_other_exports_are_left_out() -> None:
    found = preview(logs.exports({"next_steps": ["Open http://a"]}, {"next_steps": ["Open http://b"]}), logs.summary())
    assert found.exports == ()


def test_policy_packs_and_violations_are_read() -> None:
    found = preview(logs.violation("Images have a version.\nname one"), logs.summary({"jupyterhub|local|/x": "1"}))
    assert found.policy_packs == ("jupyterhub",)
    (violation,) = found.violations
    assert (violation.mandatory, violation.resource) == (True, "StatefulSet tf-hub-hub")


def test_an_empty_log_is_an_empty_preview() -> None:
    assert preview(failed=True).resources == ()
    assert json.dumps(preview(failed=True).unchanged) == "0"
