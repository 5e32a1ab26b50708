import json

import pytest

from tests.unit.tools.review import logs
from tests.unit.tools.review.logs import (
    CLAIM,
    CONFIG_MAP,
    DEPLOYMENT,
    SERVICE,
    STATEFULSET,
    auto_named,
    named,
    pod,
    preview,
    step,
)
from tools.review.explain import rules, summary
from tools.review.log.model import Preview


def _told(found: Preview) -> list[str]:
    return [note.render(str) for note in summary.notes(found)]


def _file(old: object, new: object) -> dict[str, object]:
    before, after = (auto_named(name, data={"hub.json": json.dumps(text)}) for name, text in (("a", old), ("b", new)))
    return step("replace", CONFIG_MAP, "tf-hub-config-files", before, after)


def _workload(type_: str, old: object, new: object) -> dict[str, object]:
    """Another Secret that its pod reads."""
    specs = [pod(envFrom=[{"name": "e", "secretRef": {"name": value}}]) for value in (old, new)]
    return step("update", type_, "x", named("x", spec=specs[0]), named("x", spec=specs[1]))


def test_a_new_pod_of_the_hub_is_a_restart_and_notebooks_run_on() -> None:
    assert _told(preview(_workload(STATEFULSET, 1, 2))) == [
        "The hub restarts: its pages are unavailable for about 8 seconds. Running notebooks continue."
    ]


def test_a_change_beside_the_pod_restarts_nothing() -> None:
    found = preview(
        step("update", STATEFULSET, "x", named("x", spec={"replicas": 0}), named("x", spec={"replicas": 1}))
    )
    assert _told(found) == ["The effect on users is not known for: spec.replicas of StatefulSet x."]


def test_a_new_pod_of_the_proxy_cuts_nobody_off() -> None:
    (text,) = _told(preview(_workload(DEPLOYMENT, 1, 2)))
    assert text.endswith("open notebooks stay connected.")


def test_that_nobody_is_cut_off_is_not_said_if_the_way_of_rolling_changes() -> None:
    old, new = (named("p", spec={"strategy": {"type": kind}, **pod(image=kind)}) for kind in ("Recreate", "Rolling"))
    assert _told(preview(step("update", DEPLOYMENT, "p", old, new)))[0] == (
        "The way the proxy rolls over changes: open notebooks may be disconnected."
    )


def test_another_context_is_loud() -> None:
    found = preview(step("update", "pulumi:providers:kubernetes", "cluster", {"context": "a"}, {"context": "b"}))
    (note,) = summary.notes(found)
    assert note.weight == "danger"
    assert note.render(str).startswith("The objects move to the cluster of another kubeconfig context: a → b.")


def test_a_new_token_of_the_proxy_cuts_notebooks_off_and_says_nothing_else() -> None:
    env = [{"env": [{"name": "T", "valueFrom": {"secretKeyRef": {"name": name}}}]} for name in ("a", "b")]
    found = preview(
        step("update", DEPLOYMENT, "p", named("p", spec=pod(**env[0])), named("p", spec=pod(**env[1]))),
        _workload(STATEFULSET, 1, 2),
    )
    assert _told(found) == [
        "Hub and proxy restart with a new token: open notebooks are disconnected for a few seconds, then continue."
    ]


@pytest.mark.parametrize(
    ("type_", "operation", "told"),
    [
        (
            CLAIM,
            "replace",
            "PersistentVolumeClaim x is replaced: the data on the volume is lost, unless the volume is retained.",
        ),
        (
            CLAIM,
            "delete",
            "PersistentVolumeClaim x is deleted: the data on the volume is lost, unless the volume is retained.",
        ),
        ("gcp:container/cluster:Cluster", "replace", "Cluster x is replaced: hub and notebooks are deleted"),
        ("gcp:compute/globalAddress:GlobalAddress", "replace", "GlobalAddress x is replaced: the hub gets another IP"),
        (
            "gcp:sql/databaseInstance:DatabaseInstance",
            "delete",
            "DatabaseInstance x is deleted: the hub loses its users",
        ),
        ("kubernetes:core/v1:Namespace", "delete", "Namespace x is deleted: everything in it is deleted"),
        (STATEFULSET, "replace", "StatefulSet x is replaced: the hub is down"),
    ],
)
def test_what_may_be_lost_is_told_first_and_loudly(type_: str, operation: str, told: str) -> None:
    new = None if operation == "delete" else named("x")
    found = summary.notes(preview(_workload(STATEFULSET, 1, 2), step(operation, type_, "x", named("x"), new)))
    assert found[0].weight == "danger"
    assert found[0].render(str).startswith(told)


