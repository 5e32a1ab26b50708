"""The documentation site: `make docs` builds it with Sphinx from the Markdown files of the repository.

The source folder is the whole checkout, so that every relative link works on GitHub and in the site. No page has syntax
that GitHub does not show: the tables of contents are made from the links of ordinary pages.
"""

import posixpath
import re
from typing import Protocol

project = "JupyterHub on GKE"
root_doc = "docs/README"
extensions = ["myst_parser", "sphinx_copybutton"]
source_suffix = {".md": "markdown"}
include_patterns = ["docs/**.md", "README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "tests/**.md"]
exclude_patterns = [".*", "**/.*", "**/node_modules", "build"]

myst_heading_anchors = 4
nitpicky = True

html_theme = "furo"
html_title = project
html_static_path = ["_static"]
html_css_files = ["site.css"]
templates_path = ["_templates"]
html_additional_pages = {"index": "index.html"}
html_show_copyright = False
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {"navigation_with_keys": True}
copybutton_prompt_text = "$ "
copybutton_line_continuation_character = "\\"
copybutton_here_doc_delimiter = "END"

CONTENTS = {root_doc, "docs/decisions/README", "docs/review"}
"""Pages that list other pages: rows and items that begin with a link."""
_LISTED = re.compile(r"^(?:-|\|) \[([^]]+)]\(([^)#]+)\.md\)", re.MULTILINE)


def add_contents(_app: object, page: str, source: list[str]) -> None:
    """Append a table of contents for each section of a page of `CONTENTS`, with its heading as caption."""
    if page.startswith("docs/review/"):  # comments of a pull request, without a title
        source[0] = f"# Example: {posixpath.basename(page)}\n\n{source[0].replace('### ', '## ')}"
    if page not in CONTENTS:
        return
    for section in source[0].split("\n## "):
        if listed := _LISTED.findall(section):
            lines = [_entry(page, title, link) for title, link in listed]
            caption = section.partition("\n")[0].lstrip("# ")
            source[0] += "\n".join(["", "", "```{toctree}", ":hidden:", f":caption: {caption}", "", *lines, "```", ""])


def _entry(page: str, title: str, link: str) -> str:
    target = posixpath.normpath(posixpath.join("/", posixpath.dirname(page), link))
    return target if title.isdigit() else f"{title} <{target}>"  # a decision is listed by its title


class _App(Protocol):
    def connect(self, event: str, callback: object) -> int: ...


def setup(app: _App) -> None:
    """Connect the function above to Sphinx."""
    app.connect("source-read", add_contents)
