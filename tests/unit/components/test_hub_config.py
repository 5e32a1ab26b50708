from collections.abc import Mapping
from pathlib import Path

import pytest

from components import hub_config
from hub.contract import HubConfig
from tests.doubles.monitor import Record
from tests.stacks import pod_specs, record_gke, record_hub, record_settings, settings_with

_AUTOPILOT: Mapping[str, object] = {"cluster.autopilot": True, "notebook.additionalResources": {}}


_NESTED = {"content", "named_servers", "pod", "sharing"}


def _config(hub: Record) -> HubConfig:
    return HubConfig.model_validate_json(hub.one("ConfigMap").inputs["data"]["hub.json"])


def test_the_config_map_has_the_files_of_hub_byte_for_byte(hub: Record) -> None:
    data = {name: text.encode() for name, text in hub.one("ConfigMap").inputs["data"].items() if name != "hub.json"}
    folder = Path(hub_config.HUB_FOLDER)
    assert "contract.py" in data
    assert data == {
        path.name: path.read_bytes() for path in [*folder.glob("*.py"), *folder.glob("*.html"), *folder.glob("*.js")]
    }


def test_only_code_and_pages_are_in_the_config_map_unchanged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "form.html").write_bytes("<p>Größe\r\n".encode())
    (tmp_path / "notes.txt").write_text("not for the pod")
    (tmp_path / "__pycache__").mkdir()
    monkeypatch.setattr(hub_config, "HUB_FOLDER", tmp_path)
    data = record_settings(settings_with()).one("ConfigMap").inputs["data"]
    assert set(data) == {"form.html", "hub.json"}
    assert data["form.html"] == "<p>Größe\r\n"


def test_hub_json_has_the_values_of_the_settings() -> None:
    config = _config(
        record_hub(
            {
                "name": "physics",
                "namespace": "lab",
                "notebook.images": ["quay.io/jupyter/scipy-notebook:1"],
                "notebook.allowedImages": ["quay.io/jupyter/*"],
                "notebook.cpu": {"default": "500m", "min": "0.1", "max": 4},
                "notebook.memory": {"default": "1Gi", "min": "256Mi", "max": "8G"},
                "notebook.additionalResources": {"nvidia.com/gpu": 2, "example.com/fpga": 1},
                "notebook.ephemeralStorage": "20Gi",
                "notebook.storage": {"size": "5Gi", "storageClass": "fast"},
                "notebook.keepHomes": False,
                "notebook.startTimeoutSeconds": 300,
                "notebook.idleMinutes": 0,
                "notebook.countOpenTabs": False,
                "notebook.maxHours": 24,
                "pages.organization": "Example",
                "pages.terms": "Be kind.",
            }
        )
    )
    assert config.model_dump(
        exclude={"owner_uid", "default_service_account", "sign_in", "extra_config", "hub_connect_url", *_NESTED}
    ) == {
        "base_url": "/",
        "monitoring": {"groups": (), "logs": "text", "metrics": False, "public_url": None, "usage": "groups"},
        "proxy_api_url": "http://physics-proxy-api:8001",
        "database_url": "sqlite:////var/lib/jupyterhub/jupyterhub.sqlite",
        "notebooks_namespace": "lab-notebooks",
        "choices": (),
        "free_choice": False,
        "image": "registry.example/foo/notebook:1",
        "images": ("quay.io/jupyter/scipy-notebook:1",),
        "allowed_images": ("quay.io/jupyter/*",),
        "remote_repositories": {},
        "cpu": {"default": 0.5, "min": 0.1, "max": 4},
        "memory": {"default": 2**30, "min": 2**28, "max": 8 * 10**9},
        "additional_resources": {"nvidia.com/gpu": 2, "example.com/fpga": 1},
        "ephemeral_storage": 20 * 2**30,
        "ephemeral_storage_request": 2**28,
        "home_size": "5Gi",
        "home_storage_class": "fast",
        "keep_homes": False,
        "start_timeout_seconds": 300,
        "idle_minutes": 0,
        "count_open_tabs": False,
        "max_hours": 24,
        "accelerator": None,
        "environment": {},
        "secret_environment": {},
        "sign_in_token": False,
        "shared_memory": None,
        "scratch": None,
        "folders": (),
        "service_accounts": (),
        "concurrent_starts": 100,
        "active_servers": 0,
        "spare": (),
        "services": (),
        "roles": (),
        "groups": {},
        "replace_guard": False,
        "pages": {
            "organization": "Example",
            "organization_url": None,
            "help": None,
            "logo": None,
            "css": None,
            "terms": "Be kind.",
        },
    }


