"""The generated files and their content."""

import json
from collections.abc import Mapping
from pathlib import Path

from tools.paths import CHECKOUT
from tools.schema import alert_rules, commands_page, examples_page, project, reference, stack

PROJECT_FILE = CHECKOUT / "Pulumi.yaml"
REFERENCE = CHECKOUT / "docs" / "settings.md"
COMMANDS = CHECKOUT / "docs" / "commands.md"
EXAMPLES = CHECKOUT / "docs" / "examples.md"
RULE_FILE = CHECKOUT / "monitoring" / "alerts.yaml"
STACK_SCHEMA = CHECKOUT / "schemas" / "stack.schema.json"


def generated() -> Mapping[Path, str]:
    """Return the text of each generated file. Pulumi.yaml keeps everything before its `config:`."""
    return {
        PROJECT_FILE: project.with_config(PROJECT_FILE.read_text(encoding="utf-8")),
        REFERENCE: reference.page(),
        COMMANDS: commands_page.page(),
        EXAMPLES: examples_page.page(),
        RULE_FILE: alert_rules.rule_file(),
        STACK_SCHEMA: json.dumps(stack.schema(), indent=1, ensure_ascii=False) + "\n",
    }
