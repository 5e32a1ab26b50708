"""Choices on a running hub: who may start which, what comes of it, and what is refused."""

import json
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.unit.hub.choice_configs import WITH_FREE
from tests.unit.hub.page import Page
from tests.unit.hub.running_hub import RunningHub, Visitor, running, text_of

_RECORD = """
def record(spawner):
    import json
    from pathlib import Path
    with (Path({folder!r}) / "starts.jsonl").open("a") as starts:
        starts.write(json.dumps([spawner.user.name, spawner.image, spawner.mem_limit]) + "\\n")


c.KubeSpawner.pre_spawn_hook = record
c.JupyterHub.load_groups = {{"physics:ml": {{"users": ["bob"]}}}}
"""
"""Records each start that the check of the options lets through."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hub")


@pytest.fixture(scope="module")
def hub(folder: Path) -> Generator[RunningHub]:
    config = WITH_FREE.model_copy(update={"idle_minutes": 0})
    with running(folder, config, extra_config=_RECORD.format(folder=str(folder))) as hub:
        yield hub


def starts(folder: Path) -> list[list[object]]:
    """Return user, image and memory of every start so far."""
    file = folder / "starts.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


FORGED: list[tuple[dict[str, object], int]] = [
    ({"choice": "gpu"}, 403),
    ({"choice": " gpu "}, 403),
    ({"choice": "gpu", "image": "evil/x:1"}, 403),
    ({"choice": "GPU"}, 400),
    ({"choice": "small", "image": "quay.io/jupyter/pytorch-notebook:cuda12"}, 400),
    ({"choice": "small", "image": "rocker/binder:4.4"}, 400),
    ({"choice": "small", "image": "registry.example/foo/notebook:1.0.0@sha256:" + "0" * 64}, 400),
    ({"choice": "small", "size": "large"}, 400),
    ({"choice": "rstudio", "size": "gpu"}, 400),
    ({"choice": "small", "cpu": "64"}, 400),
    ({"choice": "small", "memory": 10**40}, 400),
    ({"choice": "small", "cpu": 1e308}, 400),
    ({"choice": "small", "additional_resources": {"nvidia.com/gpu": 8}}, 400),
    ({"choice": "small", "node_selector": {"pool": "large"}}, 400),
    ({"choice": "small", "environment": {"A": "B"}}, 400),
    ({"choice": "../gpu"}, 400),
    ({"choice": "small/../gpu"}, 400),
    ({"choice": "{username}"}, 400),
    ({"choice": "{0.__class__}"}, 400),
    ({"choice": "gpu\u0000"}, 400),
    ({"choice": "gpu\nCRITICAL forged line"}, 400),
    ({"choice": "\u0261pu"}, 400),
    ({"choice": "\uff47\uff50\uff55"}, 400),
    ({"choice": "g\u200bpu"}, 400),
    ({"choice": "x" * 5000}, 400),
    ({"choice": 1}, 400),
    ({"choice": 10**400}, 400),
    ({"choice": True}, 400),
    ({"choice": ["small", "gpu"]}, 400),
    ({"choice": {"name": "gpu"}}, 400),
    ({"choice": {"a": {"b": {"c": [[[]]]}}}}, 400),
    ({"choice": "small", "image": ["rocker/binder:4.4"]}, 400),
    ({"choice": "small", "size": {"cpu": 64}}, 400),
    ({"choice": "free", "image": "evil/x:1"}, 400),
    ({"choice": "free", "size": "large"}, 400),
    ({"choice": "free", "cpu": "64"}, 400),
    ({"image": "quay.io/jupyter/pytorch-notebook:cuda12", "size": "gpu"}, 400),
    ({"profile": "gpu"}, 400),
    ({"profile": "gpu", "image--unlisted-choice": "evil/x:1"}, 400),
    ({"gpu.image": "quay.io/jupyter/pytorch-notebook:cuda12"}, 400),
]
"""Options of somebody who may not choose `gpu`, with the answers."""


@pytest.fixture(scope="module")
def eve(hub: RunningHub) -> Visitor:
    return hub.visit("eve")


def refused_once(hub: RunningHub, before: int) -> str:
    """Return the line of the log that names who tried what, if it is one."""
    lines = hub.log.read_text()[before:].splitlines()
    (line,) = [line for line in lines if "Refused options of eve for the server of eve: " in line]
    return line


@pytest.mark.parametrize(("options", "status"), FORGED, ids=lambda value: ascii(value)[:60])
def test_forged_options_by_rest_are_refused_and_logged(
    options: dict[str, object], status: int, hub: RunningHub, eve: Visitor, folder: Path
) -> None:
    before, started = len(hub.log.read_text()), starts(folder)
    answer = eve.call("POST", "/users/eve/server", {"user_options": options})
    assert answer.status_code == status, answer.text
    assert answer.json()["message"]
    assert len(refused_once(hub, before)) < 700
    assert starts(folder) == started
    assert eve.server() is None


@pytest.mark.parametrize(
    ("options", "status"),
    [(options, status) for options, status in FORGED if all(isinstance(value, str) for value in options.values())],
    ids=lambda value: ascii(value)[:60],
)
def test_forged_options_by_form_are_refused_and_logged(
    options: dict[str, str], status: int, hub: RunningHub, eve: Visitor, folder: Path
) -> None:
    before, started = len(hub.log.read_text()), starts(folder)
    answer = eve.send_form("/hub/spawn", **options)
    assert answer.status_code == status, text_of(answer)
    assert 'class="spawn-error-msg' in answer.text
    refused_once(hub, before)
    assert starts(folder) == started


@pytest.mark.parametrize(
    ("options", "status"),
    [(options, status) for options, status in FORGED if all(isinstance(value, str) for value in options.values())],
    ids=lambda value: ascii(value)[:60],
)
def test_forged_options_in_a_link_start_nothing_and_are_logged(
    options: dict[str, str], status: int, hub: RunningHub, eve: Visitor, folder: Path
) -> None:
    before, started = len(hub.log.read_text()), starts(folder)
    answer = eve.get("/hub/spawn", params=options)
    assert 'value="gpu"' not in answer.text
    assert starts(folder) == started
    if options.keys() & {"choice", "image", "size", "cpu", "memory", "additional_resources"}:
        assert answer.status_code == status
        refused_once(hub, before)
    else:  # parameters that are no options, as those for statistics, are ignored
        assert answer.status_code == 200


def test_the_forms_of_other_users_are_not_shown(hub: RunningHub, eve: Visitor) -> None:
    titles = {"Small", "RStudio", "One L4", "Something else"}
    assert {title for title in titles if title in text_of(eve.get("/hub/spawn"))} == titles - {"One L4"}
    for name in ("ada", "bob"):  # by name, and by group
        assert {title for title in titles if title in text_of(hub.visit(name).get("/hub/spawn"))} == titles


@pytest.mark.parametrize(
    ("name", "options", "image", "gib"),
    [
        ("u1", {}, "registry.example/foo/notebook:1.0.0", 2),
        ("u2", {"choice": "rstudio"}, "rocker/binder:4.4", 8),
        ("u3", {"choice": "rstudio", "size": "large", "image": "rocker/binder:4.3"}, "rocker/binder:4.3", 16),
        ("ada", {"choice": "gpu"}, "quay.io/jupyter/pytorch-notebook:cuda12", 60),
        ("bob", {"choice": "gpu"}, "quay.io/jupyter/pytorch-notebook:cuda12", 60),
        ("u4", {"choice": "free", "memory": "3Gi"}, "registry.example/foo/notebook:1.0.0", 3),
        ("u5", {"memory": "3Gi"}, "registry.example/foo/notebook:1.0.0", 3),
    ],
)
def test_a_choice_by_rest_starts_its_server(
    name: str, options: dict[str, str], image: str, gib: int, hub: RunningHub, folder: Path
) -> None:
    user = hub.visit(name)
    assert user.call("POST", f"/users/{name}/server", {"user_options": options}).is_success
    assert [name, image, gib * 2**30] in starts(folder)
    user.call("DELETE", f"/users/{name}/server")


def test_the_form_starts_the_chosen_card_and_remembers_it(hub: RunningHub, folder: Path) -> None:
    zoe = hub.visit("zoe")
    fields = Page(zoe.get("/hub/spawn").text).values()
    assert {"choice", "free.image", "free.cpu", "free.memory"} <= fields.keys()
    others = {name: value or "" for name, value in fields.items() if name.startswith("free.")}
    answer = zoe.send_form(
        "/hub/spawn", **{**others, "choice": "rstudio", "rstudio.image": "rocker/binder:4.3", "rstudio.size": "large"}
    )
    assert answer.status_code == 302, text_of(answer)
    assert ["zoe", "rocker/binder:4.3", 16 * 2**30] in starts(folder)
    zoe.call("DELETE", "/users/zoe/server")
    page = zoe.get("/hub/spawn").text
    assert checked(page) == "rstudio"
    assert '<option value="rocker/binder:4.3" selected>' in page
    assert '<option value="large" selected>' in page


def checked(page: str) -> str | None:
    """Return the chosen card of a page."""
    tags = [tag for tag in page.split("<input")[1:] if 'type="radio"' in tag and "checked" in tag.partition(">")[0]]
    return tags[0].partition('value="')[2].partition('"')[0] if tags else None


@pytest.mark.parametrize(
    ("path", "chosen"),
    [
        ("/hub/spawn", "small"),
        ("/hub/spawn?choice=rstudio", "rstudio"),
        ("/hub/spawn?choice=rstudio&utm_source=mail", "rstudio"),
        ("/hub/spawn?opt-choice=rstudio&choice=small", "rstudio"),
        ("/hub/spawn?choice=free&cpu=2", "free"),
        ("/hub/spawn?cpu=2", "free"),
        ("/hub/spawn?choice=gpu", None),
        ("/hub/spawn?utm_source=mail", "small"),
        ("/hub/user-redirect/lab/tree/a.ipynb?choice=rstudio", "rstudio"),
        ("/hub/user-redirect/lab/tree/a.ipynb", "small"),
    ],
)
def test_a_link_chooses_a_card(path: str, chosen: str | None, hub: RunningHub) -> None:
    answer = hub.visit("lin").get(path, follow_redirects=True)
    assert answer.status_code == (200 if chosen else 403)
    assert checked(answer.text) == chosen
