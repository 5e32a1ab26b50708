import pytest
from jinja2 import ChoiceLoader, DictLoader, Environment, FileSystemLoader

from hub.contract import HubConfig
from hub.lifetime import sentences
from tests.unit.hub.conftest import CONFIG_FILE

IDLE = "Your server is stopped after 60 minutes without activity"
WORK = "Running cells and programs that compute keep it running."
AGE = "Your server is stopped 1 hour after its start, even if it is in use."
KEPT = "The files in your home folder are kept; unsaved changes and variables are lost."


@pytest.mark.parametrize(
    ("idle_minutes", "count_open_tabs", "max_hours", "expected"),
    [
        (0, True, 0, []),
        (60, True, 0, [f"{IDLE}.", WORK, KEPT]),
        (60, False, 1, [f"{IDLE}, even if it is open in a browser.", WORK, AGE, KEPT]),
        (0, True, 1, [AGE, KEPT]),
    ],
)
def test_people_are_told_what_ends_their_server(
    idle_minutes: int,
    count_open_tabs: bool,  # noqa: FBT001 -- a parameter of the test
    max_hours: int,
    expected: list[str],
    hub_config: HubConfig,
) -> None:
    changed = {"idle_minutes": idle_minutes, "count_open_tabs": count_open_tabs, "max_hours": max_hours}
    assert sentences(hub_config.model_copy(update=changed)) == expected


def test_the_home_page_tells_it(hub_config: HubConfig) -> None:
    # As JupyterHub finds its own pages, and those in `template_paths`.
    base = DictLoader({"templates/home.html": "{% block main %}the button{% endblock %}"})
    home = Environment(loader=ChoiceLoader([base, FileSystemLoader(CONFIG_FILE.parent)]), autoescape=True)
    shown = home.get_template("home.html").render(lifetime=sentences(hub_config))
    assert "the button" in shown
    assert " ".join(sentences(hub_config)) in shown
    assert "<p" not in home.get_template("home.html").render(lifetime=[])
