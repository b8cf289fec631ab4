"""A JSON interface over HTTP."""

import json
import traceback
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlparse

from shop.config import DEBUG
from shop.orders import OrderError, change_state
from shop.storage import Storage


class Handler(BaseHTTPRequestHandler):
    storage: Storage

    def do_GET(self) -> None:
        url = urlparse(self.path)
        if url.path == "/orders":
            customer = parse_qs(url.query).get("customer", [""])[0]
            self._answer(200, self.storage.orders_of(customer))
        else:
            self._answer(404, {"error": "not found"})

    def do_POST(self) -> None:
        # TODO: nobody is asked who they are; any caller may change any order
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            change = json.loads(body)
            change_state(self.storage, change["order"], change["state"])
        except OrderError as error:
            self._answer(409, {"error": str(error)})
        except Exception:
            self._answer(500, {"error": traceback.format_exc() if DEBUG else "internal error"})
        else:
            self._answer(200, {"ok": True})

    def _answer(self, status: int, content: object) -> None:
        payload = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)


def serve(storage: Storage, port: int) -> None:
    Handler.storage = storage
    HTTPServer(("0.0.0.0", port), Handler).serve_forever()
