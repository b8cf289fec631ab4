from __future__ import annotations

import asyncio

from maos_desktop.rehearsal.conversation import read_conversation
from maos_desktop.rehearsal.request_log import RecordedRequest, RequestLog
from tests.unit.rehearsal.bodies import body, conversation, task, user

TESTER = conversation(user(task("tester")))
ANALYST = conversation(user(task("analyst")))


def test_that_requests_are_kept_in_order_with_who_sent_them() -> None:
    log = RequestLog()
    for asked in (TESTER, ANALYST, read_conversation(body(user("quota"), tools=()))):
        log.add(asked)

    assert [request.agent for request in log] == ["tester-1", "analyst-1", None]
    assert log.of("analyst-1")[0].body == ANALYST.body
    assert [request.at for request in log] == sorted(request.at for request in log)


def test_that_only_so_many_are_kept() -> None:
    log = RequestLog(limit=2)
    for asked in (TESTER, ANALYST, ANALYST):
        log.add(asked)

    assert [request.agent for request in log] == ["analyst-1", "analyst-1"]


def test_that_all_are_kept_without_a_limit() -> None:
    log = RequestLog(limit=None)
    for _ in range(1_000):
        log.add(TESTER)

    assert len(list(log)) == 1_000


async def test_that_a_request_that_came_is_found_at_once() -> None:
    log = RequestLog()
    log.add(TESTER)

    assert (await log.wait_for(lambda request: request.agent == "tester-1")).conversation is TESTER


async def test_that_a_request_yet_to_come_is_waited_for() -> None:
    log = RequestLog()
    waiting = asyncio.create_task(log.wait_for(lambda request: request.agent == "analyst-1"))
    await asyncio.sleep(0)
    log.add(TESTER)
    await asyncio.sleep(0)
    assert not waiting.done()
    log.add(ANALYST)
    log.add(ANALYST)

    assert (await waiting).conversation is ANALYST


async def test_that_nobody_is_waited_for_after_a_cancellation() -> None:
    log = RequestLog()
    seen: list[RecordedRequest] = []

    def fits(request: RecordedRequest) -> bool:
        seen.append(request)
        return False

    waiting = asyncio.create_task(log.wait_for(fits))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    log.add(TESTER)

    assert seen == []
