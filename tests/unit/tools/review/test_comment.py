"""The comment on a pull request, and the report of drift."""

from tests.unit.tools.review import logs
from tests.unit.tools.review.logs import CONFIG_MAP, STATEFULSET, auto_named, message, named, preview, step
from tools.review.show import comment
from tools.review.show.comment import Subject

DEV = Subject(stack="dev", run_url="https://github.example/run/1")


def _config_map(lines: int) -> dict[str, object]:
    old, new = (
        auto_named(name, data={"hub.json": "".join(f"{name} {number}\n" for number in range(lines))})
        for name in ("a", "b")
    )
    return step("replace", CONFIG_MAP, f"files-{lines}", old, new)


def test_the_comment_begins_with_the_marker_of_its_stack() -> None:
    text = comment.render_preview(DEV, preview())
    assert text.startswith("<!-- jupyterhub-preview: dev -->\n### Preview of stack `dev`\n")
    assert comment.marker("a b>") == "<!-- jupyterhub-preview: a_b_ -->"


def test_an_unchanged_stack_is_one_line() -> None:
    text = comment.render_preview(DEV, preview(step("same", STATEFULSET, "hub", {}, {})))
    assert text.splitlines()[-1] == "**No changes**: 1 unchanged."


def test_a_file_is_a_unified_diff() -> None:
    old, new = (
        auto_named(name, data={"hub.json": f'{{\n  "a": 1,\n  "b": {value}\n}}\n'})
        for name, value in (("x", 1), ("y", 2))
    )
    text = comment.render_preview(DEV, preview(step("replace", CONFIG_MAP, "files", old, new)))
    assert "change ConfigMap files (a new object; pods that use it roll): hub.json" in text
    assert '-     "b": 1\n+     "b": 2\n' in text


def test_a_failed_preview_shows_all_errors_and_no_changes() -> None:
    text = comment.render_preview(DEV, preview(message("error", "first"), message("error", "second"), failed=True))
    assert "### Preview of stack `dev`: failed" in text
    assert "```\nfirst\n```\n\n```\nsecond\n```" in text
    assert "No changes" not in text


def test_a_policy_violation_is_shown_with_the_changes() -> None:
    found = preview(
        step("create", STATEFULSET, "tf-hub-hub", None, named("tf-hub")),
        logs.violation("Images have a version.\nname one"),
        logs.summary({"jupyterhub|local|/x": "1"}),
        failed=True,
    )
    text = comment.render_preview(DEV, found)
    assert "### Preview of stack `dev`: policy violation" in text
    assert "- **violation**: `StatefulSet tf-hub-hub`, policy `pinned-images`" in text
    assert "create StatefulSet tf-hub" in text


def test_a_policy_pack_is_shown_without_violations_and_with_advice() -> None:
    assert "Policy pack `p`: no violations." in comment.render_preview(DEV, preview(logs.summary({"p": "1"})))
    advised = preview(logs.violation("a\nb", "advisory"), logs.summary({"p": "1"}))
    assert "- advisory: `StatefulSet tf-hub-hub`" in comment.render_preview(DEV, advised)


def test_a_comment_over_the_limit_omits_whole_resources_and_names_them() -> None:
    found = preview(*(_config_map(lines) for lines in (10, 5000, 20)))
    text = comment.render_preview(DEV, found)
    assert len(text.encode()) <= comment.GITHUB_LIMIT
    assert "files-10 " in text
    assert "files-20 " in text
    assert "files-5000 (a new one" not in text.partition("**Not shown")[0]
    assert text.count("<details>") == text.count("</details>") == 2
    part = "`change ConfigMap files-5000 (a new object; pods that use it roll): hub.json`"
    where = "See the [job summary](https://github.example/run/1)."
    assert text.endswith(f"**Not shown, because of GitHub's size limit:** {part}. {where}\n")
    whole = comment.render_preview(DEV, found, limit=comment.SUMMARY_LIMIT)
    assert "+   b 4999\n" in whole
    assert "Not shown" not in whole


def test_no_line_is_shortened() -> None:
    long = "x" * 100_000
    found = preview(
        step("update", STATEFULSET, "a", named("a", v=f"{long}1"), named("a", v=f"{long}2")),
        step("update", STATEFULSET, "b", named("b", v=1), named("b", v=2)),
    )
    text = comment.render_preview(DEV, found)
    assert "xxx" not in text
    assert "change StatefulSet b" in text
    assert "`change StatefulSet a`" in text.partition("**Not shown")[2]
    whole = comment.render_preview(DEV, found, limit=comment.SUMMARY_LIMIT)
    assert f"- v: {long}1\n+ v: {long}2\n" in whole
    assert len(whole.encode()) < 2**20


