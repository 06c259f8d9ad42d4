"""Coverage-guided fuzzing with atheris (pip install atheris; not among our dependencies: it is a wheel for few Pythons).

libFuzzer keeps what reaches new lines of parsing/ and goes on from there; it never returns, so it runs in a process of
its own: python -m tests.fuzz.guided SECONDS FOLDER SEED [FOLDER OF SEEDS…]
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris  # type: ignore[import-not-found, unused-ignore]

with atheris.instrument_imports(include=["parsing"]):
    import parsing
    from parsing.statutory import parse

from tests.fuzz.seeds import collected


def once(content: bytes) -> None:
    """One input; libFuzzer keeps it in the folder when this raises."""
    document = parsing.read(content, {}, "http://www.yuntang.test/a.html")
    parse(document).model_dump_json()
    document.model_dump_json()


def main() -> None:
    seconds, folder, seed, *folders = sys.argv[1:]
    corpus = Path(folder) / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, each in enumerate(collected([Path(name) for name in folders])):
        (corpus / f"seed-{number}").write_bytes(each.content)
    # The timeout is by the clock, and instrumented code is some five times slower.
    limits = [f"-max_total_time={seconds}", f"-seed={seed}", "-timeout=60", "-rss_limit_mb=3000", "-max_len=60000"]
    atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={folder}/", str(corpus)], once)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
