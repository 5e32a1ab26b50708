from typing import Any

from traitlets import Type

class EntryPointType(Type[Any, Any]):
    entry_point_group: str
