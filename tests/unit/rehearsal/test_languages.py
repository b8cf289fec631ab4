from __future__ import annotations

import re

import pytest

from maos_desktop.rehearsal.languages import (
    CODE_GLOB,
    LANGUAGES,
    is_test,
    language_of,
    name_in_code,
    unit_of,
)

DEFINITIONS = [
    ("a.py", "    async def load(self):", "load"),
    ("a.js", "export async function load(x) {", "load"),
    ("a.ts", "export const load = async (x: string): Promise<void> => {", "load"),
    ("a.go", "func (s *Server) Load(x int) error {", "Load"),
    ("a.rs", "    pub(crate) async fn load<T>(x: T) -> u8 {", "load"),
    ("A.java", "    public static List<String> load(int x) {", "load"),
    ("a.kt", "    private fun load(x: Int): Int {", "load"),
    ("A.cs", "        public async Task<int> Load(int x)", "Load"),
    ("a.c", "static int load(const char *name)", "load"),
    ("a.cpp", "std::vector<int> Store::load(int x) const {", "load"),
    ("a.rb", "  def self.load?(x)", "load?"),
    ("a.php", "    public function load($x)", "load"),
    ("a.swift", "  public func load(x: Int) -> Int {", "load"),
    ("a.sh", "load() {", "load"),
]
IMPORTS = [
    ("a.py", "from shop.orders import x", "shop.orders"),
    ("a.js", "const x = require('./orders')", "./orders"),
    ("a.ts", 'import { x } from "./orders";', "./orders"),
    ("a.go", '\t"example.org/shop/orders"', "example.org/shop/orders"),
    ("a.rs", "use crate::shop::orders;", "crate::shop::orders"),
    ("A.java", "import org.shop.Orders;", "org.shop.Orders"),
    ("a.c", '#include "shop/orders.h"', "shop/orders.h"),
    ("a.rb", "require_relative 'orders'", "orders"),
    ("a.php", "use Shop\\Orders;", "Shop\\Orders"),
]
TESTS = [
    ("a.py", "    def test_it(self):"),
    ("a.ts", "  it('works', () => {"),
    ("a.go", "func TestIt(t *testing.T) {"),
    ("a.rs", "    #[tokio::test]"),
    ("A.java", "    @Test"),
    ("A.cs", "    [Fact]"),
    ("a.cpp", "TEST_F(Shop, Works) {"),
    ("a.rb", "  it 'works' do"),
]


def named(pattern: str, line: str) -> str:
    found = re.search(pattern, line)
    return next(group for group in found.groups() if group) if found else ""


@pytest.mark.parametrize(("path", "line", "name"), DEFINITIONS)
def test_that_a_definition_is_recognised_with_its_name(path: str, line: str, name: str) -> None:
    language = language_of(path)
    assert language
    assert named(language.definition, line) == name


@pytest.mark.parametrize(("path", "line", "name"), IMPORTS)
def test_that_an_import_is_recognised_with_what_it_names(path: str, line: str, name: str) -> None:
    language = language_of(path)
    assert language
    assert named(language.imports, line) == name


@pytest.mark.parametrize(("path", "line"), TESTS)
def test_that_a_test_is_recognised(path: str, line: str) -> None:
    language = language_of(path)
    assert language
    assert re.search(language.test, line)


@pytest.mark.parametrize(
    ("path", "line"),
    [("a.c", "    return load(x);"), ("a.c", "int load(int x);"), ("a.py", "    load(x)"), ("a.go", "x := load()")],
)
def test_that_a_call_or_a_declaration_is_no_definition(path: str, line: str) -> None:
    language = language_of(path)
    assert language
    assert not re.match(language.definition, line)


def test_that_every_ending_belongs_to_one_language_and_is_searched() -> None:
    endings = [ending for language in LANGUAGES for ending in language.endings]

    assert len(endings) == len(set(endings))
    assert all(ending[1:] in re.split("[{},]", CODE_GLOB) for ending in endings)


def test_that_a_language_is_known_by_the_ending() -> None:
    assert (language_of("src/A.PY") or LANGUAGES[1]).name == "Python"
    assert language_of("README.md") is None
    assert language_of("Makefile") is None


@pytest.mark.parametrize(
    "path",
    [
        "tests/util.py",
        "test_a.py",
        "src/a_test.go",
        "src/a.test.ts",
        "src/a.spec.js",
        "src/ATest.java",
        "spec/a_spec.rb",
        "src/__tests__/a.js",
        "ATests.cs",
    ],
)
def test_that_a_test_file_is_known_by_its_place_or_name(path: str) -> None:
    assert is_test(path)


@pytest.mark.parametrize("path", ["src/a.py", "latest.py", "contest/a.py", "attest.go", "protest_a.py"])
def test_that_another_file_is_no_test(path: str) -> None:
    assert not is_test(path)


@pytest.mark.parametrize(
    "path",
    ["src/orders.py", "tests/test_orders.py", "orders_test.go", "orders.test.ts", "OrdersTest.java", "orders_spec.rb"],
)
def test_that_a_file_and_its_test_are_about_the_same_unit(path: str) -> None:
    assert unit_of(path) == "orders"


def test_that_a_source_file_is_named_by_its_unit_and_another_by_its_whole_name() -> None:
    assert name_in_code("src/orders.py") == "orders"
    assert name_in_code("certs/client.key") == "client.key"
