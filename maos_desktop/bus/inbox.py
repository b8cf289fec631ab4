"""The messages of one agent, by how far they have come."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from maos_desktop.model.ids import MessageId
from maos_desktop.model.message import Message


def message_number(message_id: MessageId) -> int:
    """Returns the ``n`` of ``m<n>``: messages are counted in the order of sending."""
    return int(message_id.removeprefix("m"))


class Inbox:
    """Messages move from queued to delivered (handed over) to read to acknowledged, each step once.

    A step is taken at once and undone when its commit fails, so that steps under way at the same time never take
    the same message.
    """

    def __init__(self) -> None:
        self._queued: list[Message] = []
        self._unread: dict[MessageId, Message] = {}
        self._read: set[MessageId] = set()
        self._acknowledged: set[MessageId] = set()
        self._waiters: list[asyncio.Future[None]] = []
        self._arriving = 0

    def put(self, message: Message) -> None:
        """Queues a message and wakes whoever waits for one."""
        self._queued.append(message)
        if self._waiters:
            self._wake()

    def __bool__(self) -> bool:
        """Whether a message is queued, or is being committed for this inbox."""
        return bool(self._queued or self._arriving)

    def expect(self) -> None:
        """Announces a message whose commit begins; ``arrived`` follows, whether or not it was ``put``."""
        self._arriving += 1

    def arrived(self) -> None:
        """Ends what ``expect`` began."""
        self._arriving -= 1
        if self._waiters:
            self._wake()

    def queued(self) -> tuple[Message, ...]:
        """Returns what waits to be handed over, in the order of sending."""
        return tuple(self._queued)

    async def settle(self) -> None:
        """Returns as soon as a message is queued or none is being committed."""
        while self._arriving and not self._queued:
            await self._change()

    def take(self, messages: Sequence[Message]) -> None:
        """Takes messages out that are queued; ``note_delivered`` or ``put_back`` follows."""
        if len(messages) == len(self._queued):
            self._queued = []
        else:
            taken = {message.id for message in messages}
            self._queued = [message for message in self._queued if message.id not in taken]

    def put_back(self, messages: Iterable[Message]) -> None:
        """Queues messages again, in the order of sending."""
        self._queued = sorted([*messages, *self._queued], key=lambda message: message_number(message.id))
        if self._queued:
            self._wake()

    def note_delivered(self, messages: Iterable[Message]) -> None:
        """Notes that messages which were taken have been handed over."""
        self._unread |= {message.id: message for message in messages}

    @contextmanager
    def reading(self, message_ids: Iterable[MessageId] | None = None) -> Iterator[tuple[MessageId, ...]]:
        """Yields which of these (of all, by default) were delivered and not read; they are read when it ends."""
        wanted = tuple(self._unread) if message_ids is None else self.unread(message_ids)
        taken = {known: self._unread.pop(known) for known in wanted}
        self._read.update(taken)
        try:
            yield tuple(taken)
        except BaseException:
            self._unread |= {known: message for known, message in taken.items() if known in self._read}
            self._read.difference_update(taken)
            raise

    def has_received(self, message_id: MessageId) -> bool:
        """Whether the message was handed over, however far it has come since."""
        return message_id in self._unread or message_id in self._read or message_id in self._acknowledged

    def unread(self, message_ids: Iterable[MessageId]) -> tuple[MessageId, ...]:
        """Returns those that were delivered and not read."""
        return tuple(message_id for message_id in message_ids if message_id in self._unread)

    def unacknowledged(self, message_ids: Iterable[MessageId]) -> tuple[MessageId, ...]:
        """Returns those that were handed over and not acknowledged, each once."""
        wanted = dict.fromkeys(message_ids)
        return tuple(known for known in wanted if known in self._unread or known in self._read)

    def acknowledge(self, message_ids: Iterable[MessageId]) -> None:
        """Notes that the receiver has acted on those messages that were handed over."""
        for message_id in self.unacknowledged(message_ids):
            self._unread.pop(message_id, None)
            self._read.discard(message_id)
            self._acknowledged.add(message_id)

    def requeue_unread(self) -> None:
        """Queues again what was delivered and not read: the process that had it is gone."""
        unread, self._unread = self._unread, {}
        self.put_back(unread.values())

    async def _change(self) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        await waiter

    def _wake(self) -> None:
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._waiters.clear()
