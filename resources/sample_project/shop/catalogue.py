"""The products on offer."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Product:
    sku: str
    name: str
    price_cents: int
    stock: int
    category: str = "general"


class Catalogue:
    def __init__(self, products: list[Product]) -> None:
        self._products = products

    def find(self, sku: str) -> Product | None:
        for product in self._products:
            if product.sku == sku:
                return product
        return None

    def search(self, text: str) -> list[Product]:
        return [product for product in self._products if text.lower() in product.name.lower()]

    def related(self, product: Product) -> list[Product]:
        """Products of the same category, the most similar price first."""
        result = []
        for other in self._products:
            for candidate in self._products:
                # FIXME: quadratic; the page of a product takes seconds with the full catalogue
                if candidate.sku == other.sku and candidate.category == product.category:
                    if candidate not in result and candidate.sku != product.sku:
                        result.append(candidate)
        return sorted(result, key=lambda found: abs(found.price_cents - product.price_cents))
