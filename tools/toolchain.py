"""Builds of the pinned tools from Go modules, once per user and set of versions.

Each folder of `tools/modules/` is a Go module whose `go.mod` and `go.sum` pin one tool and its dependencies. The built
programs are stored in the user's cache, under the hash of that folder: a second clone builds nothing, and a changed
version builds only its own tool.
"""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from tools import paths
from tools.commands import run
from tools.errors import ToolError
from tools.steps import progress, step

_SOURCES = Path(__file__).parent / "modules"
_BUILT = paths.CACHE / "tools"


@dataclass(frozen=True, kw_only=True)
class Tool:
    """A folder of `tools/modules/`, and how its programs are built."""

    folder: str
    """Its name under `tools/modules/`."""
    packages: tuple[str, ...] = ("tool",)
    """Packages for `go build`; `tool` means all tools of go.mod."""
    version_of: str = ""
    """The Go module whose version the programs report."""
    version: str = ""
    """That version, if the module's own is a date."""
    version_variables: tuple[str, ...] = ()
    """The linker's names of the variables that hold it: `{version}`, `{major}` and `{minor}` are put in."""
    copies: tuple[tuple[str, str], ...] = ()
    """(Go module, files in it by a glob): copied beside the sources before the build."""
    scripts: tuple[tuple[str, str], ...] = ()
    """(Go module, file in it): copied beside the programs after the build."""
    beside: tuple["Tool", ...] = ()
    """Tools whose programs must lie in the same folder."""

    @property
    def source(self) -> Path:
        """The folder with its go.mod."""
        return _SOURCES / self.folder

    @property
    def programs(self) -> Path:
        """The folder of the built programs."""
        return _BUILT / f"{self.folder}-{self._hash()}"

    def _hash(self) -> str:
        digest = hashlib.sha256(repr(self).encode())
        for file in sorted(file for file in self.source.rglob("*") if file.is_file()):
            digest.update(f"{file.relative_to(self.source)}\0".encode() + file.read_bytes())
        for other in self.beside:
            digest.update(other.programs.name.encode())
        return digest.hexdigest()[:12]


_PULUMI_SDK = "github.com/pulumi/pulumi/sdk/v3"
_KUBERNETES_PROVIDER = "github.com/pulumi/pulumi-kubernetes/provider/v4"

PYTHON_HOST = Tool(folder="pulumi-language-python")
"""Pulumi's Python language host: of an older version, as newer ones are not published as Go modules."""

PULUMI = Tool(
    folder="pulumi",
    version_of="github.com/pulumi/pulumi/pkg/v3",
    version_variables=("github.com/pulumi/pulumi/sdk/v3/go/common/version.Version={version}",),
    scripts=(
        (_PULUMI_SDK, "python/cmd/pulumi-language-python-exec"),
        (_PULUMI_SDK, "python/dist/pulumi-resource-pulumi-python"),
    ),
    beside=(PYTHON_HOST,),
)
"""Pulumi's CLI, with its parts for Python programs and dynamic resources."""

KUBERNETES_PROVIDER = Tool(
    folder="pulumi-resource-kubernetes",
    packages=(".",),
    version=version("pulumi-kubernetes"),
    version_variables=("github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version={version}",),
    copies=(
        (_KUBERNETES_PROVIDER, "cmd/pulumi-resource-kubernetes/schema.json"),
        (_KUBERNETES_PROVIDER, "cmd/pulumi-resource-kubernetes/terraform-mapping.json"),
    ),
)
"""Pulumi's Kubernetes provider, of the version that the Python SDK asks for."""

KUBERNETES = Tool(
    folder="kubernetes",
    packages=("tool", "./cloud", "./coredns", "./pause"),
    version_of="k8s.io/kubernetes",
    version_variables=(
        "k8s.io/component-base/version.gitVersion={version}",
        "k8s.io/component-base/version.gitMajor={major}",
        "k8s.io/component-base/version.gitMinor={minor}",
    ),
)
"""Kubernetes, its name server CoreDNS, and the local cluster's own `cloud` (addresses and volumes) and `pause`."""

ACTIONLINT = Tool(folder="actionlint")
"""The linter of GitHub's workflows."""

KUBE_SCORE = Tool(folder="kube-score")
"""A scanner of Kubernetes manifests, for the tests."""

CYCLONUS = Tool(folder="cyclonus")
"""A program that says which connections NetworkPolicies allow, for the tests."""

TRAEFIK = Tool(folder="traefik")
"""A controller for Ingress and Gateway API, for the tests."""

