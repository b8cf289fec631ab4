from __future__ import annotations

import pytest

from tests.unit.rehearsal.folder_cli import investigate

SECRETS = [
    'API_KEY = "sk-live-0123456789"',
    "password: str = 'hunter2hunter2'",
    '  "client_secret": "0123456789abcdef",',
    "aws = 'AKIAIOSFODNN7EXAMPLE'",
    "-----BEGIN RSA PRIVATE KEY-----",
    "token = ghp_0123456789012345678901234567890123456",
]
RISKS = [
    ("a.py", "result = eval(text)", "Calls that run code or commands"),
    ("a.py", "subprocess.run(command, shell=True)", "Calls that run code or commands"),
    ("a.py", "data = pickle.loads(raw)", "Calls that run code or commands"),
    ("a.js", "element.innerHTML = text;", "Calls that run code or commands"),
    ("a.go", 'exec.Command("sh", "-c", x)', "Calls that run code or commands"),
    ("a.c", "strcpy(target, source);", "Calls that run code or commands"),
    ("a.py", "query = f\"SELECT id FROM t WHERE name = '{name}'\"", "Queries put together from text"),
    ("a.js", "db.query(`SELECT * FROM t WHERE id = ${id}`)", "Queries put together from text"),
    ("A.java", 'String q = "SELECT * FROM t WHERE id = " + id;', "Queries put together from text"),
    ("a.py", "digest = hashlib.md5(data)", "Weak cryptography"),
    ("A.java", 'MessageDigest.getInstance("SHA-1")', "Weak cryptography"),
    ("a.py", "requests.get(url, verify=False)", "Settings that open the program or turn checks off"),
    ("a.go", "InsecureSkipVerify: true,", "Settings that open the program or turn checks off"),
    ("a.py", 'serve("0.0.0.0")', "Settings that open the program or turn checks off"),
]
HARMLESS = [
    'API_KEY = "your-key-here"',
    'password = "<password>"',
    'token = "${TOKEN}"',
    "token = read_token()",
    "matches = pattern.exec(text)",
    "# eval(x) would be unwise",
    "data = yaml.load(raw, Loader=yaml.SafeLoader)",
    'title = "SELECT a colour" + x',
    "evaluate(x)",
]


@pytest.mark.parametrize("line", SECRETS)
def test_that_a_secret_like_string_is_found_and_not_shown_whole(line: str) -> None:
    cli = investigate("security", {"conf/settings.py": f"x = 1\n{line}\n"})

    assert "### Secret-like strings (1)\n- `conf/settings.py:2`" in cli.report
    assert cli.calls_of("announce_discovery")[0]["importance"] == "high"
    for value in ("sk-live-0123456789", "hunter2hunter2", "0123456789abcdef"):
        assert value not in cli.report


@pytest.mark.parametrize(("path", "line", "category"), RISKS)
def test_that_a_risk_is_found_under_its_category(path: str, line: str, category: str) -> None:
    report = investigate("security", {path: f"{line}\n"}).report

    assert f"### {category} (1)\n- `{path}:1`" in report


@pytest.mark.parametrize("line", HARMLESS)
def test_that_harmless_lines_are_left_alone(line: str) -> None:
    cli = investigate("security", {"a.py": f"{line}\n"})

    assert "The rules found nothing to report." in cli.report
    assert cli.calls_of("announce_discovery") == []


def test_that_secrets_are_looked_for_in_every_file_but_lock_files() -> None:
    line = 'token = "0123456789abcdef"\n'
    report = investigate("security", {".env": line, "uv.lock": line, "package-lock.json": line}).report

    assert "### Secret-like strings (1)\n- `.env:1`" in report


def test_that_what_stands_in_tests_comes_last() -> None:
    line = 'token = "0123456789abcdef"\n'
    report = investigate("security", {"a/tests/test_a.py": line, "src/b.py": line}).report

    assert report.index("`src/b.py:1`") < report.index("`a/tests/test_a.py:1`")


def test_that_key_files_are_named() -> None:
    report = investigate("security", {"certs/server.pem": "x\n", "a.py": "x\n"}).report

    assert "- Key files: 1\n" in report
    assert "Files that usually hold keys: `certs/server.pem`." in report


def test_that_it_says_who_reaches_the_first_finding() -> None:
    files = {"shop/runner.py": "eval(x)\n", "shop/app.py": "from shop import runner\n"}
    cli = investigate("security", files)

    assert "named in 1 other source file: `shop/app.py:1`." in cli.report
    assert cli.calls_of("record_fact")[0]["text"] == "1 place matched security rules"


def test_that_a_finding_nobody_reaches_is_said_to_be_so() -> None:
    assert "No other source file names `a.py`" in investigate("security", {"a.py": "eval(x)\n"}).report
