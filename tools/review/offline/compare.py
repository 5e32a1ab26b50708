"""The comparison of two revisions of a stack: both programs run in the real engine, with the recording provider."""

import subprocess
import tarfile
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from tools.engine import Engine, find
from tools.errors import ToolError
from tools.review import engine, stack_file
from tools.review.log import events, resources
from tools.review.log.events import Log
from tools.review.log.model import Diagnostic, Operation, Preview, Resource
from tools.review.log.resources import ResourceState
from tools.review.offline import recording_provider, replacements
from tools.review.offline.workspace import Workspace, prepare


def compare(stack: str, base: str, checkout: Path, *, policy_pack: Path | None = None) -> Preview:
    """Return the changes of a stack from a revision to the files of a checkout.

    Args:
        stack: The stack, as in `Pulumi.<stack>.yaml`.
        base: A git revision.
        checkout: The folder of the program, in a git repository.
        policy_pack: Folder of a policy pack to check the checkout's objects.

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
        new = prepare(folder / "new", checkout, stack, engine=pulumi, port=port)
        with ThreadPoolExecutor() as both:
            after = both.submit(_run, new, policy_pack)
            before = both.submit(_run_base, pulumi, stack, folder, port)
            found = _compared(before.result(), after.result(), new)
            return stack_file.placed(found, checkout / stack_file.name_of(stack))


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
            "PYTHONDONTWRITEBYTECODE": "1",
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


def _run_base(pulumi: Engine, stack: str, folder: Path, port: int) -> Log | str:
    """Return the event log of the base revision, or its error."""
    program = folder / "program"
    if not (program / stack_file.name_of(stack)).exists():
        return "it has no stack file"
    try:
        log = _run(prepare(folder / "old", program, stack, engine=pulumi, port=port), None)
    except ToolError as error:
        return str(error)
    return "\n".join(message.text for message in events.preview(log).errors) if log.failed else log


def _run(project: Workspace, policy_pack: Path | None) -> Log:
    # `up`, because a preview does not know ids and the outputs made of them.
    log = engine.log_of(project.stack.run, "up", "--yes", "--skip-preview")
    if policy_pack is not None and not log.failed:
        # Separately, because `up` ends at the first policy violation.
        log.add_policy_results(engine.log_of(project.stack.run, "preview", "--policy-pack", str(policy_pack.resolve())))
    return log


def _compared(before: Log | str, after: Log, new: Workspace) -> Preview:
    found = events.preview(after)
    notes = tuple(Diagnostic(severity="warning", text=note) for note in new.notes)
    base = Log() if isinstance(before, str) else before
    differing, unchanged = differences(base.after, after.after)
    return replace(
        found,
        resources=differing,
        unchanged=unchanged,
        exports=() if found.failed else resources.export_changes(base.exports[1], after.exports[1], {}),
        diagnostics=(*found.diagnostics, *notes),
        base_problem=before if isinstance(before, str) else "",
    )


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
