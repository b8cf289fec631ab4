"""What the rules know of programming languages: file endings, how a function begins, what an import looks like.

The patterns are read by Python's ``re`` and by the search tool alike (no look-around, no back-references).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True, slots=True)
class Language:
    """One language. The groups of ``definition`` and ``imports`` are the name that is defined or imported."""

    name: str
    endings: tuple[str, ...]
    definition: str
    imports: str
    entry: str
    """Where a program begins."""
    test: str = ""
    """How a test begins."""
    comment: str = "//"
    documented_inside: bool = False
    """Whether a function's description follows its first line instead of standing above it."""


_SCRIPT_FUNCTION = (
    r"^\s*(?:export\s+)?(?:default\s+)?(?:async\s+)?"
    r"(?:function\s*\*?\s*(\w+)|(?:const|let)\s+(\w+)\s*=\s*(?:async\s*)?\([^)]*\)(?:\s*:\s*\S+)?\s*=>\s*\{)"
)
_SCRIPT_IMPORT = r"""(?:\bfrom\s+|\brequire\(\s*|^\s*import\s+)["']([^"']+)["']"""
_SCRIPT_TEST = r"^\s*(?:it|test)(?:\.\w+)?\("
_MEMBER_FUNCTION = (
    r"^\s+(?:(?:public|private|protected|internal|static|final|override|async|virtual)\s+)+"
    r"[\w<>\[\], .?]*?\b(\w+)\s*\([^;]*$"
)

LANGUAGES: tuple[Language, ...] = (
    Language(
        "Python",
        (".py", ".pyi"),
        definition=r"^\s*(?:async\s+)?def\s+(\w+)",
        imports=r"^\s*(?:from|import)\s+([\w.]+)(?:\s+import\s+(\w+))?",
        entry=r"^if __name__ == |^\[project\.scripts\]",
        test=r"^\s*(?:async\s+)?def\s+test\w*\(",
        comment="#",
        documented_inside=True,
    ),
    Language(
        "JavaScript",
        (".js", ".jsx", ".mjs", ".cjs"),
        definition=_SCRIPT_FUNCTION,
        imports=_SCRIPT_IMPORT,
        entry=r"require\.main === module|\.listen\(|createRoot\(",
        test=_SCRIPT_TEST,
    ),
    Language(
        "TypeScript",
        (".ts", ".tsx", ".mts"),
        definition=_SCRIPT_FUNCTION,
        imports=_SCRIPT_IMPORT,
        entry=r"require\.main === module|\.listen\(|createRoot\(|bootstrapApplication\(",
        test=_SCRIPT_TEST,
    ),
    Language(
        "Go",
        (".go",),
        definition=r"^func\s+(?:\([^)]*\)\s*)?(\w+)",
        imports=r'^(?:import\s+|\t)(?:\w+\s+)?"([^"]+)"$',
        entry=r"^func main\(",
        test=r"^func Test\w*\(",
    ),
    Language(
        "Rust",
        (".rs",),
        definition=r"^\s*(?:pub(?:\([^)]*\))?\s+)?(?:const\s+)?(?:async\s+)?(?:unsafe\s+)?fn\s+(\w+)",
        imports=r"^\s*(?:pub\s+)?use\s+([\w:]+)",
        entry=r"^\s*(?:async\s+)?fn main\(",
        test=r"^\s*#\[(?:\w+::)?test\]",
    ),
    Language(
        "Java",
        (".java",),
        definition=_MEMBER_FUNCTION,
        imports=r"^import\s+(?:static\s+)?([\w.]+)",
        entry=r"public static void main\(",
        test=r"^\s*@(?:Parameterized)?Test\b",
    ),
    Language(
        "Kotlin",
        (".kt", ".kts"),
        definition=r"^\s*(?:\w+\s+)*fun\s+(?:<[^>]*>\s*)?(?:\w+\.)?(\w+)",
        imports=r"^import\s+([\w.]+)",
        entry=r"^fun main\(",
        test=r"^\s*@Test\b",
    ),
    Language(
        "C#",
        (".cs",),
        definition=_MEMBER_FUNCTION,
        imports=r"^\s*using\s+([\w.]+);",
        entry=r"static (?:async )?\w+ Main\(",
        test=r"^\s*\[(?:Fact|Test|TestMethod|Theory)\b",
    ),
    Language(
        "C",
        (".c", ".h"),
        definition=r"^[A-Za-z_][\w\s*]*[\s*](\w+)\s*\([^;]*$",
        imports=r'^\s*#\s*include\s*[<"]([^>"]+)[>"]',
        entry=r"^\s*(?:int|void)\s+main\s*\(",
    ),
    Language(
        "C++",
        (".cpp", ".cc", ".cxx", ".hpp", ".hh"),
        definition=r"^[A-Za-z_][\w\s*&:<>,~]*[\s*&:](\w+)\s*\([^;]*$",
        imports=r'^\s*#\s*include\s*[<"]([^>"]+)[>"]',
        entry=r"^\s*int\s+main\s*\(",
        test=r"^\s*(?:TEST|TEST_F|TEST_P|TEST_CASE|SECTION)\(",
    ),
    Language(
        "Ruby",
        (".rb",),
        definition=r"^\s*def\s+(?:self\.)?([\w?!]+)",
        imports=r"""^\s*require(?:_relative)?\s+["']([^"']+)["']""",
        entry=r"__FILE__ == \$0|\$PROGRAM_NAME == __FILE__",
        test=r"^\s*(?:it|test|specify)\s+[\"']|^\s*def test_",
        comment="#",
    ),
    Language(
        "PHP",
        (".php",),
        definition=r"^\s*(?:(?:public|private|protected|static|final)\s+)*function\s+&?(\w+)",
        imports=r"^\s*use\s+([\w\\]+)",
        entry=r"PHP_SAPI|\$argv",
        test=r"function test\w*\(",
    ),
    Language(
        "Swift",
        (".swift",),
        definition=r"^\s*(?:\w+\s+)*func\s+(\w+)",
        imports=r"^import\s+(\w+)",
        entry=r"^@main\b",
        test=r"^\s*func test\w*\(",
    ),
    Language(
        "Shell",
        (".sh", ".bash"),
        definition=r"^\s*(?:function\s+)?(\w+)\s*\(\)\s*\{",
        imports=r"^\s*(?:source|\.)\s+(\S+)",
        entry=r"^#!",
        comment="#",
    ),
)