def test_beside_a_lost_cluster_nothing_is_said_to_go_on() -> None:
    cluster = "gcp:container/cluster:Cluster"
    network = "gcp:compute/network:Network"
    found = preview(
        step("replace", network, "net", {"name": "net"}, {"name": "net"}),
        step("replace", cluster, "gke", {"name": "gke"}, {"name": "gke"}),
        _workload(STATEFULSET, 1, 2),
    )
    assert [text.split()[0] for text in _told(found)] == ["Cluster", "Network"]


def test_what_is_protected_is_told_to_be_refused() -> None:
    event = step("replace", CLAIM, "db", named("db"), named("db"))
    event["resourcePreEvent"]["metadata"]["old"]["protect"] = True
    (text,) = _told(preview(event))
    assert text.endswith("unless the volume is retained. Pulumi refuses, because it is protected.")


def test_of_the_service_accounts_only_the_owner_of_notebooks_is_loud() -> None:
    account = "kubernetes:core/v1:ServiceAccount"
    found = preview(step("delete", account, "a", named("tf-hub")), step("delete", account, "b", named("notebooks")))
    assert _told(found) == [
        "ServiceAccount notebooks is deleted: the running notebooks that it owns are deleted.",
        "The effect on users is not known for: delete ServiceAccount tf-hub.",
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            {"sign_in": {"type": "github"}},
            {"sign_in": {"type": "native"}},
            "The sign-in type changes: github → native.",
        ),
        (
            {"sign_in": {"admin_users": ["ada"]}},
            {"sign_in": {"admin_users": []}},
            "The users who may sign in, or the admins, change.",
        ),
        ({"image": "a:1"}, {"image": "a:2"}, "The spawn form preselects the image a:2 (before: a:1)."),
        ({"images": []}, {"images": ["b"]}, "The images that users can choose change."),
        ({"memory": {"most": 1.0}}, {"memory": {"most": 2.0}}, "The sizes that users can choose change."),
        (
            {"home_size": "1Gi"},
            {"home_size": "2Gi"},
            "Homes have 2Gi (before: 1Gi); smaller ones are expanded at the next start, none shrinks.",
        ),
        (
            {"idle_minutes": 60},
            {"idle_minutes": 0},
            "Idle servers are stopped after 0 minutes (before: 60; 0 = never).",
        ),
        ({"keep_homes": True}, {"keep_homes": False}, "Keeping the homes of deleted users changes: true → false."),
        (
            {"dedicated_nodes": True},
            {"dedicated_nodes": False},
            "The effect on users is not known for: data[hub.json] dedicated_nodes of ConfigMap tf-hub-config-files.",
        ),
    ],
)
def test_what_people_notice_of_the_hubs_settings_is_told(old: object, new: object, told: str) -> None:
    assert _told(preview(_file(old, new))) == [told]


def test_changed_code_and_the_operators_python_are_told_apart() -> None:
    old = auto_named("a", data={"a.py": "1\n", "b.html": "1\n", "extra_config.py": "1\n"})
    new = auto_named("b", data={"a.py": "2\n", "b.html": "2\n", "extra_config.py": "2\n"})
    assert _told(preview(step("replace", CONFIG_MAP, "files", old, new))) == [
        "The Python code in hub.extraConfig changes.",
        "The hub's code changes, in 2 files: see the diff for the effect on users.",
    ]


def test_a_new_stack_is_noticed_by_nobody_yet() -> None:
    found = preview(step("create", CONFIG_MAP, "files", None, auto_named("a", data={"hub.json": "{}"})))
    assert _told(found) == ["Everything is new: nobody uses it yet."]


