import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest
from jupyterhub.app import JupyterHub
from jupyterhub.auth import (
    Authenticator,
    DummyAuthenticator,
)
from jupyterhub.httpclient import JupyterHubHTTPClient
from jupyterhub.proxy import ConfigurableHTTPProxy
from traitlets.config import Config, Configurable

from hub.contract import NOTEBOOK_PORT, HubConfig
from hub.errors import HubError
from hub.idle_culler import NEVER
from hub.notebook_spawner import NotebookSpawner
from hub.notebook_start import command
from hub.proxy import WatchedProxy
from tests.hub_configs import LoadConfig
from tests.unit.hub.conftest import CONFIG_FILE
from tests.unit.hub.manifests import manifest_of

SECTIONS: dict[str, type[Configurable]] = {
    "JupyterHub": JupyterHub,
    "ConfigurableHTTPProxy": WatchedProxy,
    "JupyterHubHTTPClient": JupyterHubHTTPClient,
    "Authenticator": Authenticator,
    "KubeSpawner": NotebookSpawner,
}


@pytest.fixture
def config(load_config: LoadConfig, hub_config: HubConfig) -> Config:
    return load_config(hub_config)


def test_every_configured_trait_exists(config: Config) -> None:
    sections = cast("dict[str, dict[str, object]]", config)
    configured = {section: set(traits) for section, traits in sections.items()}
    assert configured.keys() == SECTIONS.keys()
    unknown = {
        f"{section}.{name}"
        for section, names in configured.items()
        for name in names - set(SECTIONS[section].class_trait_names(config=True))
    }
    assert unknown == set()


@pytest.mark.usefixtures("no_cluster")
def test_every_configured_value_has_the_type_of_its_trait(config: Config) -> None:
    async def make() -> list[Any]:
        return [
            JupyterHub(config=config),
            WatchedProxy(config=config),
            DummyAuthenticator(config=config),
            NotebookSpawner(_mock=True, config=config),
        ]

    app, proxy, authenticator, spawner = asyncio.run(make())
    assert issubclass(app.authenticator_class, DummyAuthenticator)
    assert app.spawner_class is NotebookSpawner
    assert app.hub_connect_url == "http://tf-hub-api.jupyterhub:8081"
    assert proxy.api_url == "http://tf-hub-proxy-api:8001"
    assert proxy.auth_token == "a" * 64
    assert authenticator.allow_all is True
    assert spawner.namespace == "jupyterhub-notebooks"
    assert spawner.start_timeout == 600


def test_a_restart_of_the_hub_stops_neither_notebooks_nor_proxy(config: Config) -> None:
    assert config.JupyterHub.cleanup_servers is False
    assert config.JupyterHub.cleanup_proxy is False
    assert config.ConfigurableHTTPProxy.should_start is False


def test_a_stopped_server_has_time_to_interrupt_and_end_its_kernels(config: Config) -> None:
    # Jupyter Server waits 5 s for each interrupted kernel, all at once, before it kills them.
    assert config.KubeSpawner.delete_grace_period > 2 * 5


@pytest.mark.usefixtures("no_cluster")
def test_the_cluster_autoscaler_evicts_no_running_server(config: Config) -> None:
    pod = manifest_of(config, {})
    assert pod["metadata"]["annotations"]["cluster-autoscaler.kubernetes.io/safe-to-evict"] == "false"


@pytest.mark.parametrize("keep_homes", [True, False])
def test_homes_are_deleted_with_their_user_only_if_not_kept(
    keep_homes: bool,  # noqa: FBT001 -- a parameter of the test
    load_config: LoadConfig,
    hub_config: HubConfig,
) -> None:
    config = load_config(hub_config.model_copy(update={"keep_homes": keep_homes}))
    assert config.KubeSpawner.delete_pvc is not keep_homes


def test_the_culler_may_only_see_and_stop_servers(config: Config) -> None:
    (role,) = config.JupyterHub.load_roles
    assert set(role["scopes"]) == {"list:users", "read:users:activity", "read:servers", "delete:servers", "read:tokens"}
    assert role["services"] == ["idle-culler"]
    (service,) = config.JupyterHub.services
    assert service["command"][1:4] == ["-m", "hub.idle_culler", "--timeout=3600"]
    assert "admin" not in service


def test_no_culler_runs_without_idle_minutes(load_config: LoadConfig, hub_config: HubConfig) -> None:
    config = load_config(hub_config.model_copy(update={"idle_minutes": 0}))
    assert "services" not in config.JupyterHub
    assert "load_roles" not in config.JupyterHub


