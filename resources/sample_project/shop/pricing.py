"""Prices with discounts, in cents."""

from shop.basket import Basket
from shop.catalogue import Catalogue

COUPONS = {"WELCOME10": 10, "SPRING15": 15}
FREE_SHIPPING_FROM_CENTS = 50_00
SHIPPING_CENTS = 4_90


def subtotal(basket: Basket, catalogue: Catalogue) -> int:
    total = 0
    for sku, quantity in basket.quantities.items():
        product = catalogue.find(sku)
        if product is None:
            raise KeyError(sku)
        total += product.price_cents * quantity
    return total


def discount(total: int, coupon: str | None) -> int:
    if coupon is None:
        return 0
    # TODO: coupons should end at a date
    return total * COUPONS.get(coupon.upper(), 0) // 100


def shipping(total: int) -> int:
    return 0 if total > FREE_SHIPPING_FROM_CENTS else SHIPPING_CENTS