_NOBODY = "No pod restarts, and users notice nothing."
_UNCHANGED = step("same", SERVICE, "other", {}, {})
LABELS = ({"app.kubernetes.io/part-of": "a"}, {"app.kubernetes.io/part-of": "b"})


@pytest.mark.parametrize(
    "harmless",
    [
        step("create", CLAIM, "a", None, named("a")),
        step("create", "kubernetes:storage.k8s.io/v1:StorageClass", "a", None, named("a")),
        step("update", SERVICE, "a", *({"metadata": {"name": "a", "labels": label}} for label in LABELS)),
        step("update", logs.TOKEN, "x-secret-crypt-key", {"generation": 1}, {"generation": 2}),
    ],
)
def test_that_nobody_notices_is_said_of_what_is_known_to_be_harmless(harmless: dict[str, object]) -> None:
    assert _told(preview(harmless, _UNCHANGED)) == [_NOBODY]


NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"


@pytest.mark.parametrize(
    ("event", "what"),
    [
        (step("create", NETWORK_POLICY, "a", None, named("a")), "create NetworkPolicy a"),
        (step("delete", NETWORK_POLICY, "a", named("a"), None), "delete NetworkPolicy a"),
        (step("replace", "gcp:compute/router:Router", "a", {"r": 1}, {"r": 2}), "replace Router a"),
        (
            step("update", "gcp:container/nodePool:NodePool", "a", {"v": 1, "w": 1}, {"v": 2, "w": 2}),
            "v and 1 more of NodePool a",
        ),
        (step("update", SERVICE, "a", named("a", spec={"p": 1}), named("a", spec={"p": 2})), "spec.p of Service a"),
        (step("update", SERVICE, "a", named("a"), named("a")), "Service a"),
        (
            step("update", "pulumi:providers:gcp", "google", {"region": "a"}, {"region": "b"}),
            "region of provider google",
        ),
        (
            step("replace", "kubernetes:core/v1:Secret", "a", auto_named("a"), auto_named("b", data=logs.SECRET)),
            "data of Secret a",
        ),
        (
            step("replace", CONFIG_MAP, "a", auto_named("x", data={"b.c": "1"}), auto_named("y", data={"b.c": "2"})),
            "data[b.c] of ConfigMap a",
        ),
        (
            _file({"idle_minutes": 1, "unheard_of": 1}, {"idle_minutes": 2, "unheard_of": 2}),
            "data[hub.json] unheard_of",
        ),
        (step("update", logs.TOKEN, "x-other", {"generation": 1}, {"generation": 2}), "generation of Token x-other"),
        (
            step(
                "update",
                DEPLOYMENT,
                "a",
                named("a", spec=pod(resources={"limits": {"memory": "1Gi"}})),
                named("a", spec=pod(resources={"limits": {"memory": "16Mi"}})),
            ),
            "containers[hub].resources.limits.memory",
        ),
    ],
)
def test_of_what_is_not_known_it_is_said_that_it_is_not(event: dict[str, object], what: str) -> None:
    told = _told(preview(event, _UNCHANGED))
    assert told[-1].startswith("The effect on users is not known for: ")
    assert what in told[-1]
    assert _NOBODY not in told


def test_more_memory_for_a_container_is_a_restart_and_no_more() -> None:
    specs = [named("a", spec=pod(resources={"limits": {"memory": size}})) for size in ("512Mi", "1Gi")]
    assert _told(preview(step("update", STATEFULSET, "a", specs[0], specs[1]))) == [
        "The hub restarts: its pages are unavailable for about 8 seconds. Running notebooks continue."
    ]


def test_of_many_things_that_are_not_known_the_first_are_named() -> None:
    found = preview(*(step("delete", NETWORK_POLICY, f"n{n}", named(f"n{n}"), None) for n in range(7)))
    (text,) = _told(found)
    assert "delete NetworkPolicy n4 and 2 more." in text


