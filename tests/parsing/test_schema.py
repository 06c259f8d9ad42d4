"""The published schemas are those of the models."""

from __future__ import annotations

import json

import jsonschema
import pytest

from parsing import read
from parsing.schema import DOCS, MODELS, rendered
from parsing.statutory import parse
from tests.parsing.test_rules import BODY


@pytest.mark.parametrize("name", MODELS)
def test_files_are_up_to_date(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == rendered(MODELS[name]), "run: python -m parsing.schema"


def test_what_is_read_is_valid() -> None:
    document = read(BODY.encode())
    for name, found in (("document.schema.json", document), ("report.schema.json", parse(document))):
        schema = json.loads((DOCS / name).read_text(encoding="utf-8"))
        jsonschema.validate(found.model_dump(mode="json"), schema)
