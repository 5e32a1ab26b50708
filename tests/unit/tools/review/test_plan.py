"""Equal plans have equal lines, different plans different lines, and no line has a secret."""

from typing import Any

from tests.unit.tools.review import logs
from tests.unit.tools.review.logs import CONFIG_MAP, SIGNATURE, STATEFULSET, auto_named, named, step
from tools.review.show import plan

ROLLOUT = "pulumi-python:dynamic/jupyterhub:Rollout"
URN = "urn:pulumi:dev::jupyterhub::jupyterhub:jupyterhub:JupyterHub$"


def _lines(*happened: dict[str, Any]) -> list[str]:
    return plan.lines(logs.preview(*happened))


def _updated(**new: object) -> dict[str, Any]:
    return step("update", STATEFULSET, "hub", named("tf-hub", replicas=1), named("tf-hub", **new))


def test_a_line_has_operation_urn_changed_inputs_and_digest() -> None:
    (line,) = _lines(_updated(replicas=2))
    done, urn, path, digest = line.split(" ")
    assert (done, urn, path) == ("update", f"{URN}{STATEFULSET}::hub", "replicas")
    assert len(digest) == 16


def test_another_value_of_the_same_input_is_another_line() -> None:
    assert _lines(_updated(replicas=2)) != _lines(_updated(replicas=3))
    assert _lines(step("create", CONFIG_MAP, "a", None, {"data": {"x": "1"}})) != _lines(
        step("create", CONFIG_MAP, "a", None, {"data": {"x": "2"}})
    )


def test_auto_generated_names_do_not_change_the_plan() -> None:
    def rolled(random: str) -> list[str]:
        name = f"files-{random}"
        return _lines(
            step("replace", CONFIG_MAP, "files", auto_named("files-0"), auto_named(name, data={"x": "1"})),
            step("create-replacement", CONFIG_MAP, "files", auto_named("files-0"), auto_named(name, data={"x": "1"})),
            step("update", STATEFULSET, "hub", {"from": "files-0"}, {"from": name}),
        )

    assert rolled("1a2b") == rolled("3c4d")
    assert len(rolled("1a2b")) == 2


def test_secrets_are_not_part_of_the_plan() -> None:
    def kept(ciphertext: str) -> list[str]:
        return _lines(_updated(password={SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "ciphertext": ciphertext}))

    assert kept("of one") == kept("of another")


def test_the_result_of_a_server_side_dry_run_is_not_part_of_the_plan() -> None:
    def seen(generation: object) -> list[str]:
        return _lines(step("update", ROLLOUT, "rollout", {"generation": 1}, {"generation": generation}))

    assert seen(2) == seen(logs.UNKNOWN) == [f"update {URN}{ROLLOUT}::rollout generation"]


def test_a_deleted_resource_has_no_digest_and_an_unchanged_one_no_line() -> None:
    assert _lines(
        step("delete", CONFIG_MAP, "gone", named("gone")),
        step("same", STATEFULSET, "hub", {}, {}),
        step("refresh", STATEFULSET, "hub", {}, {}),
        step("delete-replaced", CONFIG_MAP, "files", {}),
        logs.summary(),
    ) == [f"delete {URN}{CONFIG_MAP}::gone"]
