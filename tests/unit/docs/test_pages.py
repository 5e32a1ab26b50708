import re

from tests.stacks import CLOUD_SQL, GATEWAY, LTI, OIDC, record_gke, record_hub
from tools.paths import CHECKOUT

DOCS = CHECKOUT / "docs"


def test_the_page_of_exports_lists_those_of_the_program() -> None:
    records = (
        record_hub({**OIDC, "oidc.logoutAtProvider": True, "monitoring.metrics": "prometheus"}),
        record_hub(LTI),
        record_gke({key: value for key, value in GATEWAY.items() if key != "endpoint.dnsZone"}, CLOUD_SQL),
    )
    exported = {name for record in records for name in record.outputs[record.one("JupyterHub").urn]}
    assert (
        set(re.findall(r"^\| `(\w+)` \|", (DOCS / "exports.md").read_text(encoding="utf-8"), re.MULTILINE)) == exported
    )


def test_the_page_of_objects_has_every_component() -> None:
    modules = (CHECKOUT / "components").rglob("*.py")
    pattern = r"^class (\w+)\(pulumi\.ComponentResource\)"
    made = {name for file in modules for name in re.findall(pattern, file.read_text(encoding="utf-8"), re.MULTILINE)}
    text = (DOCS / "objects.md").read_text(encoding="utf-8")
    assert {name for name in made if f"| `{name}` |" not in text} == {"JupyterHub"}


def test_every_page_is_in_the_contents() -> None:
    """Without its line there, the strict build of the site fails."""
    listed = re.findall(r"^- \[[^]]+]\(([^)]+)\)", (DOCS / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    pages = {page.name for page in DOCS.glob("*.md")} - {"README.md"}
    assert pages - {*listed} == set()
    assert len(listed) == len({*listed})
