"""Where the real material lies (../shared, beside the checkout); nothing of it is copied into the project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SHARED = Path(__file__).resolve().parents[3] / "shared"
WHY = "../shared is not beside this checkout: the real cases cannot be read"
CASES = (
    sorted(path for path in (SHARED / "cases").glob("*") if (path / "input.txt").exists()) if SHARED.exists() else []
)
PAGES = sorted((SHARED / "real" / "html").glob("*.html")) if SHARED.exists() else []


def expected(case: Path) -> dict[str, Any]:
    """A case's expected.json."""
    found: dict[str, Any] = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    return found


def lines(path: Path) -> list[str]:
    """The file's non-blank lines, stripped."""
    return [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def labels() -> list[dict[str, Any]]:
    """What a person says of each excerpt."""
    path = SHARED / "real" / "text" / "labels.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
