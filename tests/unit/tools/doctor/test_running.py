"""`make doctor`: the health, the versions and the configuration of a hub that runs."""

import json
from dataclasses import replace

import pytest

from tests.unit.tools.doctor.recorded import healthy, named, only, parsed, titles
from tools.doctor.facts import Workload
from tools.local.images import UNBUILT


@pytest.mark.parametrize(
    ("problem", "fix"),
    [
        ("The database is full: database or disk is full.", "Enlarge hub.storage"),
        ("The database is locked by another program: x.", "End the program"),
        ("The database does not answer: certificate verify failed.", "The CA of Cloud SQL has changed"),
        ("The database does not answer: timeout expired.", "Look at the server"),
        ("The proxy does not answer: refused.", "docs/network.md"),
        ("Kubernetes does not answer: 403.", "pulumi up --refresh"),
    ],
)
def test_each_problem_of_the_hub_has_a_fix(problem: str, fix: str) -> None:
    text = only(healthy(log=("[I 2026] Health: good", f"[E 2026] Health: {problem}")))
    assert text.startswith(f"error\nThe hub runs, but does not work\n{problem}")
    assert fix in text


def test_a_problem_that_is_over_is_no_finding() -> None:
    assert titles(healthy(log=("[E 2026] Health: The database is full: x.", "[I 2026] Health: good"))) == []


def test_without_the_log_the_health_comes_from_the_site() -> None:
    facts = healthy(log=())
    assert facts.site
    site = replace(facts.site, status=503, text="The database is full: disk.\n")
    assert "The database is full: disk." in only(replace(facts, site=site))


def test_a_pod_of_the_last_revision_is_told() -> None:
    newest = {"metadata": named("tf-hub"), "spec": {"replicas": 1}, "status": {"updateRevision": "tf-hub-3"}}
    text = only(healthy(stateful_sets=parsed(Workload, newest)))
    assert "is still of the revision before" in text
    assert "kubectl -n jupyterhub delete pod tf-hub-0" in text


@pytest.mark.parametrize(("version", "severity"), [("5.4.0", "error"), ("6.0.0", "warning")])
def test_an_image_of_another_version_of_jupyterhub_is_told(version: str, severity: str) -> None:
    facts = healthy()
    assert facts.site
    text = only(replace(facts, site=replace(facts.site, version=version)))
    assert text.startswith(f"{severity}\nThe hub's image has JupyterHub {version}")


def test_a_notebook_image_of_another_version_is_told_once() -> None:
    line = "[W 2026] jupyterhub version 6.1.1 != jupyterhub-singleuser version 4.1.6. This could cause failure"
    text = only(healthy(log=(line, line, "Health: good")))
    assert text.startswith("warning\nNotebook servers run with JupyterHub 4.1.6")


def test_a_stack_file_that_was_not_deployed_is_told_by_key() -> None:
    facts = healthy()
    loaded = json.loads(facts.hub_files["hub.json"])
    files = {**facts.hub_files, "hub.json": json.dumps({**loaded, "idle_minutes": 7}), "pod_guard.py": "old"}
    text = only(replace(facts, hub_files=files))
    assert text.startswith("warning\nThe hub does not run what the stack file and this checkout say")
    assert "code of the hub: pod_guard.py\nhub.json: idle_minutes\n" in text


def test_an_image_that_was_not_deployed_is_told_by_key() -> None:
    text = only(replace(healthy(), settings=healthy({"hub.image": "registry.example/foo/hub:2"}).settings))
    assert "hub.image: pod tf-hub-0 has registry.example/foo/hub:1, the stack file registry.example/foo/hub:2" in text


def test_what_only_the_cluster_knows_is_no_difference() -> None:
    facts = healthy()
    loaded = json.loads(facts.hub_files["hub.json"])
    loaded |= {"owner_uid": "another", "home_storage_class": "made-by-the-stack"}
    loaded["sign_in"]["callback_url"] = None
    files = {**facts.hub_files, "hub.json": json.dumps(loaded), "database-ca.pem": "PEM"}
    assert titles(replace(facts, hub_files=files)) == []


def test_images_that_make_up_builds_are_no_difference() -> None:
    assert titles(replace(healthy(), settings=healthy(UNBUILT).settings)) == []
