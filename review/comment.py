"""The comment on a pull request: one for each stack, edited in place."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from review import difference, summary
from review.markdown import block, code, filled, folded
from review.model import Diagnostic, Preview, Resource

GITHUB_LIMIT: Final = 65_000
"""Longest comment, in characters: GitHub's own limit is 65536, and who posts it puts a sentence before it. Counted in
bytes here, which are never fewer."""
SUMMARY_LIMIT: Final = 1_000_000
"""Longest part of a job summary; GitHub's own limit is 1 MiB."""

_ROOM: Final = 500
"""Kept free for the sentence that says what was left out."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What a comment is about."""

    stack: str
    """As in `Pulumi.<stack>.yaml`."""
    run_url: str | None = None
    """Where the job is that wrote it, with its summary."""
    preamble: str = ""
    """What kind of preview it is, in Markdown, if it is not the ordinary one."""


def marker(stack: str) -> str:
    """Returns the line by which a stack's comment is found again."""
    name = "".join(letter if letter.isalnum() or letter in "-_./" else "_" for letter in stack)
    return f"<!-- jupyterhub-preview: {name} -->"


def of_preview(subject: Subject, preview: Preview, *, limit: int = GITHUB_LIMIT) -> str:
    """Returns the comment on a preview, good or bad."""
    if preview.failed and not preview.violations:
        return of_failure(subject, [message.text for message in preview.errors], limit=limit)
    # One that broke a policy has come to its end, and says what would change.
    head = [
        _heading(subject, "policy broken" if preview.failed else ""),
        *_policies(preview),
        *(block(message.text) for message in preview.errors),
        _changes(preview),
        *_warnings(preview.warnings),
    ]
    return _fitted(subject, head, _objects(preview), limit)


def of_drift(subject: Subject, preview: Preview, *, limit: int) -> str:
    """Returns what is to be said of a world that may not be as the stack's state says."""
    if preview.errors and not preview.resources:
        return of_failure(subject, [message.text for message in preview.errors], limit=limit)
    if not preview.resources:
        return _fitted(subject, [f"### Stack {code(subject.stack)} is as it was made"], [], limit)
    told = f"**Not as the stack made it: {len(preview.resources)}.** `pulumi up` would do this:"
    head = [f"### Stack {code(subject.stack)} has drifted", told]
    return _fitted(subject, head, _objects(preview), limit)


def of_failure(subject: Subject, messages: Sequence[str], *, limit: int = GITHUB_LIMIT) -> str:
    """Returns the comment on a preview that could not even start."""
    return _fitted(subject, [_heading(subject, "failed")], [block(message) for message in messages], limit)


def _heading(subject: Subject, outcome: str) -> str:
    told = f": {outcome}" if outcome else ""
    preamble = f"\n\n{subject.preamble}" if subject.preamble else ""
    return f"{marker(subject.stack)}\n### Preview of stack {code(subject.stack)}{told}{preamble}"


def _changes(preview: Preview) -> str:
    count = summary.heading(preview)
    if not preview.resources:
        return f"**Nothing changes**: {preview.unchanged} stay as they are."
    parts = [f"**{count}.**"]
    notes = summary.notes(preview)
    if dangers := [note for note in notes if note.weight == "danger"]:
        told = "\n".join(f"> - {filled(note.text, note.values)}" for note in dangers)
        parts.append(f"> [!CAUTION]\n{told}")
    others = [f"- {filled(note.text, note.values)}" for note in notes if note.weight != "danger"]
    parts.append("\n".join(others) if others else "No pod restarts, and people notice nothing of it.")
    return "\n\n".join(parts if others or not dangers else parts[:-1])


def _warnings(warnings: Sequence[Diagnostic]) -> list[str]:
    return (
        [folded(f"{len(warnings)} warnings", "\n\n".join(block(warning.text) for warning in warnings))]
        if warnings
        else []
    )


def _policies(preview: Preview) -> list[str]:
    if not preview.policy_packs:
        return []
    packs = ", ".join(code(pack) for pack in preview.policy_packs)
    if not preview.violations:
        return [f"Policies of {packs}: all kept."]
    told = [
        f"- {'**broken**' if found.mandatory else 'advice'}: {code(found.resource)}, policy {code(found.policy)}\n"
        + "\n".join(f"  {line}" for line in block(found.text).splitlines())
        for found in preview.violations
    ]
    return ["\n".join([f"Policies of {packs}:", "", *told])]


def _objects(preview: Preview) -> list[str]:
    ordered = sorted(preview.resources, key=lambda found: not summary.is_heavy(found))
    return [_object(found) for found in ordered]


def _object(found: Resource) -> str:
    told = difference.lines(found) or ["  nothing that can be told"]
    return folded(difference.title(found), block("\n".join(told), language="diff"))


def _fitted(subject: Subject, head: Sequence[str], parts: Sequence[str], limit: int) -> str:
    """The heading and as many of the parts as there is room for, each whole."""
    left = limit - _ROOM - len(head[0].encode())
    kept, missing = [head[0]], 0
    for part in [*head[1:], *parts]:
        size = len(part.encode()) + 2
        if size <= left:
            kept.append(part)
            left -= size
        else:
            missing += 1
    if missing:
        where = f"[job summary]({subject.run_url})" if subject.run_url else "job summary"
        told = "1 part is" if missing == 1 else f"{missing} parts are"
        kept.append(f"**{told} not shown**, as GitHub allows no longer text. All of it is in the {where}.")
    return "\n\n".join(kept) + "\n"
