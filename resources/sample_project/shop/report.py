"""Figures for the owner."""

from collections import defaultdict

from shop.storage import Storage


def revenue_by_day(storage: Storage) -> dict[str, int]:
    days: dict[str, int] = defaultdict(int)
    for _, _, state, total, day in storage.all_orders():
        if state != "cancelled":
            days[day] += total
    return dict(days)


def best_customers(storage: Storage, count: int = 5) -> list[tuple[str, int]]:
    spent: dict[str, int] = {}
    for _, customer, _, _, _ in storage.all_orders():
        # Reads every order again for every order.
        spent[customer] = sum(order[3] for order in storage.all_orders() if order[1] == customer)
    return sorted(spent.items(), key=lambda item: -item[1])[:count]


def daily_report(storage: Storage) -> str:
    lines = [f"{day}  {total / 100:10.2f}" for day, total in sorted(revenue_by_day(storage).items())]
    lines += [f"{customer}: {total / 100:.2f}" for customer, total in best_customers(storage)]
    return "\n".join(lines)