CODE_GLOB = "*.{" + ",".join(ending[1:] for language in LANGUAGES for ending in language.endings) + "}"
"""Every source file, for the search tool."""
NOT_OURS = (
    "!**/{node_modules,vendor,third_party,site-packages,bower_components,dist,build,target,coverage}/** "
    "!**/{.git,.hg,.svn,.venv,venv,.tox,.mypy_cache,.next,__pycache__}/** !*.min.js"
)
"""Leaves out what a project does not write itself."""

_BY_ENDING = {ending: language for language in LANGUAGES for ending in language.endings}
_TEST_FOLDER = re.compile(r"(^|/)(tests?|specs?|__tests__|testing)/")
_TEST_FILE = re.compile(
    r"^(test_.*|.*_test|.*_spec|.*\.(test|spec)|conftest|.*Tests?|.*Spec)\.\w+$",
)
_TEST_AFFIXES = re.compile(r"^test_|_(test|spec)$|\.(test|spec)$|(?<=[a-z])(Tests?|Spec)$")
NO_UNIT = frozenset({"init", "main", "index", "mod", "lib", "setup", "conftest", "conf", "version"})
"""Stems of files that nobody writes a test of the same name for."""


def language_of(path: str) -> Language | None:
    """Returns the language that the file's ending stands for."""
    return _BY_ENDING.get(PurePosixPath(path).suffix.lower())


def is_test(path: str) -> bool:
    """Returns whether the file's place or name says that it holds tests."""
    return bool(_TEST_FOLDER.search(path) or _TEST_FILE.match(PurePosixPath(path).name))


def name_in_code(path: str) -> str:
    """Returns the word by which other files are likely to name this one."""
    return unit_of(path) if language_of(path) else PurePosixPath(path).name


def unit_of(path: str) -> str:
    """Returns what the file is about: its stem without what marks a test, in lower case."""
    stem = PurePosixPath(path).name
    stem = stem[: stem.rindex(".")] if "." in stem.lstrip(".") else stem
    return _TEST_AFFIXES.sub("", stem).lower().strip("_-.")
