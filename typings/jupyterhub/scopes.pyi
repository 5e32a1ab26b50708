from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T", bound=Callable[..., object])

scope_definitions: dict[str, dict[str, object]]

def define_custom_scopes(scopes: dict[str, dict[str, object]]) -> None: ...
def needs_scope(*scopes: str) -> Callable[[_T], _T]: ...
