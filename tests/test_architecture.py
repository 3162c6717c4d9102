"""Imports point one way: schemas ← internals ← stages ← flow ← app ← command line."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted([*(ROOT / "pipeline").rglob("*.py"), *(ROOT / "schemas").rglob("*.py")])

# From the bottom up; a module may import what stands on its own line or above it.
LAYERS = [
    {"schemas"},
    {"pipeline.errors"},
    {
        "pipeline.cleaning",
        "pipeline.entities",
        "pipeline.article_index",
        "pipeline.filters",
        "pipeline.formats",
        "pipeline.standard_output",
    },
    {"pipeline.stages", "pipeline.sources"},
    {
        "pipeline.message",
        "pipeline.settings",
        "pipeline.logs",
        "pipeline.interruption",
        "pipeline.child_process",
        "pipeline.metrics",
    },
    {"pipeline.connection", "pipeline.embedded_broker", "pipeline.faust_corrections"},
    {"pipeline.topics", "pipeline.flow"},
    {
        "pipeline.contract",
        "pipeline.delivery",
        "pipeline.health",
        "pipeline.clients",
        "pipeline.account",
        "pipeline.services",
    },
    {"pipeline.app", "pipeline.demo", "pipeline.live_feeds", "pipeline.console"},
    {"pipeline.worker", "pipeline.commands"},
    {"pipeline.cli"},
    {"pipeline.__main__"},
]


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def layer(module: str) -> int:
    """Return how high a module stands; -1 where it is in no layer."""
    places = [
        number
        for number, layer in enumerate(LAYERS)
        if any(module == room or module.startswith(f"{room}.") for room in layer)
    ]
    return max(places, default=-1)


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_a_module_imports_nothing_that_stands_above_it(path: Path) -> None:
    own = layer(module_name(path))
    if module_name(path) == "pipeline":
        return
    assert own >= 0, "give the new module its place in LAYERS"
    for imported in imports(path):
        if imported.split(".")[0] in ("pipeline", "schemas"):
            assert layer(imported) <= own, f"{module_name(path)} imports {imported}"


@pytest.mark.parametrize(
    ("library", "allowed"),
    [
        ("faust", {"pipeline.app", "pipeline.delivery", "pipeline.faust_corrections",
                   "pipeline.health", "pipeline.worker"}),
        ("aiokafka", {"pipeline.delivery"}),
        ("kafka", {"pipeline.connection", "pipeline.health", "pipeline.topics",
                   "pipeline.clients.acknowledged", "pipeline.clients.feed",
                   "pipeline.clients.given", "pipeline.clients.rejected",
                   "pipeline.clients.starting_point", "pipeline.clients.stored",
                   "pipeline.clients.subscribe", "pipeline.console.connected_thread",
                   "pipeline.console.measuring", "pipeline.console.reading"}),
        ("aiohttp", {"pipeline.live_feeds.addresses", "pipeline.live_feeds.fetching"}),
        ("fastapi", {"pipeline.console.app", "pipeline.console.pages", "pipeline.console.push",
                     "pipeline.console.stream"}),
        ("spacy", {"pipeline.entities.spacy_model"}),
        ("gazetteer", set()),  # it builds what the pipeline reads
    ],
)  # fmt: skip
def test_a_library_is_known_in_few_places(library: str, allowed: set[str]) -> None:
    users = {
        module_name(path)
        for path in FILES
        if any(name.split(".")[0] == library for name in imports(path))
    }
    assert users == allowed


def test_the_records_need_pydantic_and_orjson_only() -> None:
    import sys

    names = {
        name.split(".")[0]
        for path in FILES
        if module_name(path).startswith("schemas")
        for name in imports(path)
    }
    assert names - set(sys.stdlib_module_names) == {"pydantic", "orjson", "schemas"}
