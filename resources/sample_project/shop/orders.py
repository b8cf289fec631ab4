"""Turning a basket into an order."""

import datetime

from shop.basket import Basket
from shop.catalogue import Catalogue
from shop.pricing import COUPONS, FREE_SHIPPING_FROM_CENTS, SHIPPING_CENTS
from shop.storage import Storage

TRANSITIONS = {"new": {"paid", "cancelled"}, "paid": {"shipped", "refunded"}}


class OrderError(Exception):
    pass


def place_order(basket, catalogue, storage, coupon=None, country="DE", gift=False, note=""):
    """Checks, prices and stores an order. Returns its number."""
    if basket.is_empty:
        raise OrderError("the basket is empty")
    if not basket.customer:
        raise OrderError("the customer is unknown")
    if len(note) > 500:
        raise OrderError("the note is too long")

    problems = []
    for sku, quantity in basket.quantities.items():
        product = catalogue.find(sku)
        if product is None:
            problems.append(f"{sku} is not on offer")
            continue
        if product.stock < quantity:
            problems.append(f"only {product.stock} of {product.name} left")
    if problems:
        raise OrderError("; ".join(problems))

    total = 0
    heavy = 0
    for sku, quantity in basket.quantities.items():
        product = catalogue.find(sku)
        price = product.price_cents
        if quantity >= 10:
            price = price * 95 // 100
        if quantity >= 100:
            price = price * 90 // 100
        total += price * quantity
        if product.category == "heavy":
            heavy += quantity

    if coupon is not None:
        code = coupon.strip().upper()
        if code not in COUPONS:
            raise OrderError(f"the coupon {coupon} is not valid")
        total -= total * COUPONS[code] // 100

    if country == "DE":
        if total <= FREE_SHIPPING_FROM_CENTS:
            total += SHIPPING_CENTS
    elif country in ("AT", "CH", "FR", "NL"):
        total += 2 * SHIPPING_CENTS
    else:
        total += 4 * SHIPPING_CENTS
    if heavy > 20:
        raise OrderError("more than 20 heavy articles need a carrier; please call us")
    total += heavy * 250
    if gift:
        if heavy:
            raise OrderError("heavy articles cannot be wrapped")
        total += 300

    # HACK: the day is the server's, not the customer's
    day = datetime.date.today().isoformat()
    try:
        number = storage.insert_order(basket.customer, total, day, basket.quantities)
    except Exception:
        raise OrderError("the order could not be stored")
    # TODO: take the quantities out of the stock
    basket.quantities.clear()
    return number


def change_state(storage: Storage, order_id: int, state: str) -> None:
    current = storage.state_of(order_id)
    if current is None:
        raise OrderError(f"there is no order {order_id}")
    if state not in TRANSITIONS.get(current, set()):
        raise OrderError(f"an order that is {current} cannot become {state}")
    storage.set_state(order_id, state)


def reorder(storage: Storage, order_id: int, customer: str, catalogue: Catalogue) -> Basket:
    """A new basket with what an earlier order held and is still on offer."""
    basket = Basket(customer)
    for sku, quantity in storage.lines_of(order_id):
        if catalogue.find(sku):
            basket.add(sku, quantity)
    return basket
