"""ConfigMaps of the pages, and what a change of them restarts."""

import base64
import json

from components import hub_paths
from hub.contract_pages import ANNOUNCEMENT_FILE, ANNOUNCEMENT_FOLDER, PAGES_FOLDER
from tests.doubles.monitor import Record
from tests.stacks import pod_specs, record_gke, record_hub

_SVG = '<svg xmlns="http://www.w3.org/2000/svg"/>'
_PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n rest").decode()


def _volumes(of: Record) -> dict[str, dict[str, object]]:
    return {volume["name"]: volume for volume in pod_specs(of)["tf-hub"]["volumes"]}


def _mounts(of: Record) -> dict[str, dict[str, object]]:
    return {mount["name"]: mount for mount in pod_specs(of)["tf-hub"]["containers"][0]["volumeMounts"]}


def test_another_announcement_changes_one_object_in_place() -> None:
    before, after = (record_hub({"pages.announcement": text}) for text in ("Today", "Tomorrow"))
    old = {resource.urn: resource.inputs for resource in before.resources}
    assert old.keys() == {resource.urn for resource in after.resources}
    differing = [resource.name for resource in after.resources if resource.inputs != old[resource.urn]]
    assert differing == ["tf-hub-pages-announcement"]
    config_map = after.one("ConfigMap", "tf-hub-pages").inputs
    assert config_map["data"] == {ANNOUNCEMENT_FILE: "Tomorrow"}
    assert "immutable" not in config_map


def test_the_first_announcement_and_its_end_leave_the_pods_as_they_are(hub: Record) -> None:
    assert pod_specs(record_hub({"pages.announcement": "Today"})) == pod_specs(record_hub())
    assert _volumes(hub)["announcement"]["configMap"] == {"name": "tf-hub-pages", "optional": True}
    mount = _mounts(hub)["announcement"]
    assert (mount["mountPath"], mount["readOnly"]) == (hub_paths.ANNOUNCEMENT_PATH, True)
    assert "subPath" not in mount, "Kubernetes would not update the file"


def test_logo_and_templates_are_in_an_immutable_config_map_beside_the_code() -> None:
    record = record_hub({"pages.logo": _PNG, "pages.templates": {"login.html": "Welcome"}})
    (files,) = [one for one in record.of("ConfigMap") if "hub.json" not in one.inputs["data"]]
    assert files.inputs["data"] == {"login.html": "Welcome"}
    assert files.inputs["binaryData"] == {"logo.png": _PNG}
    assert files.inputs["immutable"]
    assert "name" not in files.inputs["metadata"]
    assert _volumes(record)["pages"]["configMap"] == {"name": files.answer["metadata"]["name"]}
    assert _mounts(record)["pages"]["mountPath"] == hub_paths.PAGES_PATH
    (hub,) = [one for one in record.of("ConfigMap") if "hub.json" in one.inputs["data"]]
    assert json.loads(hub.inputs["data"]["hub.json"])["pages"]["logo"] == "logo.png"


def test_an_svg_logo_is_kept_as_it_is() -> None:
    record = record_hub({"pages.logo": _SVG})
    (files,) = [one for one in record.of("ConfigMap") if "logo.svg" in one.inputs.get("binaryData", {})]
    assert base64.b64decode(files.inputs["binaryData"]["logo.svg"]).decode() == _SVG


def test_the_folders_are_where_the_hub_looks_for_them() -> None:
    folder = hub_paths.CODE_FOLDER.removesuffix("/hub")
    assert f"{folder}/{PAGES_FOLDER}" == hub_paths.PAGES_PATH
    assert f"{folder}/{ANNOUNCEMENT_FOLDER}" == hub_paths.ANNOUNCEMENT_PATH


def test_the_provider_changes_config_maps_in_place_and_the_others_are_immutable() -> None:
    record = record_gke({"pages.announcement": "Today", "notebook.files": {"/etc/a/b": "c"}})
    (provider,) = record.of("kubernetes")
    assert provider.inputs["enableConfigMapMutable"] in {True, "true"}
    mutable = [one.name for one in record.of("ConfigMap") if not one.inputs.get("immutable")]
    assert mutable == ["tf-hub-pages-announcement"]
