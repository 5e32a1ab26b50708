"""Only code of the repository's branches gets access to Google Cloud."""

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
    """Return the outputs and the annotations of the run."""
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
def test_only_branches_of_the_repository_access_google_cloud(
    tmp_path: Path, event: dict[str, Any], variables: dict[str, str], how: str, because: str
) -> None:
    outputs, message = _chosen(tmp_path, event, variables)
    assert outputs == {"stacks": '["gke"]', "how": how, "because": because}
    assert message.startswith("::notice title=No access to Google Cloud::") if because else message == ""


def test_missing_repository_variables_are_reported_with_the_guide(tmp_path: Path) -> None:
    _, message = _chosen(tmp_path, _pull_request("octo/hub"), {"PULUMI_BACKEND_URL": "gs://foo"})
    assert message == (
        "::notice title=No access to Google Cloud::Repository variables are missing: "
        "GCP_PREVIEW_ACCOUNT. See docs/pull-requests.md for how to set them\n"
    )


@pytest.mark.parametrize("stacks", ["[]", "{}", "[1]", '["gke\\nhow=live"]', '["../gke"]', "gke"])
def test_an_invalid_list_of_stacks_fails_the_workflow(tmp_path: Path, stacks: str) -> None:
    outputs, message = _chosen(tmp_path, PUSH, SET, stacks)
    assert outputs == {}
    assert message.startswith("::error::.github/stacks.json is not a list of stacks")
