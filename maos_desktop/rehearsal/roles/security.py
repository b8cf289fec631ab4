"""The security specialist: secrets, calls that run code, queries from text, weak cryptography."""

from __future__ import annotations

import re

from maos_desktop.model.plan import Role
from maos_desktop.rehearsal.desk import Desk, Search
from maos_desktop.rehearsal.findings import CODE_RUNNING, OPEN_SETTING, QUERY_TEXT, SECRET, WEAK_CRYPTO, Category
from maos_desktop.rehearsal.inquiry import Inquiry
from maos_desktop.rehearsal.languages import NOT_OURS, is_test
from maos_desktop.rehearsal.mentions import counted, listing
from maos_desktop.rehearsal.roles.rules import RoleRules, look_up_named, users_of
from maos_desktop.rehearsal.team import announce, ask, record
from maos_desktop.rehearsal.tool_output import Hits, Spot

_SECRET = (
    r"""(?i)(?:secret|passw(?:or)?d|token|api_?key|access_?key|private_?key|credential)\w*["']?"""
    r"""\s*(?::\s*\w+\s*=|[:=])\s*["'][^"'\s]{8,}["']"""
    r"|AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY-----|\bgh[pousr]_[A-Za-z0-9]{30,}|\bxox[baprs]-[A-Za-z0-9-]{10,}"
)
_PLACEHOLDER = re.compile(
    r"""[:=]\s*["'](?:your|<|\$|\{|\\|x{3}|changeme|placeholder|none|null|test|password["'])""", re.I
)
_RUNS_CODE = (
    r"(?:^|[^.\w])(?:eval|exec|execSync|system|popen)\(|\bnew Function\(|\bos\.(?:system|popen)\(|shell\s*=\s*True"
    r"|\b(?:pickle|marshal|dill|cPickle)\.loads?\(|\byaml\.(?:unsafe_)?load\(|\bMarshal\.load|\bunserialize\("
    r"|child_process|getRuntime\(\)\.exec|\bexec\.Command\(|\.innerHTML\s*=|dangerouslySetInnerHTML|\bstrcpy\(|\bgets\("
)
_SAFE = re.compile(r"SafeLoader|^\s*(?:#|//|\*)")
_QUERY = (
    r"""(?i)\bf["'](?:select|insert|update|delete)\b.*\{|["'`](?:select|insert|update|delete)\b[^`]*[$#]\{"""
    r"""|["'](?:select\b.*\bfrom|insert into|update\b.*\bset|delete from)\b.*["']\s*(?:\+|%|\.format\()"""
)
_WEAK = r"(?i)\b(?:md5|sha1)\s*\(|hashlib\.(?:md5|sha1)|createHash\(.(?:md5|sha1)|getInstance\(.(?:MD5|SHA-?1|DES)"
_OPEN = (
    r"(?i)\bverify\s*=\s*False|InsecureSkipVerify:\s*true|rejectUnauthorized:\s*false|check_hostname\s*=\s*False"
    r"|\bDEBUG\s*=\s*True|[\"']0\.0\.0\.0[\"']|CERT_NONE|\b0o?777\b"
)
_KEY_FILES = "**/{.env,*.pem,*.key,id_rsa,*.p12,*.pfx,.npmrc,.pypirc,.htpasswd}"
_ALL_TEXT = f"{NOT_OURS} !*.lock !*-lock.json !*.sum !*.svg"


def investigate(desk: Desk) -> Inquiry[None]:
    (secrets,) = yield from desk.search("Secret-like strings first.", Search("secret-like strings", _SECRET, _ALL_TEXT))
    found = [spot for spot in secrets.spots if not _PLACEHOLDER.search(spot.text)]
    yield from _found(desk, SECRET, Hits(tuple(found), secrets.more))
    runs, queries = yield from desk.search(
        "Then calls that run code, and queries put together from text.",
        Search("calls that run code", _RUNS_CODE),
        Search("queries put together from text", _QUERY),
    )
    yield from _found(desk, CODE_RUNNING, _unsafe(runs))
    yield from _found(desk, QUERY_TEXT, queries)
    weak, opened = yield from desk.search(
        "Weak cryptography, and settings that open too much.",
        Search("weak cryptography", _WEAK),
        Search("settings that open too much", _OPEN),
    )
    yield from _found(desk, WEAK_CRYPTO, _unsafe(weak))
    yield from _found(desk, OPEN_SETTING, _unsafe(opened))
    keys = yield from desk.find("Files that usually hold keys.", _KEY_FILES)
    desk.findings.counts["Key files"] = keys.total
    if keys.listed:
        desk.findings.remarks.append(f"Files that usually hold keys: {listing(keys.listed)}.")
    yield from look_up_named(desk)
    yield from _reach(desk)


def about(desk: Desk, path: str) -> Inquiry[str]:
    any_risk = "|".join((_SECRET, _RUNS_CODE, _QUERY, _WEAK, _OPEN))
    (hits,) = yield from desk.search(f"What is risky in `{path}`?", Search(f"risks in `{path}`", any_risk, path=path))
    spots = hits.spots
    if not spots:
        return f"My security rules match nothing in `{path}`."
    return (
        f"My security rules match {counted(len(spots), 'line')} of `{path}`: {listing([spot.where for spot in spots])}."
    )


def _found(desk: Desk, category: Category, hits: Hits) -> Inquiry[None]:
    spots = sorted(hits.spots, key=lambda spot: is_test(spot.path))
    yield from announce(desk, desk.findings.add(category, Hits(tuple(spots), hits.more)))


def _unsafe(hits: Hits) -> Hits:
    return Hits(tuple(spot for spot in hits.spots if not _SAFE.search(spot.text)), hits.more)


def _reach(desk: Desk) -> Inquiry[None]:
    """Who uses the first file that has a finding, and is it tested?"""
    groups = desk.findings.groups
    worst = next((spot for group in groups for spot in group.spots), None)
    yield from record(
        desk, "security", f"{counted(sum(len(group.spots) for group in groups), 'place')} matched security rules"
    )
    if worst is None:
        return
    users = yield from users_of(desk, worst.path)
    desk.findings.remarks.append(_reached(worst, users))
    need = f"Does a test cover `{worst.path}`? My rules matched at `{worst.where}`."
    yield from ask(desk, need, Role.TESTER, Role.ANALYST, Role.ARCHITECT)


def _reached(spot: Spot, users: Hits) -> str:
    if not users.spots:
        return f"No other source file names `{spot.path}`, where the first finding is."
    where = listing([user.where for user in users.spots])
    number = counted(len(users.files), "other source file")
    return f"`{spot.path}`, where the first finding is, is named in {number}: {where}."


RULES = RoleRules(investigate, about)
