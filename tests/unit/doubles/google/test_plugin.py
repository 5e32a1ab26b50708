"""The installed plugin is an executable that an engine can start."""
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# grpc has no types, and so those of Pulumi's protocol classes are in part unknown.

import json
import subprocess
from importlib.metadata import version
from pathlib import Path

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2_grpc

from tests.doubles.google.cloud import STATE
from tests.doubles.google.kubeconfig import KUBECONFIG
from tests.doubles.google.plugin import engine_with_stand_in, install
from tests.unit.doubles.google.driver import kubeconfig
from tools.engine import Engine


def test_an_installed_plugin_serves_on_the_port_that_it_prints(tmp_path: Path) -> None:
    program = install(tmp_path)
    assert program == tmp_path / "plugins" / f"resource-gcp-v{version('pulumi-gcp')}" / "pulumi-resource-gcp"
    variables = {STATE: str(tmp_path / "cloud.json")}
    with subprocess.Popen(
        [program, "127.0.0.1:1"], cwd=tmp_path, env=variables, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            port = int(process.stdout.readline())
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                info = provider_pb2_grpc.ResourceProviderStub(channel).GetPluginInfo(Empty())
            assert info.version == version("pulumi-gcp")
        finally:
            process.terminate()


def test_an_engine_with_the_stand_in_keeps_its_plugins(tmp_path: Path) -> None:
    home = tmp_path / "home"
    own = home / "plugins" / "resource-kubernetes-v1.0.0" / "pulumi-resource-kubernetes"
    own.parent.mkdir(parents=True)
    own.touch()
    found = Engine(program=Path("pulumi"), environment={"PULUMI_HOME": str(home), "PATH": "/bin"}, description="")
    engine_with_stand_in(found, tmp_path / "folder")
    engine = engine_with_stand_in(found, tmp_path / "folder")
    plugins = Path(engine.environment["PULUMI_HOME"]) / "plugins"
    names = {f"resource-gcp-v{version('pulumi-gcp')}", "resource-kubernetes-v1.0.0"}
    assert {plugin.name for plugin in plugins.iterdir() if not plugin.is_symlink()} == names
    assert (plugins / own.parent.name / own.name).samefile(own)
    assert engine.environment["PATH"] == f"{tmp_path / 'folder' / 'bin'}:/bin"
    assert [plugin.name for plugin in (home / "plugins").iterdir()] == ["resource-kubernetes-v1.0.0"]


def test_the_auth_plugin_prints_credentials_of_the_named_kubeconfig(tmp_path: Path) -> None:
    found = Engine(program=Path("pulumi"), environment={}, description="")
    engine = engine_with_stand_in(found, tmp_path, kubeconfig=kubeconfig(tmp_path))
    request = {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential"}
    variables = {KUBECONFIG: engine.environment[KUBECONFIG], "KUBERNETES_EXEC_INFO": json.dumps(request)}
    program = tmp_path / "bin" / "gke-gcloud-auth-plugin"
    command = [program, "--use_application_default_credentials"]
    answer = json.loads(subprocess.check_output(command, env=variables, cwd=tmp_path))
    assert answer["apiVersion"] == request["apiVersion"]
    assert answer["status"] == dict.fromkeys(("clientCertificateData", "clientKeyData"), "CERTIFICATE AND KEY")
    signed_in = subprocess.run([program], env=variables, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert signed_in.returncode != 0
    assert "gcloud auth login" in signed_in.stderr
