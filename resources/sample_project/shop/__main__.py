"""Command line: serve the interface, or print the day's report."""

import argparse

from shop.api.server import serve
from shop.report import daily_report
from shop.storage import Storage


def main() -> None:
    parser = argparse.ArgumentParser(prog="shop")
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve")
    serving.add_argument("--port", type=int, default=8000)
    serving.add_argument("--database", default="orders.db")
    reporting = commands.add_parser("report")
    reporting.add_argument("database")
    arguments = parser.parse_args()

    storage = Storage(arguments.database)
    if arguments.command == "serve":
        serve(storage, arguments.port)
    else:
        print(daily_report(storage))


if __name__ == "__main__":
    main()
