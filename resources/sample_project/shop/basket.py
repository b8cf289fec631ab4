"""What a customer is about to buy."""

from dataclasses import dataclass, field


@dataclass
class Basket:
    customer: str
    quantities: dict[str, int] = field(default_factory=dict)

    def add(self, sku: str, quantity: int = 1) -> None:
        if quantity < 1:
            raise ValueError("quantity must be at least 1")
        self.quantities[sku] = self.quantities.get(sku, 0) + quantity

    def remove(self, sku: str) -> None:
        self.quantities.pop(sku, None)

    @property
    def is_empty(self) -> bool:
        return not self.quantities
