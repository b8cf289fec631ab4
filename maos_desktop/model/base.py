"""What all data of the product has in common: frozen, and strict about unknown fields."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Data(BaseModel):
    """Immutable value; an unknown field is an error, so that a typing mistake in stored data is seen."""

    model_config = ConfigDict(frozen=True, extra="forbid")
