"""Contract: the base class of its parts."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A part of `hub.json`, without unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")
