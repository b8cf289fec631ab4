"""One selection across all the texts of a transcript."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, QPoint, Signal

from maos_desktop.ui.transcript.text_surface import TextSurface


class TranscriptSelection(QObject):
    """What the mouse has chosen, from one character of one text to another character of the same or another.

    Attributes:
        everything: all is chosen, also what is not on the screen.

    Signals:
        dragged: to this point of the screen, for the view to scroll.
        released: the button.
    """

    dragged = Signal(QPoint)
    released = Signal()

    def __init__(self, surfaces: Callable[[], Sequence[TextSurface]], parent: QObject) -> None:
        super().__init__(parent)
        self._surfaces = surfaces
        self._anchor: tuple[TextSurface, int] | None = None
        self._chosen: list[TextSurface] = []
        self.everything = False

    def attach(self, surface: TextSurface) -> None:
        """Listens to a text that has come into being."""
        surface.pressed.connect(partial(self._press, surface))
        surface.dragged.connect(self._drag)
        surface.released.connect(self.released)
        surface.word_chosen.connect(partial(self._choose_word, surface))
        surface.destroyed.connect(partial(self._forget, surface))
        if self.everything:
            surface.select_all()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is chosen."""
        return not self.everything and not any(surface.has_selection for surface in self._chosen)

    def clear(self) -> None:
        """Chooses nothing."""
        self.everything = False
        self._anchor = None
        self._choose([])

    def choose_everything(self) -> None:
        """Chooses all there is."""
        self.everything = True
        surfaces = list(self._surfaces())
        self._choose(surfaces)
        for surface in surfaces:
            surface.select_all()

    def text(self) -> str:
        """Returns what is chosen among the texts that exist now."""
        return "\n".join(text for surface in self._chosen if (text := surface.selected_text()))

    def _press(self, surface: TextSurface, position: int, extend: bool) -> None:
        if extend and self._anchor is not None:
            self._extend_to(surface, position)
            return
        self.clear()
        self._anchor = (surface, position)

    def _choose_word(self, surface: TextSurface, start: int, end: int) -> None:
        self.clear()
        self._anchor = (surface, start)
        self._choose([surface])
        surface.select(start, end)

    def _drag(self, point: QPoint) -> None:
        surface = self._nearest(point)
        if surface is not None and self._anchor is not None:
            self._extend_to(surface, surface.character_at(surface.mapFromGlobal(point)))
        self.dragged.emit(point)

    def _nearest(self, point: QPoint) -> TextSurface | None:
        def distance(surface: TextSurface) -> int:
            top = surface.mapToGlobal(QPoint(0, 0)).y()
            return max(top - point.y(), point.y() - top - surface.height(), 0)

        return min(self._surfaces(), key=distance, default=None)

    def _extend_to(self, surface: TextSurface, position: int) -> None:
        """Chooses from the anchor to here: all of what lies between, and parts of the two at the ends."""
        if self._anchor is None:
            return
        order = list(self._surfaces())
        start, end = (self._anchor, (surface, position))
        if start[0] not in order:
            return
        if (order.index(end[0]), end[1]) < (order.index(start[0]), start[1]):
            start, end = end, start
        first, last = order.index(start[0]), order.index(end[0])
        self._choose(order[first : last + 1])
        for between in order[first : last + 1]:
            begin = start[1] if between is start[0] else 0
            between.select(begin, end[1] if between is end[0] else between.length())

    def _choose(self, surfaces: list[TextSurface]) -> None:
        for surface in self._chosen:
            if surface not in surfaces:
                surface.select(0, 0)
        self._chosen = surfaces

    def _forget(self, surface: TextSurface) -> None:
        self._chosen = [kept for kept in self._chosen if kept is not surface]
        if self._anchor is not None and self._anchor[0] is surface:
            self._anchor = None
