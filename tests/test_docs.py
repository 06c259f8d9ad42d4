"""The documents keep their promises: every command is described, the example parser works, links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

import parsing
from crawler.cli import main
from crawler.handover import read_page

ROOT = Path(__file__).resolve().parent.parent
PAGE = """<html><body><h1>青垣区2022年政府信息公开工作年度报告</h1><div id="zoom"><p>一、总体情况</p><p>本年度未收到申请。</p>
<p>二、主动公开政府信息情况</p><p>公开信息12条。</p><p>三、收到和处理政府信息公开申请情况</p><p>没有收到申请。</p>
<p>四、政府信息公开行政复议、行政诉讼情况</p><p>未发生。</p></div></body></html>""".encode()


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_has_help_and_a_line_in_the_readme(name: str) -> None:
    command = main.commands[name]
    assert command.help
    assert f"`nianbao {name}" in (ROOT / "README.md").read_text()
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"nianbao {name} {parameter.opts}"


def test_the_readme_names_no_command_that_there_is_not() -> None:
    named = set(re.findall(r"(?m)(?:`|^ {4})nianbao ([a-z]+)\b", (ROOT / "README.md").read_text()))
    assert named <= set(main.commands)


@pytest.mark.parametrize(
    "path", ["README.md", "CONTRIBUTING.md", "docs/parsers.md", "docs/replay.md", "docs/adding-a-portal.md"]
)
def test_links_lead_somewhere(path: str) -> None:
    text = (ROOT / path).read_text()
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (ROOT / path).parent.joinpath(target).exists(), target


def test_the_example_parser_works_as_written() -> None:
    source = re.search(r"```python\n(.*?)```", (ROOT / "docs" / "parsers.md").read_text(), re.DOTALL)
    assert source
    namespace: dict[str, object] = {}
    exec(source[1], namespace)
    reading = read_page(PAGE, [], None, {"nothing": namespace["parse"]})  # type: ignore[dict-item]
    assert reading.failures == []
    assert reading.parsed["nothing"]["quiet"] >= 3


def test_a_parser_that_raises_is_a_failure_and_costs_nothing() -> None:
    def bad(document: parsing.Document) -> None:
        raise ZeroDivisionError("a mistake")

    reading = read_page(PAGE, [], None, {"bad": bad, "good": lambda document: len(document.text)})
    assert [(f.parser, f.error) for f in reading.failures] == [("bad", "ZeroDivisionError: a mistake")]
    assert reading.parsed["good"] > 0
