"""The comment on a pull request: one for each stack, edited in place."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import shorten
from typing import Final, NamedTuple

from tools.review.explain import summary
from tools.review.log.model import Diagnostic, Preview, Resource
from tools.review.show import difference
from tools.review.show.markdown import block, code, folded

GITHUB_LIMIT: Final = 65_000
"""Longest comment, in characters: GitHub's own limit is 65536, and who posts it puts a sentence before it. Counted in
bytes here, which are never fewer, with those that make an @ no mention."""
SUMMARY_LIMIT: Final = 1_000_000
"""Longest part of a job summary; GitHub's own limit is 1 MiB."""

_ROOM: Final = 2_000
"""Kept free for the sentence that says what was left out."""
_NAMED: Final = 10
"""So many of the parts that were left out are named."""
_LONGEST_NAME: Final = 120
"""Characters of such a name."""
_CONFLICT: Final = "Server-Side Apply field conflict"
"""What the Kubernetes provider says of a field that is the stack's, and that somebody else has changed."""
_TAKEN_BACK: Final = (
    "Somebody else has changed what is the stack's. To take it back: `PULUMI_K8S_ENABLE_PATCH_FORCE=true pulumi up`."
)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What a comment is about."""

    stack: str
    """As in `Pulumi.<stack>.yaml`."""
    run_url: str | None = None
    """Where the job is that wrote it, with its summary."""
    preamble: str = ""
    """What kind of preview it is, in Markdown, if it is not the ordinary one."""


class _Part(NamedTuple):
    """A part of a comment, which is shown as a whole or not at all."""

    text: str
    """In Markdown."""
    title: str = "a message"
    """By which it is named where it is not shown; foreign text."""


def marker(stack: str) -> str:
    """Returns the line by which a stack's comment is found again."""
    name = "".join(letter if letter.isalnum() or letter in "-_./" else "_" for letter in stack)
    return f"<!-- jupyterhub-preview: {name} -->"


def render_preview(subject: Subject, preview: Preview, *, limit: int = GITHUB_LIMIT) -> str:
    """Returns the comment on a preview, good or bad."""
    if preview.failed and not preview.violations:
        return render_failure(subject, [message.text for message in preview.errors], limit=limit)
    # One that broke a policy has come to its end, and says what would change.
    head = [
        _heading(subject, "policy broken" if preview.failed else ""),
        *_policies(preview),
        *(block(message.text) for message in preview.errors),
        *_changes(preview),
        *_warnings(preview.warnings),
    ]
    return _fitted(head, _objects(preview), _elsewhere(subject, limit), limit)


def render_drift(subject: Subject, preview: Preview, *, limit: int) -> str:
    """Returns what is to be said of a world that may not be as the stack's state says."""
    errors = [message.text for message in preview.errors]
    if not differs(preview):
        if preview.failed:
            return render_failure(subject, errors, limit=limit)
        return _fitted([f"### Stack {code(subject.stack)} is as it was made"], [], "", limit)
    head = [f"### Stack {code(subject.stack)} has drifted"]
    if preview.failed:
        head += ["**Pulumi ended with an error**, as `pulumi up` would, so there may be more than this:"]
        head += [block(text) for text in errors]
        if any(_CONFLICT in text for text in errors):
            head.append(_TAKEN_BACK)
    if preview.resources:
        would = "To take it back would do this:" if preview.failed else "`pulumi up` would do this:"
        head += [
            f"**Not as the stack made it: {len(preview.resources)}.** {would}",
            *_notes(preview),
        ]
    elif preview.exports:
        head.append("**Only exports are others.** `pulumi up` would write these:")
    parts = _objects(preview)
    if preview.manual_changes:
        names = ", ".join(f"{code(found.kind)} {code(found.name)}" for found in preview.manual_changes[:_NAMED])
        more = len(preview.manual_changes) - _NAMED
        told = f"{names} and {more} more" if more > 0 else names
        head.append(f"**Labels or annotations that the stack knows nothing of**, and `pulumi up` leaves alone: {told}.")
        parts += [
            _folded(f"by hand: {found.kind} {found.name}", difference.lines(found)) for found in preview.manual_changes
        ]
    return _fitted(head, parts, _elsewhere(subject, limit), limit)


def differs(preview: Preview) -> bool:
    """Whether the world is another than the stack's state says."""
    return bool(preview.resources or preview.exports or preview.manual_changes)


def render_failure(subject: Subject, messages: Sequence[str], *, limit: int = GITHUB_LIMIT) -> str:
    """Returns the comment on a preview that could not even start."""
    parts = [_Part(block(message)) for message in messages]
    return _fitted([_heading(subject, "failed")], parts, _elsewhere(subject, limit), limit)


def _heading(subject: Subject, outcome: str) -> str:
    told = f": {outcome}" if outcome else ""
    preamble = f"\n\n{subject.preamble}" if subject.preamble else ""
    return f"{marker(subject.stack)}\n### Preview of stack {code(subject.stack)}{told}{preamble}"


def _changes(preview: Preview) -> list[str]:
    if preview.resources:
        return [f"**{summary.heading(preview)}.**", *_notes(preview)]
    if preview.exports:
        return [f"**No object changes**: {preview.unchanged} stay as they are. Exports do.", *_notes(preview)]
    return [f"**Nothing changes**: {preview.unchanged} stay as they are."]


def _notes(preview: Preview) -> list[str]:
    notes = summary.notes(preview)
    dangers = "\n".join(f"> - {note.told(code)}" for note in notes if note.weight == "danger")
    others = "\n".join(f"- {note.told(code)}" for note in notes if note.weight != "danger")
    return [*([f"> [!CAUTION]\n{dangers}"] if dangers else []), *([others] if others else [])]


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


def _objects(preview: Preview) -> list[_Part]:
    ordered = sorted(preview.resources, key=lambda found: not summary.is_heavy(found))
    exports = [_folded("exports", difference.export_lines(preview.exports))] if preview.exports else []
    return [*(_object(found) for found in ordered), *exports]


def _object(found: Resource) -> _Part:
    return _folded(difference.title(found), difference.lines(found) or ["  nothing that can be told"])


def _folded(title: str, lines: Sequence[str]) -> _Part:
    return _Part(folded(title, block("\n".join(lines), language="diff")), title)


def _elsewhere(subject: Subject, limit: int) -> str:
    """Where all of it can be read, in Markdown."""
    if limit == SUMMARY_LIMIT:
        return "`make diff` shows all of it, in a terminal."
    where = f"[job summary]({subject.run_url})" if subject.run_url else "job summary"
    return f"More of it is in the {where}."


def _fitted(head: Sequence[str], parts: Sequence[_Part], elsewhere: str, limit: int) -> str:
    """The heading and as many of the parts as there is room for, each whole; the others are named."""
    left = limit - _ROOM
    kept: list[str] = []
    missing: list[str] = []
    for part in [*(_Part(text) for text in head), *parts]:
        size = len(part.text.encode()) + 3 * part.text.count("@") + len("\n\n")
        if size <= left:
            kept.append(part.text)
            left -= size
        else:
            missing.append(part.title)
    if missing:
        names = ", ".join(code(shorten(title, _LONGEST_NAME, placeholder="…")) for title in missing[:_NAMED])
        more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
        kept.append(f"**Not shown, as GitHub allows no longer text:** {names}{more}. {elsewhere}")
    return "\n\n".join(kept) + "\n"
