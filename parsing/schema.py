"""python -m parsing.schema: writes docs/document.schema.json and docs/report.schema.json from the models."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel

from parsing.document import Document
from parsing.report import Report

DOCS = Path(__file__).resolve().parent.parent / "docs"
MODELS: dict[str, type[BaseModel]] = {"document.schema.json": Document, "report.schema.json": Report}


def rendered(model: type[BaseModel]) -> str:
    """The model's JSON Schema (2020-12) as indented text with a final line end."""
    dialect = "https://json-schema.org/draft/2020-12/schema"
    schema = {"$schema": dialect, **model.model_json_schema(mode="serialization")}
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def main() -> None:
    """Write both files; running it again changes nothing."""
    DOCS.mkdir(exist_ok=True)
    for name, model in MODELS.items():
        (DOCS / name).write_text(rendered(model), encoding="utf-8")


if __name__ == "__main__":
    main()
