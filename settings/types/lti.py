"""Named types for LTI 1.3."""

from typing import Annotated, Final

from settings.types.addresses import secure
from settings.types.text import Line, Text, at_most, matching

_NO_URL: Final = (
    "is not an address of a course platform: https://, a host and a path, as the platform shows it for the tool"
)

PlatformUrl = Annotated[
    Text,
    matching(r"https?://[^\s/?#@]+/[^\s#]*", _NO_URL),
    at_most(500, "no address is that long"),
    secure(_NO_URL),
]
"""Address of a course platform: https; for tests, http with a private IP address or localhost."""

PlatformId = Annotated[Line, at_most(255, "no ID is that long")]
"""ID that a course platform gives."""

RoleUri = Annotated[
    Text,
    matching(
        r"http://purl\.imsglobal\.org/vocab/[^\s]{1,200}",
        "is not the whole URI of a role, such as "
        "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator",
    ),
]
"""Role of LTI 1.3 (https://www.imsglobal.org/spec/lti/v1p3#role-vocabularies)."""