CERT_MANAGER = Tool(folder="cert-manager", packages=("./controller",))
"""The controller of cert-manager, for the tests."""

KWOK = Tool(folder="kwok")
"""A program that stands in for the kubelets of many nodes, for the tests."""

YAML_HOST = Tool(folder="pulumi-language-yaml")
"""Pulumi's YAML language host, for the tests of the component package. Its SDK is that of the Kubernetes provider."""

NODEJS_SDKS = Tool(folder="pulumi-gen-nodejs", packages=(".",))
"""The generator of TypeScript SDKs, of the version of the CLI, for the tests of the component package."""

ENGINE = (PULUMI, KUBERNETES_PROVIDER)
"""The tools that run the Pulumi program."""


def build(tool: Tool) -> None:
    """Build the tool's programs, unless they are built already.

    Raises:
        ToolError: Go is missing or too old, or the build failed.
    """
    if tool.programs.is_dir():
        return
    build_all(tool.beside)
    require_go(tool)
    _BUILT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_BUILT, prefix=".building-") as scratch:
        source, programs = Path(scratch) / "source", Path(scratch) / "programs"
        shutil.copytree(tool.source, source)
        programs.mkdir()
        for module, file in tool.copies:
            shutil.copy(sources_of(source, module) / file, source)
        _compile(tool, source, programs)
        for module, file in tool.scripts:
            target = programs / Path(file).name
            shutil.copy(sources_of(source, module) / file, target)
            target.chmod(0o755)
        for program in (program for other in tool.beside for program in other.programs.iterdir()):
            (programs / program.name).hardlink_to(program)
        for older in _BUILT.glob(f"{tool.folder}-" + "?" * 12):
            shutil.rmtree(older)
        # Last, so that a folder with this name is always complete.
        programs.rename(tool.programs)


def require_go(*tools: Tool) -> None:
    """Check that Go is installed if one of the tools must be built.

    Raises:
        ToolError: It is not.
    """
    if shutil.which("go") is None and not all(tool.programs.is_dir() for tool in tools):
        message = (
            "Go is not installed: the pinned tools are built with it. "
            "Install Go 1.25 or newer (https://go.dev/doc/install)."
        )
        raise ToolError(message)


def build_all(tools: tuple[Tool, ...]) -> None:
    """Build those of the tools that are missing, one after the other (each build already uses every core)."""
    for tool in tools:
        build(tool)


def _go(folder: Path, *arguments: str) -> str:
    return run(["go", *arguments], cwd=folder, env=_GO_ENVIRONMENT, doing=f"go {arguments[0]}")


_GO_ENVIRONMENT = {
    "CGO_ENABLED": "0",
    "GOFLAGS": "-mod=readonly -trimpath -buildvcs=false",
    "GOWORK": "off",
    # The compiler is short-lived: with rarer garbage collection it needs more memory and less time.
    "GOGC": "300",
}


def sources_of(source: Path, module: str) -> Path:
    """Return the folder of a Go module's sources, after a download if they are missing.

    Args:
        source: The folder of the go.mod that pins the module.
        module: Its path.
    """
    return Path(json.loads(_go(source, "mod", "download", "-json", module))["Dir"])


def _compile(tool: Tool, source: Path, programs: Path) -> None:
    release = tool.version or (
        _go(source, "list", "-m", "-f", "{{.Version}}", tool.version_of).strip() if tool.version_of else ""
    )
    major, minor = [*release.lstrip("v").split("."), "", ""][:2]
    variables = [name.format(version=release, major=major, minor=minor) for name in tool.version_variables]
    flags = " ".join(["-s", "-w", *(f"-X {variable}" for variable in variables)])
    with step(f"Downloading the sources of {tool.folder}", always=False):
        total = len(_go(source, "list", "-deps", *tool.packages).splitlines())
    # These programs are never debugged, so they need no debug information.
    command = [
        "go",
        "build",
        "-v",
        "-gcflags=all=-dwarf=false",
        "-ldflags",
        flags,
        "-o",
        f"{programs}/",
        *tool.packages,
    ]
    printed: list[str] = []
    with (
        progress(f"Building {tool.folder} {release}".rstrip(), total=total) as advance,
        subprocess.Popen(
            command,
            cwd=source,
            env={**os.environ, **_GO_ENVIRONMENT},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as compiler,
    ):
        for line in compiler.stderr or ():
            printed.append(line.rstrip())
            advance()
        if compiler.wait() != 0:
            raise ToolError("\n".join([f"Building {tool.folder} failed:", *(f"    {line}" for line in printed[-15:])]))
