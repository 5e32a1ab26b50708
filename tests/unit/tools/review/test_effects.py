"""Notes of the summary on other changes, and on those of unknown effect."""

import pytest

from tests.unit.tools.review import logs
from tests.unit.tools.review.logs import (
    AUTOSCALER,
    CLAIM,
    CONFIG_MAP,
    DEPLOYMENT,
    SERVICE,
    TOKEN,
    auto_named,
    hub_json,
    named,
    notes_of,
    pod,
    preview,
    rolled,
    step,
    update,
)
from tools.review.explain import summary
from tools.review.explain.rules import Note

HARMLESS = "No pod restarts, and users notice nothing."
UNCHANGED = step("same", SERVICE, "other", {}, {})


def _generation(token: str) -> dict[str, object]:
    return step("update", TOKEN, token, {"generation": 1}, {"generation": 2})


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (
            update(SERVICE, "lb", *({"spec": {"loadBalancerIP": address}} for address in ("192.0.2.1", "192.0.2.2"))),
            "Service lb gets another IP address: 192.0.2.1 → 192.0.2.2. Update DNS.",
        ),
        (
            update(
                SERVICE, "lb", *({"spec": {"loadBalancerSourceRanges": [ip]}} for ip in ("10.0.0.0/8", "0.0.0.0/0"))
            ),
            "The IP ranges that can reach the hub change.",
        ),
        (
            update(CLAIM, "db", *({"spec": {"resources": {"requests": {"storage": size}}}} for size in ("1Gi", "2Gi"))),
            "The volume db is expanded: 1Gi → 2Gi. It cannot shrink again.",
        ),
        (
            step("create", "kubernetes:core/v1:ResourceQuota", "q", None, named("q")),
            "The resource quota of all notebooks changes.",
        ),
        (
            update("kubernetes:networking.k8s.io/v1:NetworkPolicy", "a", {"spec": {"egress": []}}, {"spec": {}}),
            "Who may connect to whom changes, also for running notebooks: see the diff of the policies.",
        ),
        (_generation("x-secret-cookie"), "All users have to sign in again."),
        (rolled({"extra_config.py": "1\n"}, {"extra_config.py": "2\n"}), "The Python code in hub.extraConfig changes."),
        (
            rolled({"a.py": "1\n", "b.html": "1\n"}, {"a.py": "2\n", "b.html": "2\n"}),
            "The hub's code changes: see the diff for the effect on users.",
        ),
    ],
)
def test_a_change_that_users_notice_has_its_note(event: dict[str, object], text: str) -> None:
    assert notes_of(event, UNCHANGED) == [text]


def test_a_new_url_is_noted_with_the_callback_url() -> None:
    old, new = ({"hub_url": url, "oauth_callback_url": f"{url}/cb"} for url in ("http://a", "http://b"))
    assert notes_of(logs.exports(old, new)) == [
        "The hub's URL changes: http://a → http://b.",
        "Register the callback URL http://b/cb in the OAuth app, if there is one.",
    ]


@pytest.mark.parametrize(("old", "known"), [("http://a", True), ("http://b", False)])
def test_a_new_host_name_of_the_gateway_is_noted_with_the_url(old: str, *, known: bool) -> None:
    gateway = "kubernetes:gateway.networking.k8s.io/v1:Gateway"
    hosts = ({"spec": {"listeners": [{"name": "http", "hostname": host}]}} for host in ("a", "b"))
    texts = notes_of(update(gateway, "g", *hosts), logs.exports({"hub_url": old}, {"hub_url": "http://b"}))
    assert ("not known" not in texts[-1]) is known


@pytest.mark.parametrize(
    "event",
    [
        step("create", CLAIM, "a", None, named("a")),
        step("create", "kubernetes:storage.k8s.io/v1:StorageClass", "a", None, named("a")),
        step(
            "update",
            SERVICE,
            "a",
            *({"metadata": {"name": "a", "labels": {"app.kubernetes.io/part-of": value}}} for value in "ab"),
        ),
        _generation("x-secret-crypt-key"),
    ],
)
def test_users_notice_nothing_of_a_change_that_is_known_to_be_harmless(event: dict[str, object]) -> None:
    assert notes_of(event, UNCHANGED) == [HARMLESS]


