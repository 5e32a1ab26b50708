from collections.abc import Callable, Iterable
from typing import TypeVar

_T = TypeVar("_T", bound=Callable[..., object])

scope_definitions: dict[str, dict[str, object]]

def define_custom_scopes(scopes: dict[str, dict[str, object]]) -> None: ...
def _check_scopes_exist(scopes: Iterable[str], who_for: str | None = None) -> None: ...
def needs_scope(*scopes: str) -> Callable[[_T], _T]: ...
