"""Installation of the stand-in as the `gcp` plugin of an engine."""

import base64
import dataclasses
import os
import shlex
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.doubles.google import refusals, sdk
from tests.doubles.google.cloud import STATE
from tests.doubles.google.database_server import CA_CERTIFICATES, SERVER
from tests.doubles.google.kubeconfig import KUBECONFIG, of_file
from tests.doubles.google.refusals import FAIL
from tools import paths
from tools.engine import Engine


def install(home: Path) -> Path:
    """Install the stand-in as the plugin of the SDK's version.

    Args:
        home: A `PULUMI_HOME` of the tests.

    Returns:
        The program of the plugin.
    """
    program = home / "plugins" / f"resource-gcp-v{sdk.VERSION}" / "pulumi-resource-gcp"
    _write_program(program, "tests.doubles.google.provider")
    return program


def _ca_certificate(kubeconfig: Path, folder: Path) -> Path:
    file = folder / "cluster-ca.pem"
    file.write_bytes(base64.b64decode(of_file(kubeconfig).ca_certificate))
    return file


def _write_program(file: Path, module: str) -> None:
    """Write a program that runs a module of this checkout."""
    file.parent.mkdir(parents=True, exist_ok=True)
    # -P: the working directory must not be on the import path.
    command = shlex.join([sys.executable, "-P", "-m", module])
    file.write_text(f'#!/bin/sh\nexport PYTHONPATH={shlex.quote(str(paths.CHECKOUT))}\nexec {command} "$@"\n')
    file.chmod(0o755)


def engine_with_stand_in(
    found: Engine,
    folder: Path,
    *,
    kubeconfig: Path | None = None,
    fail: Mapping[str, str] | None = None,
    postgres: str = "",
    ca_certificates: Path | None = None,
) -> Engine:
    """Return the same engine with the stand-in as its `gcp` provider.

    Args:
        found: The engine of `make up`, with its Kubernetes provider.
        folder: Folder of the Pulumi home and of the cloud (`cloud.json`): the same folder is the same cloud.
        kubeconfig: The cluster that stands in for every GKE cluster; `gke-gcloud-auth-plugin` gives access to it.
        fail: By type or URN of a resource, the kind of failure of its operations: see `refusals.ways`.
            `refusals.demand` can change it later.
        postgres: URL of the superuser of the server that stands in for every Cloud SQL instance; empty = none.
        ca_certificates: PEM file with the CA certificates of that server; None = made-up ones.
    """
    home = folder / "pulumi-home"
    plugins = home / "plugins"
    plugins.mkdir(parents=True, exist_ok=True)
    own = Path(found.environment.get("PULUMI_HOME") or os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    for program in (own / "plugins").glob("resource-kubernetes-v*/pulumi-resource-kubernetes"):
        # A real folder, because the engine ignores symbolic links.
        link = plugins / program.parent.name / program.name
        link.parent.mkdir(exist_ok=True)
        if not link.exists():
            link.symlink_to(program)
    install(home)
    programs = folder / "bin"
    _write_program(programs / "gke-gcloud-auth-plugin", "tests.doubles.google.auth_plugin")
    failing = folder / "fail.json"
    refusals.demand(failing, fail or {})
    path = found.environment.get("PATH") or os.environ.get("PATH", "")
    variables = {
        "PATH": f"{programs}{os.pathsep}{path}",
        "PULUMI_HOME": str(home),
        STATE: str(folder / "cloud.json"),
        FAIL: "" if fail is None else str(failing),
        KUBECONFIG: str(kubeconfig or ""),
        # The CA of the DNS endpoint, which is a public one in Google Cloud.
        **({"SSL_CERT_FILE": str(_ca_certificate(kubeconfig, folder))} if kubeconfig else {}),
        SERVER: postgres,
        CA_CERTIFICATES: str(ca_certificates or ""),
    }
    return dataclasses.replace(found, environment={**found.environment, **variables})


@contextmanager
def kept_running(engine: Engine) -> Generator[Engine]:
    """Run the stand-in once for several commands of an engine, as it takes seconds to load the SDK.

    Args:
        engine: A result of `engine_with_stand_in`.
    """
    program = install(Path(engine.environment["PULUMI_HOME"]))
    variables = {**os.environ, **engine.environment}
    with subprocess.Popen([program], env=variables, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            port = process.stdout.readline().strip()
            yield dataclasses.replace(
                engine, environment={**engine.environment, "PULUMI_DEBUG_PROVIDERS": f"gcp:{port}"}
            )
        finally:
            process.terminate()