@pytest.mark.parametrize(
    ("event", "place"),
    [
        (step("create", AUTOSCALER, "a", None, named("a")), "create HorizontalPodAutoscaler a"),
        (step("delete", AUTOSCALER, "a", named("a"), None), "delete HorizontalPodAutoscaler a"),
        (step("replace", "gcp:compute/router:Router", "a", {"r": 1}, {"r": 2}), "replace Router a"),
        (
            step("update", "gcp:container/nodePool:NodePool", "a", {"v": 1, "w": 1}, {"v": 2, "w": 2}),
            "v and 1 more of NodePool a",
        ),
        (update(SERVICE, "a", {"spec": {"p": 1}}, {"spec": {"p": 2}}), "spec.p of Service a"),
        (update(SERVICE, "a", {}, {}), "Service a"),
        (
            step("update", "pulumi:providers:gcp", "google", {"region": "a"}, {"region": "b"}),
            "region of provider google",
        ),
        (
            step("replace", "kubernetes:core/v1:Secret", "a", auto_named("a"), auto_named("b", data=logs.SECRET)),
            "data of Secret a",
        ),
        (rolled({"b.c": "1"}, {"b.c": "2"}), "data[b.c] of ConfigMap tf-hub-config-files"),
        (
            hub_json({"idle_minutes": 1, "other": 1}, {"idle_minutes": 2, "other": 2}),
            "data[hub.json] other of ConfigMap tf-hub-config-files",
        ),
        (_generation("x-other"), "generation of Token x-other"),
        (
            update(
                DEPLOYMENT, "a", *({"spec": pod(resources={"limits": {"memory": size}})} for size in ("1Gi", "16Mi"))
            ),
            "spec.template.spec.containers[hub].resources.limits.memory of Deployment a",
        ),
    ],
)
def test_a_change_without_a_rule_is_noted_as_unknown(event: dict[str, object], place: str) -> None:
    texts = notes_of(event, UNCHANGED)
    assert texts[-1] == f"The effect on users is not known for: {place}."
    assert HARMLESS not in texts


def test_the_first_changes_of_unknown_effect_are_named_and_the_others_counted() -> None:
    (text,) = notes_of(*(step("delete", AUTOSCALER, f"n{n}", named(f"n{n}"), None) for n in range(7)))
    assert text.endswith("delete HorizontalPodAutoscaler n4 and 2 more.")


def test_a_new_stack_has_no_users_yet() -> None:
    created = step("create", CONFIG_MAP, "files", None, auto_named("a", data={"hub.json": "{}"}))
    assert notes_of(created) == ["Everything is new: nobody uses it yet."]


def test_any_value_is_quoted_as_it_is() -> None:
    note = Note(weight="notice", text="From {} to {}.", values=("{}", "%s"))
    assert note.render(lambda value: f"<{value}>") == "From <{}> to <%s>."


def test_the_heading_counts_other_content_of_a_config_map_as_a_change() -> None:
    found = preview(hub_json({"a": 1}, {"a": 2}), step("create", CLAIM, "x", None, named("x")), UNCHANGED)
    assert summary.heading(found) == "1 to create, 1 to change; 1 unchanged"


def test_a_change_of_placeholders_is_no_restart_of_the_proxy() -> None:
    old, new = ({"spec": {**pod(image=f"notebook:{tag}"), "replicas": tag}} for tag in (1, 2))
    (text,) = notes_of(update(DEPLOYMENT, "tf-hub-capacity-spare-large", old, new), UNCHANGED)
    assert text.startswith("The spare capacity or the pre-pulled images change.")


def test_the_end_of_placeholders_is_no_loss() -> None:
    name = "tf-hub-capacity-spare-large"
    (text,) = notes_of(step("delete", DEPLOYMENT, name, named(name), None), UNCHANGED)
    assert text.startswith("The spare capacity or the pre-pulled images change.")
