"""What all data of the product has in common: frozen, and strict about unknown fields."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Data(BaseModel):
    """Immutable value; an unknown field is an error, so that a typing mistake in stored data is seen."""

    # JSON has no infinity; as text it reads back as the number it was, where null would not be a number at all.
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")
