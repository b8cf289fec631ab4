"""Code is coloured line by line as if it were read as a whole, in both palettes."""

from __future__ import annotations

import pytest
from pygments.token import Comment, Keyword, Name, Text, Token, _TokenType
from PySide6.QtGui import QColor, QTextCursor, QTextDocument
from PySide6.QtWidgets import QApplication

from maos_desktop.ui import theme
from maos_desktop.ui.transcript.code_highlighter import LONGEST_LINE, CodeHighlighter, lexer_for, token_style

PYTHON = '''class Token:
    """Kept for
    a while."""
    def age(self) -> int:
        return 3  # days
'''


def colored(text: str, language: str) -> tuple[QTextDocument, CodeHighlighter]:
    document = QTextDocument()
    document.documentLayout()  # without a layout a document does not tell of its changes
    highlighter = CodeHighlighter(document, language)
    document.setPlainText(text)
    highlighter.rehighlight()
    return document, highlighter


def color_of(document: QTextDocument, line: int, word: str) -> str | None:
    """Returns the colour in which a word of a line is shown, ``None`` for the text's own."""
    block = document.findBlockByNumber(line)
    start = block.text().index(word)
    for piece in block.layout().formats():
        if piece.start <= start < piece.start + piece.length:
            return piece.format.foreground().color().name()
    return None


def name_of(token: _TokenType) -> str:
    style = token_style(token, dark=theme.is_dark())
    assert style is not None
    return style.foreground().color().name()


def test_that_keywords_names_and_comments_have_their_colours(qapp: QApplication) -> None:
    document, highlighter = colored(PYTHON, "python")
    assert color_of(document, 0, "class") == name_of(Keyword)
    assert color_of(document, 0, "Token") == name_of(Name.Class)
    assert color_of(document, 4, "# days") == name_of(Comment)
    assert highlighter.document() is document


def test_that_a_string_over_several_lines_stays_a_string(qapp: QApplication) -> None:
    document, _highlighter = colored(PYTHON, "python")
    assert color_of(document, 2, "a while") == color_of(document, 1, "Kept")


def test_that_a_new_line_goes_on_in_the_state_of_the_one_before(qapp: QApplication) -> None:
    document, _highlighter = colored('text = """one', "python")
    qapp.processEvents()
    cursor = QTextCursor(document)
    cursor.movePosition(QTextCursor.MoveOperation.End)
    cursor.insertText("\ntwo")
    assert color_of(document, 1, "two") == color_of(document, 0, "one")


def test_that_a_language_with_a_plain_lexer_is_coloured_too(qapp: QApplication) -> None:
    document, _highlighter = colored('{"name": true}', "json")
    assert color_of(document, 0, "true") == name_of(Keyword)


def test_that_an_unknown_language_is_left_alone(qapp: QApplication) -> None:
    document, _highlighter = colored("class Token:", "no-such-language")
    assert color_of(document, 0, "class") is None
    assert lexer_for("") is None


def test_that_a_line_of_data_is_left_alone(qapp: QApplication) -> None:
    document, _highlighter = colored("class " + "x" * LONGEST_LINE, "python")
    assert color_of(document, 0, "class") is None


def test_that_names_of_languages_are_taken_in_any_case(qapp: QApplication) -> None:
    assert lexer_for("Python") is not None
    assert lexer_for("js") is not None


def test_that_ordinary_text_has_no_colour_of_its_own() -> None:
    assert token_style(Text, dark=False) is None
    assert token_style(Token, dark=True) is None


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(
    "token", [Keyword, Name.Function, Name.Class, Name.Builtin, Comment, Token.Literal.String, Token.Literal.Number]
)
def test_that_code_can_be_read_on_its_ground(token: _TokenType, dark: bool) -> None:
    ground = QColor(theme.load_palette("dark" if dark else "light").colors["window"])
    style = token_style(token, dark=dark)
    assert style is not None
    assert contrast(style.foreground().color(), ground) >= 4.5


def contrast(one: QColor, other: QColor) -> float:
    """Returns the contrast of two colours as WCAG defines it, from 1 to 21."""
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def luminance(color: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF())
