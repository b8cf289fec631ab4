"""Tool calls that wait for the user's word."""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from maos_desktop.errors import BadRequestError
from maos_desktop.executor.base import PermissionAnswer, PermissionQuestion
from maos_desktop.model.event import Journal, PermissionDecided, PermissionRequested
from maos_desktop.model.ids import AgentId


def input_sha256(tool_input: dict[str, Any]) -> str:
    """Returns the hash that ties an answer to exactly the input that was shown."""
    canonical = json.dumps(tool_input, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Open:
    sha256: str
    answer: asyncio.Future[PermissionAnswer]


class PermissionDesk:
    """Takes questions from agents and answers from the user; both are recorded."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._open: dict[str, _Open] = {}

    async def ask(self, agent_id: AgentId, question: PermissionQuestion) -> PermissionAnswer:
        """Returns the user's answer; waits as long as it takes. Who is interrupted meanwhile was denied."""
        sha256 = input_sha256(question.input)
        waiting = _Open(sha256, asyncio.get_running_loop().create_future())
        self._open[question.request_id] = waiting
        try:
            await self._journal.record(
                PermissionRequested(
                    agent_id=agent_id,
                    request_id=question.request_id,
                    tool=question.tool,
                    input=question.input,
                    input_sha256=sha256,
                    description=question.description,
                )
            )
            answer = await waiting.answer
        except asyncio.CancelledError:
            denied = PermissionAnswer(False, "It was interrupted before an answer.")
            await self._record(agent_id, question.request_id, sha256, denied, automatic=True)
            raise
        finally:
            del self._open[question.request_id]
        await self._record(agent_id, question.request_id, sha256, answer)
        return answer

    def decide(self, request_id: str, sha256: str, allowed: bool, message: str = "") -> None:
        """Answers the question. Raises ``BadRequestError`` when it is not open or was about another input."""
        waiting = self._open.get(request_id)
        if waiting is None or waiting.answer.done():
            raise BadRequestError("This question is no longer open.", next_step="Nothing needs to be done.")
        if waiting.sha256 != sha256:
            raise BadRequestError(
                "The answer was about another input than the one that waits; nothing was allowed.",
                next_step="Read the question again and answer it.",
            )
        waiting.answer.set_result(PermissionAnswer(allowed, message))

    async def _record(
        self, agent_id: AgentId, request_id: str, sha256: str, answer: PermissionAnswer, *, automatic: bool = False
    ) -> None:
        await self._journal.record(
            PermissionDecided(
                agent_id=agent_id,
                request_id=request_id,
                input_sha256=sha256,
                allowed=answer.allowed,
                message=answer.message,
                automatic=automatic,
            )
        )
