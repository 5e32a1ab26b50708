"""Rules on the group `pages`."""

from settings.groups.pages import PagesSettings
from settings.types.pages import MOST_BYTES, logo_file


def size_errors(pages: PagesSettings) -> list[str]:
    """Report files that do not fit into a ConfigMap."""
    logo = 0 if pages.logo is None else len(logo_file(pages.logo).content)
    if logo + sum(len(text.encode()) for text in pages.templates.values()) <= MOST_BYTES:
        return []
    return [
        (
            f"pages.{'templates' if pages.templates else 'logo'}: has more than {MOST_BYTES // 1024} KiB, templates "
            "and logo together; put images on another site"
        )
    ]


def effect_errors(pages: PagesSettings) -> list[str]:
    """Report a page of an organization without a name."""
    if pages.organization_url is None or pages.organization is not None:
        return []
    return [
        (
            "pages.organizationUrl: has no effect without pages.organization; set that, or remove it: "
            "pulumi config rm pages.organizationUrl"
        )
    ]
