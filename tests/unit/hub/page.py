"""A page of the hub, parsed."""

from html.parser import HTMLParser


class Page(HTMLParser):
    """Inputs, labels, texts and proposed images of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.inputs: dict[str, dict[str, str | None]] = {}
        self.label_for: list[str | None] = []
        self.ids: list[str | None] = []
        self.proposed: list[str | None] = []
        self.tags: set[str] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect elements."""
        attributes = dict(attrs)
        self.tags.add(tag)
        self.ids.append(attributes.get("id"))
        if tag == "input":
            self.inputs[str(attributes["name"])] = attributes
        elif tag == "label":
            self.label_for.append(attributes["for"])
        elif tag == "option":
            self.proposed.append(attributes["value"])

    def handle_data(self, data: str) -> None:
        """Collect text."""
        self.text += data

    def values(self) -> dict[str, str | None]:
        """Return the values of the fields."""
        return {name: attributes["value"] for name, attributes in self.inputs.items()}
