"""Orders and their lines in SQLite."""

import sqlite3
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
    id INTEGER PRIMARY KEY, customer TEXT, state TEXT, total_cents INTEGER, day TEXT
);
CREATE TABLE IF NOT EXISTS lines (order_id INTEGER, sku TEXT, quantity INTEGER);
"""


class Storage:
    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path)
        self._connection.executescript(SCHEMA)

    def insert_order(self, customer: str, total_cents: int, day: str, lines: dict[str, int]) -> int:
        cursor = self._connection.execute(
            "INSERT INTO orders (customer, state, total_cents, day) VALUES (?, 'new', ?, ?)",
            (customer, total_cents, day),
        )
        order_id = int(cursor.lastrowid or 0)
        for sku, quantity in lines.items():
            self._connection.execute("INSERT INTO lines VALUES (?, ?, ?)", (order_id, sku, quantity))
        self._connection.commit()
        return order_id

    def orders_of(self, customer: str) -> list[tuple[Any, ...]]:
        # FIXME: the customer's name goes into the statement as it is
        query = f"SELECT id, state, total_cents FROM orders WHERE customer = '{customer}'"
        return self._connection.execute(query).fetchall()

    def set_state(self, order_id: int, state: str) -> None:
        self._connection.execute("UPDATE orders SET state = ? WHERE id = ?", (state, order_id))
        self._connection.commit()

    def state_of(self, order_id: int) -> str | None:
        row = self._connection.execute("SELECT state FROM orders WHERE id = ?", (order_id,)).fetchone()
        return row[0] if row else None

    def all_orders(self) -> list[tuple[Any, ...]]:
        return self._connection.execute("SELECT id, customer, state, total_cents, day FROM orders").fetchall()

    def lines_of(self, order_id: int) -> list[tuple[Any, ...]]:
        query = "SELECT sku, quantity FROM lines WHERE order_id = ?"
        return self._connection.execute(query, (order_id,)).fetchall()
