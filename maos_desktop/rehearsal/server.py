"""A model server on the loopback interface that speaks the Anthropic Messages API."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import secrets
from pathlib import Path
from typing import Any

from aiohttp import web

from maos_desktop.rehearsal.answer import CHARACTERS_PER_TOKEN, Answer, Delivery
from maos_desktop.rehearsal.conversation import Conversation, read_conversation
from maos_desktop.rehearsal.environment import MODEL, loopback_environment
from maos_desktop.rehearsal.request_log import RecordedRequest, RequestLog
from maos_desktop.rehearsal.rule_brain import Brain, RuleBrain
from maos_desktop.rehearsal.sse import Event, encode, error_body, stream_events, whole_message

READING_PACE_SECONDS = 0.015
"""Between two pieces of text, so that a person sees it stream."""
MAX_BODY_BYTES = 64 * 1024 * 1024
_HOST = "127.0.0.1"
_SHUTDOWN_SECONDS = 0.1

_log = logging.getLogger(__name__)


class RehearsalServer:
    """Listens on an ephemeral port of 127.0.0.1; only who knows its random key is answered.

    Attributes:
        address: base URL.
        log: the model requests that came.
    """

    def __init__(self, brain: Brain, log: RequestLog, pace_seconds: float) -> None:
        self.address = ""
        self.log = log
        self._brain = brain
        self._pace_seconds = pace_seconds
        self._key = secrets.token_urlsafe(32)
        self._closing = asyncio.Event()
        app = web.Application(client_max_size=MAX_BODY_BYTES, middlewares=[self._guard])
        app.router.add_post("/v1/messages", self._messages)
        app.router.add_post("/v1/messages/count_tokens", self._count_tokens)
        app.router.add_get("/v1/models", self._models)
        app.router.add_route("*", "/{rest:.*}", self._nothing)
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=_SHUTDOWN_SECONDS
        )

    @classmethod
    async def start(
        cls,
        brain: Brain | None = None,
        log: RequestLog | None = None,
        *,
        pace_seconds: float = READING_PACE_SECONDS,
    ) -> RehearsalServer:
        """Returns a server that listens. ``pace_seconds`` is the time between two pieces of streamed text."""
        server = cls(brain or RuleBrain(), log if log is not None else RequestLog(), pace_seconds)
        await server._listen()
        return server

    @property
    def requests(self) -> list[RecordedRequest]:
        """The model requests that came, oldest first."""
        return list(self.log)

    def environment(self, config_folder: Path) -> dict[str, str]:
        """Returns what a CLI's environment needs to use this server; ``config_folder`` becomes the CLI's own."""
        return loopback_environment(self.address, self._key, config_folder)

    async def aclose(self) -> None:
        """Stops listening and ends every answer under way."""
        self._closing.set()
        await self._runner.cleanup()

    async def _listen(self) -> None:
        await self._runner.setup()
        site = web.TCPSite(self._runner, _HOST, 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.address = f"http://{host}:{port}"

    # --- who may ask ---

    @web.middleware
    async def _guard(self, request: web.Request, handler: Any) -> web.StreamResponse:
        # A page in a browser can reach a loopback port under a name of its own; this one answers to its address.
        if f"http://{request.host}" != self.address:
            return _error(403, "This server answers to its own address only.")
        if not self._knows_key(request):
            return _error(401, "invalid x-api-key")
        try:
            response: web.StreamResponse = await handler(request)
        except web.HTTPRequestEntityTooLarge:
            return _error(413, f"The request is larger than {MAX_BODY_BYTES} bytes.")
        return response

    def _knows_key(self, request: web.Request) -> bool:
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        given = request.headers.get("x-api-key") or bearer
        return hmac.compare_digest(given.encode(), self._key.encode())

    # --- what is answered ---

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        try:
            conversation = await asyncio.to_thread(_read, raw)
        except (ValueError, RecursionError) as error:
            return _error(400, str(error))
        self.log.add(conversation)
        answer = await self._answer(conversation)
        if not await self._may_begin(answer.delivery):
            return _error(529, "The rehearsal ends.")
        if answer.delivery.status is not None:
            return _error(answer.delivery.status, f"The rehearsal answers with status {answer.delivery.status}.")
        model = str(conversation.body.get("model") or MODEL)
        tokens = _tokens(raw)
        if not conversation.body.get("stream"):
            return web.json_response(whole_message(answer, model, tokens))
        return await self._stream(request, answer, model, tokens)

    async def _answer(self, conversation: Conversation) -> Answer:
        try:
            return await self._brain.answer(conversation)
        except Exception:
            # An edge: a rule that fails must reach the user as an error of the model, and must not be retried.
            _log.exception("A rule of the rehearsal failed for %s", conversation.agent)
            return Answer(delivery=Delivery(status=400))

    async def _may_begin(self, delivery: Delivery) -> bool:
        """Waits as the answer wants it. Returns whether it is still to be sent."""
        if delivery.delay_seconds:
            await self._closing_within(delivery.delay_seconds)
        if delivery.hold is not None:
            hold = asyncio.create_task(delivery.hold.wait())
            closing = asyncio.create_task(self._closing.wait())
            try:
                await asyncio.wait((hold, closing), return_when=asyncio.FIRST_COMPLETED)
            finally:
                hold.cancel()
                closing.cancel()
        return not self._closing.is_set()

    async def _closing_within(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._closing.wait(), seconds)
        except TimeoutError:
            return

    async def _stream(self, request: web.Request, answer: Answer, model: str, tokens: int) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
        try:
            await response.prepare(request)
            for sent, event in enumerate(stream_events(answer, model, tokens)):
                if sent == answer.delivery.cut_after:
                    _abort(request)
                    break
                await response.write(encode(event))
                await self._pause_after(event)
                if answer.delivery.hang:
                    await self._closing.wait()
        except ConnectionResetError:
            _log.debug("The CLI went away before the answer was whole")
        return response

    async def _pause_after(self, event: Event) -> None:
        if self._pace_seconds and event.get("delta", {}).get("type") == "text_delta":
            await asyncio.sleep(self._pace_seconds)

    async def _count_tokens(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"input_tokens": _tokens(await request.read())})

    async def _models(self, _: web.Request) -> web.StreamResponse:
        model = {"type": "model", "id": MODEL, "display_name": "Rehearsal", "created_at": "2026-01-01T00:00:00Z"}
        return web.json_response({"data": [model], "has_more": False, "first_id": MODEL, "last_id": MODEL})

    async def _nothing(self, _: web.Request) -> web.StreamResponse:
        return web.json_response({})


def _read(raw: bytes) -> Conversation:
    return read_conversation(json.loads(raw))


def _abort(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


def _tokens(raw: bytes) -> int:
    return max(1, len(raw) // CHARACTERS_PER_TOKEN)


def _error(status: int, message: str) -> web.Response:
    return web.json_response(error_body(status, message), status=status)
