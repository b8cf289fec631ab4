"""How an agent of the rehearsal works with the others: it tells, asks, answers, and acts on what it is told."""

from __future__ import annotations

from collections.abc import Callable

from maos_desktop.model.message import Importance
from maos_desktop.model.plan import Role
from maos_desktop.rehearsal.answer import Call
from maos_desktop.rehearsal.conversation import TEAM_TOOLS
from maos_desktop.rehearsal.desk import Desk, Search
from maos_desktop.rehearsal.findings import Group, at, quote
from maos_desktop.rehearsal.frames import Frame, read_frames
from maos_desktop.rehearsal.inquiry import Inquiry
from maos_desktop.rehearsal.languages import is_test, language_of
from maos_desktop.rehearsal.mentions import counted, literal, places_in, shortened, words_in
from maos_desktop.rehearsal.prompts import TeamMate

ROLE_ORDER: tuple[Role, ...] = (
    Role.ANALYST,
    Role.ARCHITECT,
    Role.RESEARCHER,
    Role.TESTER,
    Role.SECURITY,
    Role.PERFORMANCE,
    Role.DOCUMENTER,
    Role.DEVELOPER,
    Role.REVIEWER,
)
"""Plans are in this order, and agents ask only those before them in it: so nobody waits in a circle."""
REPLY_SECONDS = 20
MAX_ANNOUNCEMENTS = 3
MAX_FOLLOWED = 6
"""Messages of others that are followed to the place they name; the rest is noted only."""
_AT_WORK = frozenset({"running", "working"})
_ENDED = frozenset({"done", "failed", "skipped"})

About = Callable[[Desk, str], Inquiry[str]]
"""What a role can tell of one file, looked up when asked; a text of one or two sentences."""


def announce(desk: Desk, group: Group | None) -> Inquiry[None]:
    """Tells the team of a finding, unless it was told of the same place or the agent has told enough."""
    if group is None:
        return
    spot = group.spots[0]
    others = len(group.spots) - 1
    more = f" {others} more of the kind." if others else ""
    text = f"{group.category.one}: {at(spot)}.{more}"
    importance = Importance.NORMAL if is_test(spot.path) else group.category.importance
    call = _tool("announce_discovery", text=text, importance=importance)
    told = {outcome.call.key for outcome in desk.conversation.calls_of("announce_discovery")}
    known = any(not frame.from_user and spot.where in frame.text for frame in desk.conversation.frames)
    if call.key in told or (len(told) < MAX_ANNOUNCEMENTS and not known):
        yield from desk.use(f"The others should know of `{spot.where}`.", call)


def record(desk: Desk, key: str, text: str) -> Inquiry[None]:
    """Keeps a fact for the team."""
    yield from desk.use("", _tool("record_fact", key=key, text=text))


def ask(desk: Desk, need: str, *roles: Role) -> Inquiry[None]:
    """Asks the first team-mate of these roles that is at work, once, and notes what came of it."""
    asked = desk.conversation.calls_of("request")
    mate = _mate_at_work(desk, roles)
    if asked:
        call = asked[0].call
    elif mate is not None:
        call = _tool("request", to=mate.agent, need=need, timeout_seconds=REPLY_SECONDS)
    else:
        return
    (outcome,) = yield from desk.use(f"That is a question for {call.input['to']}.", call)
    framed = read_frames(outcome.text)
    # An agent that has ended answers with its whole report, which is in the team's results anyway.
    reply = framed[-1].text if framed else outcome.text.partition("<report-")[0]
    desk.talk.append(f"I asked {call.input['to']}: “{shortened(call.input['need'])}” – {shortened(reply, 400)}")


def hear(desk: Desk, about: About) -> Inquiry[None]:
    """Acts on every message that reached the agent: answers requests, reads the places that are named."""
    frames = _heard(desk)
    for frame in frames:
        if frame.wants_reply:
            yield from _reply(desk, frame, about)
    told = [frame for frame in frames if not frame.wants_reply]
    for frame in told:
        if frame.from_user:
            yield from _follow_user(desk, frame, about)
    yield from _follow_team(desk, [frame for frame in told if not frame.from_user], about)
    yield from _acknowledge(desk, told)


def greetings(desk: Desk) -> str:
    """Returns what to say to the user about messages of theirs that were not answered yet; empty without any."""
    fresh = [f for f in desk.conversation.frames if f.from_user and f"({f.id})" not in desk.conversation.said]
    return "\n\n".join(f"You wrote ({f.id}): “{shortened(f.text)}” – I take it into account." for f in fresh)


