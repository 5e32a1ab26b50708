"""Untrusted text stays text. The Markdown is parsed by the rules of CommonMark, as on GitHub."""

import re

import pytest
from markdown_it import MarkdownIt

from tests.unit.tools.review import logs
from tests.unit.tools.review.logs import STATEFULSET, message, named, preview, step
from tools.review.show import comment, markdown
from tools.review.show.comment import Subject

NASTY = [
    "`",
    "``` \n# broken out\n```",
    "~~~",
    "</details><h1>out</h1>",
    "<img src=x onerror=alert(1)>",
    "@everyone please look",
    "![](https://evil.example/pixel)",
    "[click](javascript:alert(1))",
    "a | b\n---|---",
    "<!-- jupyterhub-preview: other -->",
    "\u202egnp.exe",
    "\u200b\x1b[31mred\x00",
    "````````````````````",
    "\n\n\n# heading",
    "closes #1",
]


def _outside_of_code(text: str) -> str:
    """Return all that a browser gets outside of code: HTML and text."""
    tokens = MarkdownIt("commonmark", {"html": True}).parse(text)
    found = [token.content for token in tokens if token.type == "html_block"]
    for token in tokens:
        found += [child.content for child in token.children or () if child.type not in {"code_inline"}]
        found += [f"<{child.type}>" for child in token.children or () if child.type in {"image", "link_open"}]
    return re.sub(r"<code>.*?</code>", "", "\n".join(found), flags=re.DOTALL)


@pytest.mark.parametrize("nasty", NASTY)
def test_a_value_is_rendered_as_code_only(nasty: str) -> None:
    found = preview(
        step("update", STATEFULSET, f"x{nasty}", named(f"o{nasty}", v="1"), named(f"n{nasty}", v=f"2{nasty}")),
        logs.exports({"hub_url": "http://a"}, {"hub_url": f"http://{nasty}"}),
        logs.violation(nasty),
        message("warning", nasty),
        logs.summary({"pack": "1"}),
    )
    text = comment.render_preview(Subject(stack="dev"), found)
    reference = comment.render_preview(Subject(stack="dev"), preview())
    visible = _outside_of_code(text)
    assert visible.count("<!--") == _outside_of_code(reference).count("<!--") == 1
    for part in ("@everyone", "<h1", "<img", "<image>", "<link_open>", "broken out", "closes #1", "\x1b"):
        assert part not in visible
    assert visible.count("<details>") == visible.count("</details>") == 3  # the object, the exports, the warning
    assert "\u202e" not in text
    assert "\x00" not in text


@pytest.mark.parametrize("nasty", NASTY)
def test_an_error_is_one_fenced_block(nasty: str) -> None:
    text = comment.render_preview(Subject(stack="dev"), preview(message("error", nasty), failed=True))
    (block,) = [token for token in MarkdownIt().parse(text) if token.type == "fence"]
    assert block.content.strip("\n") == markdown.visible(nasty).strip("\n")


def test_a_code_span_keeps_its_text_in_one_line() -> None:
    assert markdown.code("a\nb") == "`a b`"
    assert markdown.code("a`b") == "``a`b``"
    assert markdown.code("`") == "`` ` ``"
    assert markdown.code("") == "` `"
