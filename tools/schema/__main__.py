"""Write the generated files: `config:` of Pulumi.yaml, docs/settings.md, monitoring/alerts.yaml, and both schemas."""

from tools.schema.generated import generated

for path, text in generated().items():
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
