"""The comparison of two revisions of a stack: both programs run in the real engine, with the recording provider."""

import subprocess
import tarfile
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

from tools.engine import Engine, find
from tools.errors import ToolError
from tools.review import engine, stack_file
from tools.review.engine import Outcome
from tools.review.log import events, resources
from tools.review.log.model import Diagnostic, Operation, Preview, Resource
from tools.review.log.resources import ResourceState
from tools.review.offline import recording_provider, replacements
from tools.review.offline.workspace import Workspace, prepare
from tools.review.stack_file import NoStackFileError


class RevisionError(Exception):
    """The revision does not exist; the text has the fix."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The result of a comparison."""

    preview: Preview
    base_problem: str = ""
    """Error of a base revision that cannot run; everything counts as new then."""


def compare(stack: str, base: str, checkout: Path, *, policy_pack: Path | None = None) -> Comparison:
    """Return the changes of a stack from a revision to the files of a checkout.

    Args:
        stack: The stack, as in `Pulumi.<stack>.yaml`.
        base: A git revision.
        checkout: The folder of the program, in a git repository.
        policy_pack: Folder of a policy pack to check the checkout's objects.

    Raises:
        RevisionError: There is no such revision.
        NoStackFileError: The checkout has no readable stack file.
        ToolError: No engine is installed, and none could be built.
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
            return replace(found, preview=stack_file.placed(found.preview, checkout / stack_file.name_of(stack)))


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
        RevisionError: There is no such revision.
    """
    # --end-of-options: a revision that begins with a dash is not an option. The hash is safe below.
    commit = _git(checkout, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit.returncode:
        message = (
            f"{revision} is not a revision of this repository. List them with: git log --oneline\n"
            "In a workflow, fetch the commit: actions/checkout with fetch-depth: 0."
        )
        raise RevisionError(message)
    archive = _git(checkout, "archive", "--format=tar", commit.stdout.decode().strip())
    archive.check_returncode()
    with tarfile.open(fileobj=BytesIO(archive.stdout)) as files:
        files.extractall(folder, filter="data")


def _git(checkout: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    command = ["git", "-C", str(checkout), *words]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)


def _run_base(pulumi: Engine, stack: str, folder: Path, port: int) -> Outcome | str:
    """Return the outcome of the base revision, or its error."""
    program = folder / "program"
    try:
        old = prepare(folder / "old", program, stack, engine=pulumi, port=port)
    except ToolError as error:
        return str(error)
    except NoStackFileError as error:
        return str(error) if (program / stack_file.name_of(stack)).exists() else "it has no stack file"
    outcome = _run(old, None)
    if outcome.failed:
        return "\n".join(message.text for message in outcome.preview.errors)
    return outcome


def _run(project: Workspace, policy_pack: Path | None) -> Outcome:
    def act(*words: str) -> Outcome:
        """Run one command of the engine."""
        return engine.outcome(lambda log: project.stack.run(*words, event_log=log))

    # `up`, because a preview does not know ids and the outputs made of them.
    made = act("up", "--yes", "--skip-preview")
    if policy_pack is not None and not made.failed:
        # Separately, because `up` ends at the first policy violation.
        judged = act("preview", "--policy-pack", str(policy_pack.resolve()))
        made.log.add_policy_results(judged.log)
        return replace(made, failed=judged.failed)
    return made


def _compared(before: Outcome | str, after: Outcome, new: Workspace) -> Comparison:
    found = after.preview
    notes = tuple(Diagnostic(severity="warning", text=note) for note in new.notes)
    problem = before if isinstance(before, str) else ""
    olds = {} if isinstance(before, str) else before.log.after
    news = after.log.after
    differing, unchanged = differences(olds, news)
    old_exports = {} if isinstance(before, str) or before.log.exports is None else before.log.exports[1]
    new_exports = {} if after.log.exports is None else after.log.exports[1]
    preview = replace(
        found,
        resources=differing,
        unchanged=unchanged,
        exports=() if found.failed else resources.export_changes(old_exports, new_exports, {}),
        diagnostics=(*found.diagnostics, *notes),
    )
    return Comparison(preview=preview, base_problem=problem)


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
