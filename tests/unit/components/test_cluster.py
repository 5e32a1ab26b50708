import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pulumi
import pytest

from components import cluster
from components.cluster import reachability
from tests.doubles.monitor import Registration, record
from tests.kubeconfigs import write
from tests.stacks import settings_with


@pytest.fixture
def listening() -> Iterator[int]:
    """A port that accepts connections."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def dead() -> Iterator[int]:
    """A port that refuses connections: it is bound, but not listening."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for variable in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(variable, raising=False)
    path = tmp_path / "kubeconfig"
    monkeypatch.setenv("KUBECONFIG", str(path))
    return path


def _provider(context: str | None = None) -> Registration:
    stack = settings_with({} if context is None else {"kubernetes.context": context})
    return record(lambda: cluster.use(cluster.find(stack), stack)).one("kubernetes")


def _message(context: str | None = None) -> str:
    with pytest.raises(pulumi.RunError) as error:
        _provider(context)
    return str(error.value)


def test_the_provider_uses_the_context_of_the_settings(file: Path, listening: int) -> None:
    write(file, {"a": "https://127.0.0.1:1", "b": f"https://127.0.0.1:{listening}"}, current="a")
    assert _provider("b").inputs["context"] == "b"


def test_the_current_context_is_pinned_by_name(file: Path, listening: int) -> None:
    write(file, {"a": f"https://127.0.0.1:{listening}"}, current="a")
    assert _provider().inputs["context"] == "a"


def test_the_state_has_neither_credentials_nor_local_paths(file: Path, listening: int) -> None:
    write(file, {"a": f"https://127.0.0.1:{listening}"}, current="a")
    inputs = _provider().inputs
    assert not inputs.get("kubeconfig")
    assert "hidden-credential" not in str(inputs)
    assert str(file) not in str(inputs)


def test_another_context_or_server_does_not_replace_the_provider(file: Path, listening: int) -> None:
    write(file, {"a": f"https://127.0.0.1:{listening}", "b": f"http://localhost:{listening}"})
    identifiers = [_provider(context).inputs["clusterIdentifier"] for context in ("a", "b")]
    assert identifiers == ["jupyterhub/test", "jupyterhub/test"]


def test_environment_variables_do_not_change_the_provider(
    file: Path, listening: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_K8S_DELETE_UNREACHABLE", "true")
    monkeypatch.setenv("PULUMI_K8S_SKIP_UPDATE_UNREACHABLE", "true")
    monkeypatch.setenv("PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY", "false")
    write(file, {"a": f"https://127.0.0.1:{listening}"}, current="a")
    inputs = _provider().inputs
    assert inputs["deleteUnreachable"] == inputs["skipUpdateUnreachable"] == "false"
    assert inputs["enableServerSideApply"] == "true"


def test_an_unreachable_server_is_reported_with_context_address_and_fix(file: Path, dead: int) -> None:
    write(file, {"a": f"https://127.0.0.1:{dead}"}, current="a")
    message = _message()
    for part in (str(file), "context: a", f"127.0.0.1:{dead}", "refused", "make up", "kubernetes.context", "gcloud"):
        assert part in message


def test_a_server_that_does_not_answer_times_out(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reachability, "TIMEOUT_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server, contextlib.ExitStack() as full:
        port = server.getsockname()[1]
        for _ in range(3):  # a full backlog: further connections are neither accepted nor refused
            waiting = full.enter_context(socket.socket())
            waiting.settimeout(0)
            with contextlib.suppress(BlockingIOError):
                waiting.connect(("127.0.0.1", port))
        write(file, {"a": f"https://127.0.0.1:{port}"}, current="a")
        assert "does not answer within" in _message()


def test_an_unknown_host_name_is_reported(file: Path) -> None:
    write(file, {"a": "https://cluster.invalid:6443"}, current="a")
    assert "cluster.invalid:6443 does not accept connections" in _message()


@pytest.mark.parametrize("server", ["https://", "https://127.0.0.1:port", "https://[::1"])
def test_an_invalid_server_url_is_reported(server: str, file: Path) -> None:
    write(file, {"a": server}, current="a")
    assert "not valid" in _message()


def test_the_proxy_of_the_kubeconfig_is_checked(file: Path, listening: int, dead: int) -> None:
    write(file, {"a": "https://10.255.255.1"}, current="a", cluster={"proxy-url": f"http://127.0.0.1:{listening}"})
    assert _provider().inputs["context"] == "a"
    write(
        file, {"a": f"https://127.0.0.1:{listening}"}, current="a", cluster={"proxy-url": f"socks5://127.0.0.1:{dead}"}
    )
    assert f"proxy: 127.0.0.1:{dead}" in _message()


def test_the_proxy_of_the_environment_is_checked_and_its_password_hidden(
    file: Path, listening: int, dead: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(file, {"a": "https://cluster.invalid"}, current="a")
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:hidden-credential@127.0.0.1:{listening}")
    assert _provider().inputs["context"] == "a"
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:hidden-credential@127.0.0.1:{dead}")
    message = _message()
    assert f"127.0.0.1:{dead}" in message
    assert "cluster.invalid:443" in message
    assert "hidden-credential" not in message


def test_a_cluster_on_localhost_ignores_the_proxy(
    file: Path, listening: int, dead: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{listening}")
    write(file, {"a": f"https://127.0.0.1:{dead}"}, current="a")
    assert f"server: 127.0.0.1:{dead}" in _message()