def test_a_volume_that_would_shrink_is_loud_and_does_not_grow() -> None:
    old, new = (named("db", spec={"resources": {"requests": {"storage": size}}}) for size in ("2Gi", "1Gi"))
    (note,) = summary.notes(preview(step("update", CLAIM, "db", old, new)))
    assert note.weight == "danger"
    assert note.render(str) == "The volume db would shrink: 2Gi → 1Gi. Kubernetes rejects that, so `pulumi up` fails."


def test_what_outlives_its_deletion_is_told_to_stay() -> None:
    (note,) = summary.notes(preview(step("delete", CLAIM, "db", named("db"), None, retainOnDelete=True)))
    assert (note.weight, note.render(str)) == (
        "notice",
        "PersistentVolumeClaim db stays, but is no longer part of the stack.",
    )


def test_what_goes_is_named_and_not_what_comes_and_one_that_is_kept_is_not_lost() -> None:
    namespace = "kubernetes:core/v1:Namespace"
    found = preview(
        step("replace", namespace, "a", named("old"), named("new")),
        step("replace", namespace, "b", named("old-b"), named("new-b"), retainOnDelete=True),
    )
    assert _told(found) == [
        "Namespace old is replaced: everything in it is deleted, volumes included.",
        "Namespace old-b is replaced: the old one stays, but is no longer part of the stack.",
    ]


def test_a_service_of_google_is_not_one_of_kubernetes() -> None:
    found = preview(step("delete", "gcp:projects/service:Service", "dns", {"service": "dns"}, None))
    assert _told(found) == ["The effect on users is not known for: delete Service dns."]


def test_another_address_is_told_with_what_has_to_follow() -> None:
    old, new = (named("lb", spec={"loadBalancerIP": address}) for address in ("192.0.2.1", "192.0.2.2"))
    assert _told(preview(step("update", SERVICE, "lb", old, new))) == [
        "Service lb gets another IP address: 192.0.2.1 → 192.0.2.2. Update DNS."
    ]


def test_values_are_quoted_whatever_is_in_them() -> None:
    note = rules.Note(weight="notice", text="From {} to {}.", values=("{}", "%s"))
    assert note.render(lambda value: f"<{value}>") == "From <{}> to <%s>."


def test_a_new_cookie_secret_means_to_sign_in_anew() -> None:
    token = step(
        "update", "pulumi-python:dynamic/jupyterhub:Token", "x-secret-cookie", {"generation": 1}, {"generation": 2}
    )
    assert _told(preview(token)) == ["All users have to sign in again."]


def test_another_url_is_told_with_the_callback() -> None:
    found = preview(
        logs.exports(
            {"hub_url": "http://a", "oauth_callback_url": "http://a/cb"},
            {"hub_url": "http://b", "oauth_callback_url": "http://b/cb"},
        )
    )
    assert _told(found) == [
        "The hub's URL changes: http://a → http://b.",
        "Register the callback URL http://b/cb in the OAuth app, if there is one.",
    ]


def test_a_growing_volume_a_quota_and_source_ranges_are_told() -> None:
    def claim(size: str) -> dict[str, object]:
        return named("db", spec={"resources": {"requests": {"storage": size}}})

    def service(ranges: list[str]) -> dict[str, object]:
        return named("lb", spec={"loadBalancerSourceRanges": ranges})

    found = preview(
        step("update", CLAIM, "db", claim("1Gi"), claim("2Gi")),
        step("create", "kubernetes:core/v1:ResourceQuota", "q", None, named("q")),
        step("update", SERVICE, "lb", service(["10.0.0.0/8"]), service(["192.0.2.0/24"])),
    )
    assert _told(found) == [
        "The IP ranges that can reach the hub change.",
        "The volume db is expanded: 1Gi → 2Gi. It cannot shrink again.",
        "The resource quota of all notebooks changes.",
    ]


def test_the_heading_counts_a_new_content_of_a_config_map_as_a_change() -> None:
    found = preview(
        _file({"a": 1}, {"a": 2}), step("create", CLAIM, "x", None, named("x")), step("same", SERVICE, "s", {}, {})
    )
    assert summary.heading(found) == "1 to create, 1 to change; 1 unchanged"
