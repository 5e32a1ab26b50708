"""The comparison of two revisions of a stack: both programs run in the real engine, with the recording provider."""

import json
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from tools.engine import Engine, Stack, find
from tools.errors import ToolError
from tools.review import engine, stack_file
from tools.review.log import events, resources
from tools.review.log.model import Diagnostic, Operation, Preview, Properties, Resource, ResourceState
from tools.review.offline import recording_provider, replacements
from tools.review.offline.workspace import prepare


def compare(
    stack: str, base: str, checkout: Path, *, policy_pack: Path | None = None, same_file: bool = False
) -> Preview:
    """Return the changes of a stack from a revision to the files of a checkout.

    Args:
        stack: The stack, as in `Pulumi.<stack>.yaml`.
        base: A git revision.
        checkout: The folder of the program, in a git repository.
        policy_pack: Folder of a policy pack to check the checkout's objects.
        same_file: Whether a revision without the stack file gets that of the checkout: the changes are then those of
            the program alone, as of an upgrade. Otherwise the stack is new.

    Raises:
        ToolError: There is no such revision, the checkout has no readable stack file, or no engine could be built.
    """
    stack = stack.rpartition("/")[2]  # a state in a folder has no organizations
    with tempfile.TemporaryDirectory(prefix="review-") as scratch, recording_provider.serving() as port:
        pulumi = _offline(find(with_provider=False), port)
        folder = Path(scratch)
        for name in ("old", "new", "program"):
            (folder / name).mkdir()
        extract(base, checkout, folder / "program")
        file = stack_file.name_of(stack)
        notes: list[str] = []
        if same_file and not (folder / "program" / file).exists():
            shutil.copy(stack_file.find(checkout, stack), folder / "program")
            notes.append(f"{base} has no {file}: both programs read that of here.")
        new, missing = prepare(folder / "new", checkout, stack, engine=pulumi, port=port)
        with ThreadPoolExecutor() as both:
            after = both.submit(_deployed, new, policy_pack)
            before = both.submit(_base, pulumi, stack, folder, port)
            notes += (f"{key} is not set in this stack file; a placeholder is used here." for key in missing)
            found = _compared(before.result(), after.result(), notes)
            return stack_file.placed(found, checkout / file)


def _offline(found: Engine, port: int) -> Engine:
    """Return the CLI with the recording provider in place of all others."""
    providers = ",".join(f"{name}:{port}" for name in recording_provider.PROVIDERS)
    return replace(
        found,
        environment={
            **found.environment,
            "PULUMI_DEBUG_PROVIDERS": providers,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        },
    )


def extract(revision: str, checkout: Path, folder: Path) -> None:
    """Extract the files of a revision into a folder.

    Raises:
        ToolError: There is no such revision.
    """
    # --end-of-options: a revision that begins with a dash is not an option. The hash is safe below.
    commit = _git(checkout, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit.returncode:
        message = (
            f"{revision} is not a revision of this repository. List them with: git log --oneline\n"
            "In a workflow, fetch the commit: actions/checkout with fetch-depth: 0."
        )
        raise ToolError(message)
    archive = _git(checkout, "archive", "--format=tar", commit.stdout.decode().strip())
    archive.check_returncode()
    with tarfile.open(fileobj=BytesIO(archive.stdout)) as files:
        files.extractall(folder, filter="data")


def _git(checkout: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    command = ["git", "-C", str(checkout), *words]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)


class _Deployed(NamedTuple):
    """A revision after `up`."""

    preview: Preview
    """Its messages, with the results of policies."""
    states: dict[str, ResourceState]
    """The resources by URN, with their secrets."""


def _base(pulumi: Engine, stack: str, folder: Path, port: int) -> _Deployed | str:
    """Return the base revision after `up`, or its error."""
    program = folder / "program"
    if not (program / stack_file.name_of(stack)).exists():
        return "it has no stack file"
    try:
        old, _ = prepare(folder / "old", program, stack, engine=pulumi, port=port)
        found = _deployed(old, None)
    except ToolError as error:
        return str(error)
    return "\n".join(message.text for message in found.preview.errors) if found.preview.failed else found


def _deployed(stack: Stack, policy_pack: Path | None) -> _Deployed:
    # `up`, because a preview does not know ids and the outputs made of them.
    found = engine.preview(stack.run, "up", "--yes", "--skip-preview")
    if found.failed:
        return _Deployed(found, {})
    # The event log masks secrets, so that a changed one would not be noticed. These are placeholders.
    file = stack.folder / "state.json"
    stack.run("stack", "export", "--show-secrets", "--file", str(file)).check_returncode()
    states = map(resources.read, json.loads(file.read_text())["deployment"]["resources"])
    if policy_pack is not None:
        # Separately, because `up` ends at the first policy violation.
        found = engine.preview(stack.run, "preview", "--policy-pack", str(policy_pack.resolve()))
    return _Deployed(found, {state.urn: state for state in states})


def _compared(before: _Deployed | str, after: _Deployed, notes: Sequence[str]) -> Preview:
    found = after.preview
    olds = {} if isinstance(before, str) else before.states
    differing, unchanged = differences(olds, after.states)
    return replace(
        found,
        resources=differing,
        unchanged=unchanged,
        exports=() if found.failed else resources.export_changes(_exports(olds), _exports(after.states), {}),
        diagnostics=(*found.diagnostics, *(Diagnostic(severity="warning", text=note) for note in notes)),
        base_problem=before if isinstance(before, str) else "",
    )


def _exports(states: Mapping[str, ResourceState]) -> Properties:
    stacks = [state.outputs for state in states.values() if state.type == "pulumi:pulumi:Stack"]
    return stacks[0] if stacks else {}


def differences(olds: dict[str, ResourceState], news: dict[str, ResourceState]) -> tuple[tuple[Resource, ...], int]:
    """Return the changes between two sets of resources by URN, and the number of unchanged ones."""
    names = resources.auto_names(olds.values(), news.values())
    found = [
        events.resource(_operation(olds.get(urn), news.get(urn), names), olds.get(urn), news.get(urn), names)
        for urn in {**olds, **news}
    ]
    shown = [resource for resource in found if events.is_shown(resource)]
    changed = [resource for resource in shown if resource.operation != "update" or resource.changes]
    return tuple(sorted(changed, key=lambda one: (one.type, one.name))), len(shown) - len(changed)


def _operation(old: ResourceState | None, new: ResourceState | None, names: dict[str, str]) -> Operation:
    if old is None or new is None:
        return "create" if old is None else "delete"
    if old.is_auto_named and new.is_auto_named and old.type.startswith("kubernetes:"):
        return "update" if old.given_name == new.given_name else "replace"
    changes = resources.changes(old.inputs, new.inputs, names)
    return "replace" if replacements.replaces(new.type, changes) else "update"
