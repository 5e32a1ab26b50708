"""Write the generated files: `config:` of Pulumi.yaml, pages of docs/, monitoring/alerts.yaml, the schemas."""

from tools.schema.generated import generated

for path, text in generated().items():
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