def test_the_summary_over_its_limit_refers_to_the_terminal() -> None:
    found = preview(step("update", STATEFULSET, "a", named("a", v="x" * 2**20), named("a", v="y" * 2**20)))
    text = comment.render_preview(DEV, found, limit=comment.SUMMARY_LIMIT)
    assert text.endswith("`change StatefulSet a`. `make diff` shows everything in a terminal.\n")


def test_the_limit_holds_after_mentions_are_disabled() -> None:
    line = " @everyone" * 100
    found = preview(
        *(step("update", STATEFULSET, f"a{n}", named(f"a{n}", v=n), named(f"a{n}", v=line)) for n in range(100))
    )
    text = comment.render_preview(DEV, found)
    assert "change StatefulSet a0" in text
    assert len(text.replace("@", "@\u200b").encode()) <= comment.GITHUB_LIMIT


def test_a_long_value_is_shortened_in_a_note() -> None:
    found = preview(logs.exports({"hub_url": "http://a"}, {"hub_url": f"http://{'b' * 100_000}"}))
    text = comment.render_preview(DEV, found)
    assert "- The hub's URL changes: `http://a` → `http://bbb" in text
    assert "`exports`" in text.partition("**Not shown")[2]


def test_errors_over_the_limit_are_omitted() -> None:
    text = comment.render_preview(DEV, preview(message("error", "ä" * 40_000), message("error", "short"), failed=True))
    assert len(text.encode()) <= comment.GITHUB_LIMIT
    assert "short" in text
    assert "**Not shown, because of GitHub's size limit:** `a message`" in text


def test_a_possible_loss_comes_first_and_as_a_caution() -> None:
    text = comment.render_preview(
        DEV,
        preview(
            step("update", "kubernetes:apps/v1:Deployment", "a", named("a", v=1), named("a", v=2)),
            step("replace", "kubernetes:core/v1:PersistentVolumeClaim", "z", named("z", v=1), named("z", v=2)),
        ),
    )
    assert "> [!CAUTION]\n> - PersistentVolumeClaim `z` is replaced" in text
    assert text.index("replace PersistentVolumeClaim z") < text.index("change Deployment a")
    assert "notice nothing" not in text


def test_drift_is_reported_with_the_drifted_resources() -> None:
    assert "has no drift" in comment.render_drift(DEV, preview())
    drifted = preview(step("update", STATEFULSET, "hub", named("tf-hub", v=1), named("tf-hub", v=2)))
    text = comment.render_drift(DEV, drifted)
    assert "**Drifted resources: 1.**" in text
    assert "change StatefulSet tf-hub" in text


def test_a_failed_preview_without_changes_is_a_failure_and_no_drift() -> None:
    text = comment.render_drift(DEV, preview(message("error", "out of reach"), failed=True))
    assert "out of reach" in text
    assert "drifted" not in text


def test_a_field_conflict_is_reported_with_change_error_and_fix() -> None:
    changed = step("update", STATEFULSET, "hub", named("tf-hub", v=1), named("tf-hub", v=2))
    found = preview(changed, message("error", "Server-Side Apply field conflict detected."), failed=True)
    text = comment.render_drift(DEV, found)
    assert "field conflict detected" in text
    assert "PULUMI_K8S_ENABLE_PATCH_FORCE=true pulumi up" in text
    assert "change StatefulSet tf-hub" in text
    unclear = preview(changed, message("error", "out of reach"), failed=True)
    assert "PATCH_FORCE" not in comment.render_drift(DEV, unclear)


def test_a_difference_of_exports_alone_is_drift() -> None:
    found = preview(logs.exports({"hub_url": "http://a", "n": "x"}, {"hub_url": "http://b", "n": "x"}))
    assert comment.has_drift(found)
    text = comment.render_drift(DEV, found)
    assert "has drifted" in text
    assert "- hub_url: http://a\n+ hub_url: http://b\n" in text


def test_changed_exports_are_shown_without_changed_resources() -> None:
    text = comment.render_preview(DEV, preview(logs.exports({"namespace": "a"}, {"namespace": "b"})))
    assert "**No resource changes**" in text
    assert "- namespace: a\n+ namespace: b\n" in text


def test_manual_labels_are_drift_that_an_update_keeps() -> None:
    found = preview(
        logs.refresh(
            STATEFULSET,
            "hub",
            {"metadata": {"labels": {"app": "x"}}},
            {"metadata": {"labels": {"app": "x", "team": "physics"}}},
        )
    )
    assert comment.has_drift(found)
    text = comment.render_drift(DEV, found)
    assert "`pulumi up` keeps: `StatefulSet` `hub`." in text
    assert "<code>changed by hand: StatefulSet hub</code>" in text
    assert "+ metadata.labels.team: physics" in text
