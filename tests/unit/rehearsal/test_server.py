from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from maos_desktop.rehearsal.answer import Answer
from maos_desktop.rehearsal.conversation import Conversation
from maos_desktop.rehearsal.scripted import ScriptedBrain, Step, call, cut, delayed, failing, hanging, held, say
from maos_desktop.rehearsal.server import MAX_BODY_BYTES, RehearsalServer
from tests.unit.rehearsal.bodies import body, task, user

ASKED = body(user(task("tester")))


class Client:
    """A server, and requests to it with its key unless told otherwise."""

    def __init__(self, exits: AsyncExitStack) -> None:
        self._exits = exits

    async def start(self, *steps: Step) -> RehearsalServer:
        brain = ScriptedBrain({"tester-1": steps})
        self.server = await RehearsalServer.start(brain, pace_seconds=0)
        self._exits.push_async_callback(self.server.aclose)
        self.session = await self._exits.enter_async_context(aiohttp.ClientSession())
        self.key = self.server.environment(Path("x"))["ANTHROPIC_API_KEY"]
        return self.server

    async def post(
        self, content: Any = ASKED, *, path: str = "/v1/messages?beta=true", headers: dict[str, str] | None = None
    ) -> tuple[int, str]:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        sent = {"x-api-key": self.key} if headers is None else headers
        async with self.session.post(self.server.address + path, data=data, headers=sent) as response:
            return response.status, await response.text()

    async def events(self) -> list[dict[str, Any]]:
        _, text = await self.post()
        return [json.loads(row.removeprefix("data: ")) for row in text.splitlines() if row.startswith("data: ")]


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with AsyncExitStack() as exits:
        yield Client(exits)


def said(events: Sequence[dict[str, Any]]) -> str:
    return "".join(e["delta"]["text"] for e in events if e["type"] == "content_block_delta")


# --- answers ---


async def test_that_an_answer_is_streamed(client: Client) -> None:
    await client.start(say("One two three"))
    events = await client.events()

    assert said(events) == "One two three"
    assert events[0]["message"]["model"] == "rehearsal"
    assert events[-1] == {"type": "message_stop"}


async def test_that_sizes_are_told_as_they_are(client: Client) -> None:
    await client.start(say("x" * 400))
    events = await client.events()

    assert events[0]["message"]["usage"]["input_tokens"] == len(json.dumps(ASKED)) // 4
    assert events[-2]["usage"]["output_tokens"] == 100


async def test_that_a_request_without_stream_gets_one_object(client: Client) -> None:
    await client.start(say("One"))
    status, text = await client.post(ASKED | {"stream": False, "model": "some-model"})

    assert status == 200
    assert json.loads(text)["content"] == [{"type": "text", "text": "One"}]
    assert json.loads(text)["model"] == "some-model"


async def test_that_the_rules_answer_by_default(client: Client) -> None:
    await client.start()
    events = await client.events()

    assert events[-2]["delta"]["stop_reason"] == "tool_use"


async def test_that_text_comes_at_a_readers_pace(client: Client) -> None:
    await client.start(say("One two three"))
    pauses: list[float] = []
    client.server._pace_seconds = 0.001

    async def pause(event: dict[str, Any]) -> None:
        pauses.append(event["type"] == "content_block_delta")

    client.server._pause_after = pause  # type: ignore[method-assign]
    assert said(await client.events()) == "One two three"
    assert sum(pauses) == 3


async def test_that_tokens_are_counted(client: Client) -> None:
    await client.start()

    assert await client.post(path="/v1/messages/count_tokens") == (
        200,
        json.dumps({"input_tokens": len(json.dumps(ASKED)) // 4}),
    )


async def test_that_the_model_is_listed(client: Client) -> None:
    server = await client.start()
    async with client.session.get(f"{server.address}/v1/models", headers={"x-api-key": client.key}) as response:
        listed = await response.json()

    assert [model["id"] for model in listed["data"]] == ["rehearsal"]


@pytest.mark.parametrize("path", ["/", "/api/event_logging/batch", "/v1/messages/batches"])
async def test_that_anything_else_is_answered_with_nothing(client: Client, path: str) -> None:
    await client.start()

    assert await client.post(path=path) == (200, "{}")


# --- who may ask ---


@pytest.mark.parametrize(
    "headers", [{}, {"x-api-key": "wrong"}, {"x-api-key": ""}, {"Authorization": "Bearer wrong"}, {"x-api-key": "ü"}]
)
async def test_that_a_stranger_is_not_answered(client: Client, headers: dict[str, str]) -> None:
    await client.start(say("One"))
    status, text = await client.post(headers=headers)

    assert status == 401
    assert json.loads(text)["error"]["type"] == "authentication_error"
    assert client.server.requests == []


async def test_that_the_key_is_taken_as_a_bearer_too(client: Client) -> None:
    await client.start(say("One"))

    assert (await client.post(headers={"Authorization": f"Bearer {client.key}"}))[0] == 200


async def test_that_another_host_name_is_refused(client: Client) -> None:
    await client.start(say("One"))
    headers = {"x-api-key": client.key, "Host": "example.org"}

    assert (await client.post(headers=headers))[0] == 403


async def test_that_no_page_of_another_origin_may_read_answers(client: Client) -> None:
    server = await client.start(say("One"))
    headers = {"x-api-key": client.key, "Origin": "https://example.org"}
    async with client.session.post(server.address + "/v1/messages", json=ASKED, headers=headers) as response:
        assert not any(name.lower().startswith("access-control-") for name in response.headers)


async def test_that_only_the_loopback_interface_is_listened_on(client: Client) -> None:
    server = await client.start()

    assert server.address.startswith("http://127.0.0.1:")
    assert not server.address.endswith(":0")


async def test_that_every_server_has_a_key_of_its_own(client: Client) -> None:
    await client.start()
    first = client.key
    await client.start()

    assert client.key != first
    assert len(first) >= 32


# --- bad input ---


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"{}", b'{"messages": 3}', b"\xff\xfe", b"[" * 200_000, b'{"messages": ["x"]}']
)
async def test_that_what_is_no_request_is_refused(client: Client, content: bytes) -> None:
    await client.start()
    status, text = await client.post(content)

    assert status == 400
    assert json.loads(text)["error"]["type"] == "invalid_request_error"