def test_hub_json_has_the_settings_of_images_content_and_further_servers() -> None:
    record = record_hub(
        {
            "notebook.imagePullPolicy": "Always",
            "notebook.imagePullSecrets": ["registry"],
            "notebook.defaultUrl": "/rstudio",
            "notebook.command": ["start.py", "--flag"],
            "notebook.homePath": "/home/rstudio",
            "notebook.runAs": {"user": 1001},
            "notebook.memoryLimitPercent": 200,
            "notebook.labels": {"team": "physics"},
            "notebook.annotations": {"example.org/owner": "Ada"},
            "notebook.content": [{"repository": "https://example.org/a/course.git/"}],
            "notebook.files": {"/etc/b": "2", "/etc/a": "1"},
            "notebook.kernelIdleMinutes": 30,
            "notebook.startScript": "mkdir -p work",
            "notebook.namedServers": {"max": 2, "home": "shared"},
            "notebook.sharing": True,
        }
    )
    (config_map,) = [one for one in record.of("ConfigMap") if "hub.json" not in one.inputs["data"]]
    assert config_map.inputs["data"] == {"0-a": "1", "1-b": "2"}
    assert config_map.inputs["metadata"]["namespace"] == "jupyterhub-notebooks"
    (hub,) = [one for one in record.of("ConfigMap") if "hub.json" in one.inputs["data"]]
    config = HubConfig.model_validate_json(hub.inputs["data"]["hub.json"]).model_dump()
    assert {name: config[name] for name in _NESTED} == {
        "content": {
            "repositories": ({"repository": "https://example.org/a/course.git/", "branch": None, "folder": "course"},),
            "files": {"/etc/a": "0-a", "/etc/b": "1-b"},
            "files_config_map": config["content"]["files_config_map"],
            "start_script": "mkdir -p work",
            "kernel_idle_minutes": 30,
        },
        "named_servers": {"limit": 2, "shares_home": True, "on_one_node": True},
        "pod": {
            "image_pull_policy": "Always",
            "image_pull_secrets": ("registry",),
            "default_url": "/rstudio",
            "command": ("start.py", "--flag"),
            "home_path": "/home/rstudio",
            "user": 1001,
            "group": 100,
            "node_selector": {},
            "tolerations": (),
            "memory_limit_percent": 200,
            "labels": {"team": "physics"},
            "annotations": {"example.org/owner": "Ada"},
        },
        "sharing": True,
    }
    assert config["content"]["files_config_map"]


@pytest.mark.parametrize(
    ("changes", "limit", "request_"),
    [
        ({}, 10 * 2**30, 2**28),
        ({"notebook.ephemeralStorage": "100Mi"}, 100 * 2**20, 100 * 2**20),
        (_AUTOPILOT, 10 * 2**30, 10 * 2**30),
        ({**_AUTOPILOT, "notebook.ephemeralStorage": "2Gi"}, 2 * 2**30, 2 * 2**30),
    ],
    ids=str,
)
def test_autopilot_gets_requests_as_high_as_the_limit_that_it_would_lower(
    changes: Mapping[str, object], limit: int, request_: int
) -> None:
    config = _config(record_gke(changes))
    assert (config.ephemeral_storage, config.ephemeral_storage_request) == (limit, request_)


def test_hub_json_does_not_depend_on_the_order_of_keys() -> None:
    one = {"nvidia.com/gpu": 2, "example.com/fpga": 1}
    other = dict(reversed(one.items()))
    texts = [
        record_hub({"notebook.additionalResources": order}).one("ConfigMap").inputs["data"]["hub.json"]
        for order in (one, other)
    ]
    assert texts[0] == texts[1]
    assert texts[0].count("\n") > 20


def test_a_changed_setting_makes_a_new_config_map_and_restarts_the_hub(hub: Record) -> None:
    changed = record_hub({"notebook.idleMinutes": 5})
    names = [
        next(volume["configMap"]["name"] for volume in pod_specs(record)["tf-hub"]["volumes"] if "configMap" in volume)
        for record in (hub, changed)
    ]
    assert names == [record.one("ConfigMap").answer["metadata"]["name"] for record in (hub, changed)]
    assert names[0] != names[1]
