"""Code that gets access to Google Cloud: that of the repository's branches, and no other."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.workflow_scripts import run

NEEDED = "GCP_PREVIEW_ACCOUNT PULUMI_BACKEND_URL"
SET = {"GCP_PREVIEW_ACCOUNT": "preview@foo.iam.gserviceaccount.com", "PULUMI_BACKEND_URL": "gs://foo"}
PUSH: dict[str, Any] = {"repository": {"full_name": "octo/hub"}}


def _pull_request(repository: str | None, author: str = "ada") -> dict[str, Any]:
    head = {"repo": None if repository is None else {"full_name": repository}}
    return {**PUSH, "pull_request": {"head": head, "user": {"login": author}}}


def _chosen(
    folder: Path, event: dict[str, Any], variables: dict[str, str], stacks: str = '["gke"]'
) -> tuple[dict[str, str], str]:
    """Return the outputs, and the messages on the run's page."""
    checkout = folder / "checkout"
    (checkout / ".github").mkdir(parents=True)
    (checkout / ".github" / "stacks.json").write_text(stacks)
    given = {"NEEDED": NEEDED, "VARIABLES": json.dumps(variables)}
    done = run("choose.py", event=event, variables=given, cwd=checkout, folder=folder)
    outputs = folder / "outputs"
    assert done.stderr == ""
    assert (done.returncode == 0) is outputs.exists()
    lines = outputs.read_text().splitlines() if outputs.exists() else []
    return dict(line.split("=", 1) for line in lines), done.stdout


@pytest.mark.parametrize(
    ("event", "variables", "how", "because"),
    [
        (_pull_request("octo/hub"), SET, "live", ""),
        (_pull_request("mallory/hub"), SET, "offline", "fork"),
        (_pull_request("mallory/hub"), {}, "offline", "fork"),
        (_pull_request(None), SET, "offline", "fork"),
        (_pull_request("octo/hub", "dependabot[bot]"), SET, "offline", "dependencies"),
        (_pull_request("octo/hub", "github-actions[bot]"), SET, "offline", "dependencies"),
        (_pull_request("octo/hub"), {}, "offline", "variables"),
        (_pull_request("octo/hub"), {**SET, "PULUMI_BACKEND_URL": ""}, "offline", "variables"),
        (PUSH, SET, "live", ""),
        (PUSH, {}, "skip", "variables"),
    ],
)
def test_who_meets_google_cloud(
    tmp_path: Path, event: dict[str, Any], variables: dict[str, str], how: str, because: str
) -> None:
    outputs, told = _chosen(tmp_path, event, variables)
    assert outputs == {"stacks": '["gke"]', "how": how, "because": because}
    assert told.startswith("::notice title=No access to Google Cloud::") if because else told == ""


def test_a_repository_without_variables_is_told_which_and_where_the_guide_is(tmp_path: Path) -> None:
    _, told = _chosen(tmp_path, _pull_request("octo/hub"), {"PULUMI_BACKEND_URL": "gs://foo"})
    assert told == (
        "::notice title=No access to Google Cloud::Repository variables are missing: "
        "GCP_PREVIEW_ACCOUNT. See docs/pull-requests.md for how to set them\n"
    )


@pytest.mark.parametrize("stacks", ["[]", "{}", "[1]", '["gke\\nhow=live"]', '["../gke"]', "gke"])
def test_a_list_of_stacks_that_is_none_ends_the_workflow_and_chooses_nothing(tmp_path: Path, stacks: str) -> None:
    outputs, told = _chosen(tmp_path, PUSH, SET, stacks)
    assert outputs == {}
    assert told.startswith("::error::.github/stacks.json is not a list of stacks")