def _reply(desk: Desk, frame: Frame, about: About) -> Inquiry[None]:
    if places := places_in(frame.text):
        text = yield from _told_of(desk, places[0].path, about)
    elif words := words_in(frame.text):
        text = yield from _whereabouts(desk, words[0])
    else:
        survey = yield from desk.survey()
        largest = ", ".join(f"`{path}` ({survey.code[path]} lines)" for path in survey.largest(3))
        text = f"My rules find no file in your question. What I can say: the largest source files are {largest}."
        text = text if largest else "My rules find no file in your question, and no source file in the folder."
    yield from desk.use(f"{frame.sender} waits for an answer.", _tool("reply", request_id=frame.id, text=text))
    desk.talk.append(f"{frame.sender} asked ({frame.id}): “{shortened(frame.text)}” – I answered: {shortened(text)}")


def _follow_team(desk: Desk, told: list[Frame], about: About) -> Inquiry[None]:
    """Reads the places that team-mates named, and looks closer at the first of those that matter most."""
    places = {f.id: spot for f in told for spot in places_in(f.text)[:1] if spot.line}
    followed = [frame for frame in told if frame.id in places][:MAX_FOLLOWED]
    seen: dict[str, str] = {}
    for frame in followed:
        place = places[frame.id]
        (text,) = yield from desk.look_at(f"{frame.sender} names `{place.where}`; I read it.", [place])
        seen[frame.id] = _seen(frame, text)
    for frame in told:
        desk.talk.append(f"{_head(frame)} – {seen.get(frame.id, 'noted.')}")
    if grave := next((frame for frame in followed if frame.importance in ("high", "critical")), None):
        own = yield from _told_of(desk, places[grave.id].path, about)
        desk.talk.append(f"Because of {grave.id}: {own}")


def _follow_user(desk: Desk, frame: Frame, about: About) -> Inquiry[None]:
    done = []
    for place in places_in(frame.text)[:2]:
        if place.line:
            (text,) = yield from desk.look_at(f"You named `{place.where}`; I read it.", [place])
            done.append(f"At `{place.where}`: {_seen(frame, text)}")
        done.append((yield from _told_of(desk, place.path, about)))
    for word in words_in(frame.text)[:2]:
        done.append((yield from _whereabouts(desk, word)))
    what = " ".join(done) or "My rules find no file and no word in back-ticks in it to look for."
    desk.talk.append(f"You wrote ({frame.id}): “{shortened(frame.text)}” – {what}")


def _seen(frame: Frame, text: str | None) -> str:
    if text is None:
        return "I could not read that line."
    quoted = quote(text)
    return "I read it; it stands there as quoted." if quoted in frame.text else f"I read there: {quoted}."


def _told_of(desk: Desk, path: str, about: About) -> Inquiry[str]:
    """What the role can tell of a source file; of another file, who names it."""
    if language_of(path) is None:
        return (yield from _whereabouts(desk, path.rsplit("/", 1)[-1]))
    return (yield from about(desk, path))


def _whereabouts(desk: Desk, word: str) -> Inquiry[str]:
    (hits,) = yield from desk.search(f"Where `{word}` stands.", Search(f"`{word}`", literal(word), limit=20))
    if not hits.spots:
        return f"No source file holds `{word}`."
    where = ", ".join(f"`{spot.where}`" for spot in hits.spots[:5])
    number = "at least " * hits.more + counted(len(hits.spots), "line")
    return f"`{word}` stands in {number} of {counted(len(hits.files), 'file')}, such as {where}."


def _acknowledge(desk: Desk, frames: list[Frame]) -> Inquiry[None]:
    done = {str(m) for o in desk.conversation.calls_of("acknowledge") for m in o.call.input.get("message_ids", ())}
    open_ids = [frame.id for frame in frames if frame.id not in done]
    if open_ids:
        yield from desk.use("", _tool("acknowledge", message_ids=open_ids))


def _heard(desk: Desk) -> list[Frame]:
    """Returns the messages without the replies that came as the result of the agent's own requests."""
    replies = {frame.id for outcome in desk.conversation.calls_of("request") for frame in read_frames(outcome.text)}
    return [frame for frame in desk.conversation.frames if frame.id not in replies]


def _mate_at_work(desk: Desk, roles: tuple[Role, ...]) -> TeamMate | None:
    before = [role.value for role in ROLE_ORDER[: _rank(desk.task.role)]]
    heard_of = {frame.sender for frame in desk.conversation.frames}
    for role in roles:
        for mate in desk.task.team:
            awake = mate.state in _AT_WORK or (mate.agent in heard_of and mate.state not in _ENDED)
            if mate.role == role and role in before and awake:
                return mate
    return None


def _rank(role: str) -> int:
    known = [known.value for known in ROLE_ORDER]
    return known.index(role) if role in known else 0


def _head(frame: Frame) -> str:
    return f"{frame.sender} ({frame.id}, {frame.type}): “{shortened(frame.text)}”"


def _tool(name: str, **arguments: object) -> Call:
    return Call(TEAM_TOOLS + name, {key: str(v) if isinstance(v, str) else v for key, v in arguments.items()})
