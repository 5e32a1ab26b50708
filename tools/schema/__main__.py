"""Write the generated files: those of `generated`, such as docs/settings.md and the schemas."""

from tools.schema.generated import generated

for path, text in generated().items():
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
