"""How amounts, times and dates are written for people."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication, QLocale

from maos_desktop.model.session import Backend


def cost(amount: float | None, backend: Backend = Backend.CLAUDE) -> str:
    """Returns what a session has cost, e.g. ``$0.42``; empty where that is not known or not yet.

    A rehearsal costs nothing, whatever the runtime works out from its tokens.
    """
    if backend is Backend.REHEARSAL:
        return QCoreApplication.translate("Words", "no cost")
    if amount is None:
        return ""
    return f"${amount:.2f}" if amount >= 0.01 or amount == 0 else "< $0.01"


def tokens(count: int) -> str:
    """Returns a number of tokens, e.g. ``128k tokens``; empty for none."""
    if count == 0:
        return ""
    number = str(count) if count < 1_000 else f"{count / 1_000:.1f}k" if count < 10_000 else f"{count // 1_000}k"
    return QCoreApplication.translate("Words", "{count} tokens").format(count=number)


def duration(seconds: float) -> str:
    """Returns a time span, e.g. ``4:05`` or ``1:02:09``."""
    whole = max(0, int(seconds))
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def day_and_time(moment: datetime, now: datetime | None = None) -> str:
    """Returns when something was, in local time: the time alone for today, else the day."""
    local = moment.astimezone()
    today = (now or datetime.now(local.tzinfo)).astimezone()
    if local.date() == today.date():
        return local.strftime("%H:%M")
    month = QLocale().monthName(local.month, QLocale.FormatType.ShortFormat)
    return f"{local.day} {month}" if local.year == today.year else f"{local.day} {month} {local.year}"
