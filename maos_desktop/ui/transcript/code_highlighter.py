"""Colours code line by line with pygments, so that code that still grows is never read again from its start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import cast

from pydantic import BaseModel
from pygments.lexer import ExtendedRegexLexer, Lexer, LexerContext, RegexLexer
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES, Token, _TokenType
from pygments.util import ClassNotFound
from PySide6.QtGui import QColor, QSyntaxHighlighter, QTextCharFormat, QTextDocument
from typing_extensions import override

from maos_desktop.paths import resources_folder
from maos_desktop.ui import theme

LONGEST_LINE = 1_000
"""Characters; a longer line is data rather than code, and stays in one colour."""


class _CodePalette(BaseModel):
    """Colours of code as stored in ``resources/palette``: by pygments' short name of the kind of word."""

    light: dict[str, str]
    dark: dict[str, str]


# The one way pygments has to begin in a given state and to tell the state at the end. It needs nothing of the
# extended lexer but its method.
_read_tokens = cast("Callable[..., Iterator[tuple[int, _TokenType, str]]]", ExtendedRegexLexer.get_tokens_unprocessed)


@cache
def _code_palette() -> _CodePalette:
    text = (resources_folder() / "palette" / "code.json").read_text(encoding="utf-8")
    return _CodePalette.model_validate_json(text)


@cache
def lexer_for(language: str) -> Lexer | None:
    """Returns the lexer of a language as a fence names it, or ``None`` when there is none."""
    try:
        return get_lexer_by_name(language.lower()) if language else None
    except ClassNotFound:
        return None


@cache
def token_style(token: _TokenType, *, dark: bool) -> QTextCharFormat | None:
    """Returns how that kind of word looks in that palette, or ``None`` where it looks like all text."""
    colors = _code_palette().dark if dark else _code_palette().light
    kind: _TokenType | None = token
    while kind is not None and kind is not Token:
        color = colors.get(STANDARD_TYPES.get(kind, "-"))
        if color is not None:
            style = QTextCharFormat()
            style.setForeground(QColor(color))
            return style
        kind = kind.parent
    return None


class CodeHighlighter(QSyntaxHighlighter):
    """Colours a document of plain lines. Each line remembers in which state of the lexer it ends."""

    def __init__(self, document: QTextDocument, language: str) -> None:
        super().__init__(document)
        self._lexer = lexer_for(language)
        self._dark = theme.is_dark()
        self._stacks: list[tuple[str, ...]] = [("root",)]

    @override
    def highlightBlock(self, text: str) -> None:
        if self._lexer is None or len(text) > LONGEST_LINE:
            self.setCurrentBlockState(self.previousBlockState())
        elif isinstance(self._lexer, RegexLexer):
            self._paint_with_state(text, self._lexer)
        else:
            for start, token, value in self._lexer.get_tokens_unprocessed(text + "\n"):
                self._paint(start, len(value), token)

    def _paint_with_state(self, text: str, lexer: RegexLexer) -> None:
        before = max(self.previousBlockState(), 0)
        context = LexerContext(text + "\n", 0, stack=list(self._stacks[before]))
        for start, token, value in _read_tokens(lexer, context=context):
            self._paint(start, len(value), token)
        self.setCurrentBlockState(self._number_of(tuple(context.stack)))

    def _paint(self, start: int, length: int, token: _TokenType) -> None:
        style = token_style(token, dark=self._dark)
        if style is not None:
            self.setFormat(start, length, style)

    def _number_of(self, stack: tuple[str, ...]) -> int:
        if stack not in self._stacks:
            self._stacks.append(stack)
        return self._stacks.index(stack)
