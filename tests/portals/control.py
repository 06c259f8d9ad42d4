"""The farm's own addresses, for a farm in another process: /__farm__/edit, withdraw, break, mend, requests, truth."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .farm import Farm, Reply

PREFIX = "/__farm__/"
HOSTS = ("127.0.0.1", "localhost")


def control(
    farm: Farm, method: str, path: str, query: dict[str, str], log: Callable[[], list[dict[str, Any]]]
) -> Reply:
    """Answers one request under PREFIX; `log` gives the records of the server."""
    word = path.removeprefix(PREFIX)
    try:
        if method == "GET" and word == "requests":
            return _json(log())
        if method == "GET" and word == "truth":
            lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in farm.truth())
            return Reply(200, "OK", [("Content-Type", "application/jsonl; charset=utf-8")], lines.encode())
        if method == "POST" and word in ("edit", "withdraw"):
            change = farm.edit_reports if word == "edit" else farm.withdraw_reports
            return _json([report.as_row() for report in change(int(query.get("n", "1")))])
        if method == "POST" and word == "break":
            farm.break_portal(query["name"], query["how"])  # type: ignore[arg-type]
            return _json({"broken": query["name"], "how": query["how"]})
        if method == "POST" and word == "mend":
            farm.mend_portal(query["name"])
            return _json({"mended": query["name"]})
    except (KeyError, ValueError) as error:
        return _json({"error": f"{type(error).__name__}: {error}"}, 400)
    return _json({"error": f"no such switch: {method} {path}"}, 404)


def _json(value: object, status: int = 200) -> Reply:
    reason = {200: "OK", 400: "Bad Request", 404: "Not Found"}[status]
    body = json.dumps(value, ensure_ascii=False).encode()
    return Reply(status, reason, [("Content-Type", "application/json; charset=utf-8")], body)
