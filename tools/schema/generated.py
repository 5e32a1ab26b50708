"""The generated files and their content."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from provider.package import SCHEMA as PACKAGE_SCHEMA
from provider.package import VERSION
from tools.paths import CHECKOUT
from tools.schema import alert_rules, commands_page, examples_page, package, project, reference, stack

PROJECT_FILE = CHECKOUT / "Pulumi.yaml"
REFERENCE = CHECKOUT / "docs" / "settings.md"
COMMANDS = CHECKOUT / "docs" / "commands.md"
EXAMPLES = CHECKOUT / "docs" / "examples.md"
RULE_FILE = CHECKOUT / "monitoring" / "alerts.yaml"
STACK_SCHEMA = CHECKOUT / "schemas" / "stack.schema.json"
TEMPLATE = CHECKOUT / "template" / "Pulumi.yaml"


def generated() -> Mapping[Path, str]:
    """Return the text of each generated file.

    Pulumi.yaml keeps everything before its `config:`, and the template everything but the version of the package.
    """
    return {
        PROJECT_FILE: project.with_config(PROJECT_FILE.read_text(encoding="utf-8")),
        REFERENCE: reference.page(),
        COMMANDS: commands_page.page(),
        EXAMPLES: examples_page.page(),
        RULE_FILE: alert_rules.rule_file(),
        STACK_SCHEMA: _json(stack.schema()),
        PACKAGE_SCHEMA: _json(package.schema()),
        TEMPLATE: re.sub(r"(/provider@)\S+", rf"\g<1>{VERSION}", TEMPLATE.read_text(encoding="utf-8")),
    }


def _json(content: object) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