@pytest.mark.parametrize(
    ("idle_minutes", "max_hours", "flags"),
    [
        (60, 0, ["--timeout=3600", "--max-age=0"]),
        (60, 24, ["--timeout=3600", "--max-age=86400"]),
        (0, 24, [f"--timeout={NEVER}", "--max-age=86400"]),
    ],
)
def test_the_culler_has_the_limits_of_idle_time_and_age(
    idle_minutes: int, max_hours: int, flags: list[str], load_config: LoadConfig, hub_config: HubConfig
) -> None:
    limits = {"idle_minutes": idle_minutes, "max_hours": max_hours}
    (service,) = load_config(hub_config.model_copy(update=limits)).JupyterHub.services
    assert [flag for flag in service["command"] if flag.startswith(("--timeout", "--max-age"))] == flags


@pytest.mark.usefixtures("no_cluster")
@pytest.mark.parametrize("counts", [True, False])
def test_requests_of_open_tabs_are_activity_only_if_they_count(
    counts: bool,  # noqa: FBT001 -- a parameter of the test
    load_config: LoadConfig,
    hub_config: HubConfig,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config = load_config(hub_config.model_copy(update={"count_open_tabs": counts}))
    (container,) = manifest_of(config, {})["spec"]["containers"]
    assert {"name": "JUPYTERHUB_COUNT_OPEN_TABS", "value": str(int(counts))} in container["env"]

    async def routes(_: object) -> dict[str, object]:
        return {"/user/ada": {"data": {"user": "ada", "last_activity": "2026-11-29T12:00:00Z"}}}

    monkeypatch.setattr(ConfigurableHTTPProxy, "get_all_routes", routes)
    (route,) = asyncio.run(WatchedProxy(config=config).get_all_routes()).values()
    assert ("last_activity" in route["data"]) is counts


def test_no_secret_is_in_the_configuration(config: Config) -> None:
    assert "a" * 64 not in str(config)
    assert "b" * 64 not in str(config)


@pytest.mark.usefixtures("no_cluster")
def test_the_pod_satisfies_the_restricted_pod_security_standard(config: Config) -> None:
    spec = manifest_of(config, {})["spec"]
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not {"hostNetwork", "hostPID", "hostIPC", "initContainers", "ephemeralContainers"} & set(spec)
    assert [set(volume) - {"name"} for volume in spec["volumes"]] == [{"persistentVolumeClaim"}]
    (container,) = spec["containers"]
    assert container["securityContext"] == {
        "runAsUser": 1000,
        "runAsGroup": 100,
        "runAsNonRoot": True,
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert not any("hostPort" in port for port in container["ports"])
    assert [port["containerPort"] for port in container["ports"]] == [NOTEBOOK_PORT], "the one that policies open"


@pytest.mark.usefixtures("no_cluster")
def test_the_pod_has_no_access_to_kubernetes(config: Config) -> None:
    spec = manifest_of(config, {})["spec"]
    assert spec["automountServiceAccountToken"] is False
    assert spec["serviceAccountName"] == "notebooks", "an account without permissions, not the default one"


@pytest.mark.usefixtures("no_cluster")
def test_notebooks_run_on_their_nodes_only(config: Config, load_config: LoadConfig, hub_config: HubConfig) -> None:
    assert "nodeSelector" not in manifest_of(config, {})["spec"]
    nodes = {"node_selector": {"pool": "notebooks"}, "tolerations": ({"key": "dedicated", "operator": "Exists"},)}
    pod = hub_config.pod.model_copy(update=nodes)
    spec = manifest_of(load_config(hub_config.model_copy(update={"pod": pod})), {})["spec"]
    assert spec["nodeSelector"] == {"pool": "notebooks"}
    assert spec["tolerations"] == [{"key": "dedicated", "operator": "Exists"}]


@pytest.mark.usefixtures("no_cluster")
def test_the_pod_has_the_chosen_options(config: Config) -> None:
    pod = manifest_of(
        config,
        {
            "image": "quay.io/jupyter/base-notebook",
            "cpu": "1500m",
            "memory": "2Gi",
            "additional_resources": '{"nvidia.com/gpu": 2}',
        },
    )
    (container,) = pod["spec"]["containers"]
    assert container["image"] == "quay.io/jupyter/base-notebook"
    assert container["args"] == command()
    assert container["terminationMessagePolicy"] == "FallbackToLogsOnError"
    assert container["resources"] == {
        "requests": {"cpu": 1.5, "memory": 2 * 2**30, "nvidia.com/gpu": "2", "ephemeral-storage": str(256 * 2**20)},
        "limits": {"cpu": 4.0, "memory": 2 * 2**30, "nvidia.com/gpu": "2", "ephemeral-storage": str(10 * 2**30)},
    }


@pytest.mark.usefixtures("no_cluster")
def test_an_environment_of_extra_config_keeps_the_variables_of_the_hub(config: Config) -> None:
    assert config.KubeSpawner.environment == {}, "a dict, to which extraConfig may add items"
    config.KubeSpawner.environment = {"OWN": "1", "JUPYTERHUB_ACTIVITY_INTERVAL": "30"}
    (container,) = manifest_of(config, {})["spec"]["containers"]
    variables = {variable["name"]: variable.get("value") for variable in container["env"]}
    assert variables["OWN"] == "1"
    assert variables["JUPYTERHUB_ACTIVITY_INTERVAL"] == "30"
    assert variables["JUPYTER_RUNTIME_DIR"]
    assert variables["JUPYTERHUB_COUNT_OPEN_TABS"] == "1"


@pytest.mark.usefixtures("no_cluster")
def test_the_pod_has_the_defaults_without_a_choice(config: Config, hub_config: HubConfig) -> None:
    (container,) = manifest_of(config, {})["spec"]["containers"]
    assert container["image"] == hub_config.image
    assert container["resources"] == {
        "requests": {"cpu": 0.5, "memory": 2**30, "ephemeral-storage": str(256 * 2**20)},
        "limits": {"cpu": 4.0, "memory": 2**30, "ephemeral-storage": str(10 * 2**30)},
    }


@pytest.mark.usefixtures("no_cluster")
def test_the_stack_owns_the_pod_and_not_the_home(config: Config, hub_config: HubConfig) -> None:
    (owner,) = manifest_of(config, {})["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["name"], owner["uid"]) == ("ServiceAccount", "notebooks", hub_config.owner_uid)
    assert owner["blockOwnerDeletion"] is False

    async def claim() -> dict[str, Any]:
        spawner: Any = NotebookSpawner(_mock=True, config=config)
        spawner.user.groups = []
        return spawner.api.api_client.sanitize_for_serialization(spawner.get_pvc_manifest())

    home = asyncio.run(claim())
    assert "ownerReferences" not in home["metadata"]
    assert home["spec"]["resources"]["requests"] == {"storage": "10Gi"}
    assert "storageClassName" not in home["spec"]


@pytest.mark.usefixtures("no_cluster")
@pytest.mark.parametrize(
    ("trait", "value"),
    [
        ("image", "evil/x:1"),
        ("image", "quay.io/jupyter/x\n"),
        ("cpu_guarantee", 64),
        ("cpu_limit", None),
        ("mem_limit", "64G"),
        ("privileged", True),
        ("automount_service_account_token", True),
        ("service_account", "hub"),
        ("extra_containers", [{"name": "x", "image": "evil/x:1"}]),
        ("init_containers", [{"name": "x", "image": "evil/x:1"}]),
        ("extra_pod_config", {"hostNetwork": True}),
        ("volumes", [{"name": "root", "hostPath": {"path": "/"}}]),
        ("extra_resource_limits", {"nvidia.com/gpu": "9"}),
    ],
)
def test_a_pod_of_a_changed_spawner_is_refused(trait: str, value: object, config: Config) -> None:
    async def make() -> None:
        spawner: Any = NotebookSpawner(_mock=True, config=config)
        spawner.user.groups = []
        await spawner._run_apply_user_options({})
        setattr(spawner, trait, value)
        spawner.modify_pod_hook(spawner, await spawner.get_pod_manifest())

    with pytest.raises(HubError) as caught:
        asyncio.run(make())
    assert caught.value.status_code == 403


@pytest.mark.usefixtures("no_cluster")
def test_invalid_options_of_the_rest_api_get_http_400(config: Config) -> None:
    with pytest.raises(HubError) as caught:
        manifest_of(config, {"image--unlisted-choice": "evil/x:1"})
    assert caught.value.status_code == 400


@pytest.mark.usefixtures("no_cluster")
def test_the_real_spawner_shows_the_form_with_the_typed_values(config: Config) -> None:
    async def post_and_show() -> str:
        spawner: Any = NotebookSpawner(_mock=True, config=config)
        spawner.user.groups = []
        with pytest.raises(HubError):
            spawner.run_options_from_form({"cpu": ["lots"]})
        return await spawner.get_options_form()

    assert 'value="lots"' in asyncio.run(post_and_show())


@pytest.mark.parametrize("missing", ["CONFIGPROXY_AUTH_TOKEN", "JPY_COOKIE_SECRET", "JUPYTERHUB_CRYPT_KEY"])
def test_a_hub_without_its_secrets_ends_with_their_variables(
    missing: str, load_config: LoadConfig, hub_config: HubConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(missing, "")
    with pytest.raises(SystemExit, match=f"Not set in the environment: {missing}"):
        load_config(hub_config)


def test_a_hub_that_cannot_read_hub_json_ends_with_one_message(tmp_path: Path) -> None:
    (tmp_path / "jupyterhub_config.py").write_text(CONFIG_FILE.read_text())
    (tmp_path / "hub.json").write_text(json.dumps({"image": 7}))
    ended = subprocess.run(
        [sys.executable, "-m", "jupyterhub", "-f", tmp_path / "jupyterhub_config.py"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(CONFIG_FILE.parents[1]), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode != 0
    assert "hub.json, which `pulumi up` writes beside jupyterhub_config.py, is invalid." in ended.stderr
    assert "Traceback" not in ended.stderr
