"""The comment on a pull request, and the report of drift, in Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import shorten
from typing import Final, NamedTuple

from tools.review.explain import summary
from tools.review.explain.rules import is_loss
from tools.review.log.model import Diagnostic, Preview, Resource
from tools.review.show import difference
from tools.review.show.markdown import block, code, folded

GITHUB_LIMIT: Final = 65_000
"""Longest comment. GitHub's limit is 65536 characters, and `post_comments.py` adds a sentence. Counted here in bytes,
of which there are never fewer, with those that disable mentions."""
SUMMARY_LIMIT: Final = 1_000_000
"""Longest job summary; GitHub's limit is 1 MiB."""

_RESERVED: Final = 2_000
"""Bytes for the list of omitted parts."""
_NAMED: Final = 10
"""Omitted parts that are named; the others are counted."""
_LONGEST_NAME: Final = 120
"""Characters of the name of an omitted part."""
_CONFLICT: Final = "Server-Side Apply field conflict"
"""Message of the Kubernetes provider for a field of the stack that another field manager changed."""
_FORCE: Final = (
    "Another field manager changed fields of the stack. To overwrite its changes: "
    "`PULUMI_K8S_ENABLE_PATCH_FORCE=true pulumi up`."
)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """The subject of a comment."""

    stack: str
    """As in `Pulumi.<stack>.yaml`."""
    run_url: str | None = None
    """URL of the job that wrote it, with the job summary."""
    preamble: str = ""
    """Note on the kind of preview, in Markdown; empty for a preview with access to the cloud."""


class _Part(NamedTuple):
    """A part of a comment that is shown whole or omitted."""

    text: str
    """In Markdown."""
    title: str = "a message"
    """Its name in the list of omitted parts; untrusted."""


def marker(stack: str) -> str:
    """Return the first line of a stack's comment, by which it is found again."""
    name = "".join(letter if letter.isalnum() or letter in "-_./" else "_" for letter in stack)
    return f"<!-- jupyterhub-preview: {name} -->"


def render_preview(subject: Subject, preview: Preview, *, limit: int = GITHUB_LIMIT) -> str:
    """Return the comment on a preview, successful or failed."""
    if preview.failed and not preview.violations:
        return render_failure(subject, [message.text for message in preview.errors], limit=limit)
    # A preview with a policy violation is complete, so its changes are shown.
    head = [
        _heading(subject, "policy violation" if preview.failed else ""),
        *_policies(preview),
        *(block(message.text) for message in preview.errors),
        *_changes(preview),
        *_warnings(preview.warnings),
    ]
    return _fitted(head, _objects(preview), _elsewhere(subject, limit), limit)


def render_drift(subject: Subject, preview: Preview, *, limit: int) -> str:
    """Return the report of drift between the stack's state and the cluster or cloud."""
    errors = [message.text for message in preview.errors]
    if not has_drift(preview):
        if preview.failed:
            return render_failure(subject, errors, limit=limit)
        return _fitted([f"### Stack {code(subject.stack)} has no drift"], [], "", limit)
    head = [f"### Stack {code(subject.stack)} has drifted"]
    if preview.failed:
        head += ["**Pulumi failed**, as `pulumi up` would. There may be more drift than listed here:"]
        head += [block(text) for text in errors]
        if any(_CONFLICT in text for text in errors):
            head.append(_FORCE)
    if preview.resources:
        would = "Reverting them would do this:" if preview.failed else "`pulumi up` would do this:"
        head += [
            f"**Drifted resources: {len(preview.resources)}.** {would}",
            *_notes(preview),
        ]
    elif preview.exports:
        head.append("**Only exports differ.** `pulumi up` would update them:")
    parts = _objects(preview)
    if preview.manual_changes:
        names = ", ".join(f"{code(found.kind)} {code(found.name)}" for found in preview.manual_changes[:_NAMED])
        more = len(preview.manual_changes) - _NAMED
        told = f"{names} and {more} more" if more > 0 else names
        head.append(f"**Labels or annotations that the stack does not manage**, and `pulumi up` keeps: {told}.")
        parts += [
            _folded(f"changed by hand: {found.kind} {found.name}", difference.lines(found))
            for found in preview.manual_changes
        ]
    return _fitted(head, parts, _elsewhere(subject, limit), limit)


def has_drift(preview: Preview) -> bool:
    """Return whether a refreshed preview found drift."""
    return bool(preview.resources or preview.exports or preview.manual_changes)


def render_failure(subject: Subject, messages: Sequence[str], *, limit: int = GITHUB_LIMIT) -> str:
    """Return the comment on a preview without a result."""
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
        return [f"**No resource changes**: {preview.unchanged} unchanged. Only exports change.", *_notes(preview)]
    return [f"**No changes**: {preview.unchanged} unchanged."]


def _notes(preview: Preview) -> list[str]:
    notes = summary.notes(preview)
    dangers = "\n".join(f"> - {note.render(code)}" for note in notes if note.weight == "danger")
    others = "\n".join(f"- {note.render(code)}" for note in notes if note.weight != "danger")
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
        return [f"Policy pack {packs}: no violations."]
    told = [
        f"- {'**violation**' if found.mandatory else 'advisory'}: {code(found.resource)}, policy {code(found.policy)}\n"
        + "\n".join(f"  {line}" for line in block(found.text).splitlines())
        for found in preview.violations
    ]
    return ["\n".join([f"Policy pack {packs}:", "", *told])]


def _objects(preview: Preview) -> list[_Part]:
    ordered = sorted(preview.resources, key=lambda found: not is_loss(found))
    exports = [_folded("exports", difference.export_lines(preview.exports))] if preview.exports else []
    return [*(_object(found) for found in ordered), *exports]


def _object(found: Resource) -> _Part:
    return _folded(difference.title(found), difference.lines(found) or ["  no visible difference"])


def _folded(title: str, lines: Sequence[str]) -> _Part:
    return _Part(folded(title, block("\n".join(lines), language="diff")), title)


def _elsewhere(subject: Subject, limit: int) -> str:
    """Return where the whole text is, in Markdown."""
    if limit == SUMMARY_LIMIT:
        return "`make diff` shows everything in a terminal."
    where = f"[job summary]({subject.run_url})" if subject.run_url else "job summary"
    return f"See the {where}."


def _fitted(head: Sequence[str], parts: Sequence[_Part], elsewhere: str, limit: int) -> str:
    """Return the heading and as many whole parts as fit the limit; the other parts are named."""
    left = limit - _RESERVED
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
        kept.append(f"**Not shown, because of GitHub's size limit:** {names}{more}. {elsewhere}")
    return "\n\n".join(kept) + "\n"