async def test_that_a_request_that_is_too_large_is_refused(client: Client) -> None:
    await client.start()
    status, text = await client.post(b" " * (MAX_BODY_BYTES + 1))

    assert status == 413
    assert json.loads(text)["error"]["type"] == "request_too_large"


@pytest.mark.expected_errors("A rule of the rehearsal failed for tester-1")
async def test_that_a_rule_that_fails_is_an_error_that_is_not_retried(client: Client) -> None:
    def broken(_: Conversation) -> Answer:
        raise RuntimeError("x")

    await client.start(broken)

    assert (await client.post())[0] == 400


# --- deliveries ---


async def test_that_an_error_can_be_sent_instead(client: Client) -> None:
    await client.start(failing(529), say("One"))

    status, text = await client.post()
    assert status == 529
    assert json.loads(text)["error"]["type"] == "overloaded_error"
    assert said(await client.events()) == "One"


async def test_that_an_answer_can_be_held(client: Client) -> None:
    until = asyncio.Event()
    await client.start(held(until, say("One")))
    waiting = asyncio.create_task(client.events())
    await client.server.log.wait_for(lambda request: request.agent == "tester-1")
    assert not waiting.done()
    until.set()

    assert said(await waiting) == "One"


async def test_that_an_answer_can_come_later(client: Client) -> None:
    await client.start(delayed(0.01, say("One")))

    assert said(await client.events()) == "One"


async def test_that_a_stream_can_be_cut(client: Client) -> None:
    await client.start(cut(say("One two three"), after=3))

    with pytest.raises(aiohttp.ClientError):
        await client.post()


async def test_that_a_stream_can_hang_until_the_end(client: Client) -> None:
    server = await client.start(hanging())
    headers = {"x-api-key": client.key}
    async with client.session.post(server.address + "/v1/messages", json=ASKED, headers=headers) as response:
        begun = await response.content.readline()
        await server.aclose()

    assert begun == b"event: message_start\n"


# --- its end ---


@pytest.mark.parametrize("step", [held(asyncio.Event(), say("One")), delayed(600, say("One"))])
async def test_that_closing_ends_what_is_waited_for(client: Client, step: Step) -> None:
    server = await client.start(step)
    waiting = asyncio.create_task(client.post())
    await server.log.wait_for(lambda request: request.agent == "tester-1")
    await server.aclose()
    (ended,) = await asyncio.gather(waiting, return_exceptions=True)

    assert isinstance(ended, aiohttp.ClientError) or ended[0] == 529  # type: ignore[index]


async def test_that_nobody_is_answered_after_the_end(client: Client) -> None:
    server = await client.start(say("One"))
    await server.aclose()
    await server.aclose()

    with pytest.raises(aiohttp.ClientConnectorError):
        await client.post()


async def test_that_a_client_that_goes_away_leaves_nothing_behind(client: Client) -> None:
    server = await client.start(held(asyncio.Event(), call("Read")), say("One"))
    waiting = asyncio.create_task(client.post())
    await server.log.wait_for(lambda request: request.agent == "tester-1")
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)

    assert said(await client.events()) == "One"


async def test_that_requests_are_kept_with_who_sent_them(client: Client) -> None:
    server = await client.start(say("One"))
    await client.post()
    await client.post(body(user("quota"), tools=()))

    assert [request.agent for request in server.requests] == ["tester-1", None]
    assert server.requests[0].body["messages"] == ASKED["messages"]
