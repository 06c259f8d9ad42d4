"""`read`: bytes of one published page to a Document. Pure: no network, no clock, no state; any bytes are accepted."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from parsing import attachments, blocks, charset, facts, genre, labels, markers, media, normalise, organs, region, tree
from parsing.clean import Cleaned, Line, clean
from parsing.document import Attachment, Block, BlockKind, DocType, Document, LanguageVariant, Neighbours, Provenance, Removal, TextIntegrity, TextStatus, Witness
from parsing.rules import DOCSHARE
from parsing.witness import weigh

Headers = Mapping[str, str] | Iterable[tuple[str, str]]
MAX_TEXT = 12_000_000  # bytes of HTML or text that are read; a report has 0.01 of it. What is beyond is flagged, not read.
THIN = 60  # squashed characters below which a body is no report: look for a file, a frame or pictures instead


class Source:
    """What one page gives to the facts: lines of the body region, lines of the whole page, and the tree when there is one."""

    def __init__(self) -> None:
        self.pieces: list[blocks.Piece] = []
        self.body: list[Line] = []
        self.everything: list[str] = []
        self.page: tree.Page | None = None
        self.region: region.Region | None = None
        self.removed: list[Removal] = []
        self.flags: list[str] = []


def read(content: bytes, headers: Headers | None = None, url: str | None = None) -> Document:
    """Read one page. `headers` are the HTTP response's, `url` its address: witnesses both, needed neither.

    HTML and plain text are read fully; other media come back with their `media_type` and a flag. Never raises on any bytes.
    """
    sort = media.sniff(content)
    digest = hashlib.sha256(content).hexdigest()
    if sort == media.EMPTY:
        return Document(url=url, media_type=sort, content_sha256=digest, text_status=TextStatus.missing, text_sha256=normalise.text_digest(""), flags=["empty"])
    if sort not in (media.HTML, media.PLAIN):
        status = TextStatus.image_only if sort.startswith("image/") else TextStatus.attachment_only
        if sort == "application/octet-stream":
            status = TextStatus.missing
        return Document(
            url=url, media_type=sort, content_sha256=digest, text_status=status, text_sha256=normalise.text_digest(""), flags=["attachment_not_read_yet"],
            provenance=genre.provenance(url, None, 0, LanguageVariant.zh_hans, False, False, "")[0],
        )
    decoded = charset.decode(content[:MAX_TEXT], _header(headers, "content-type"))
    source = _html(decoded.text) if sort == media.HTML else _plain(decoded.text)
    if len(content) > MAX_TEXT:
        source.flags.append("cut_at_size_limit")
    return _document(source, decoded, sort, digest, url)


def _header(headers: Headers | None, name: str) -> str | None:
    if headers is None:
        return None
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    return next((str(value) for key, value in pairs if str(key).lower() == name), None)


def _plain(text: str) -> Source:
    source = Source()
    lines = [line.rstrip() for line in normalise.printable(text).split("\n")]
    source.body = [Line(line) for line in lines if line.strip()]
    source.everything = [line.text for line in source.body]
    return source


def _html(text: str) -> Source:
    source = Source()
    source.page = page = tree.Page(text)
    source.region = region.find(page.root)
    source.everything = [line for piece in blocks.serialise(page.root) for line in piece.text.split("\n")]
    top = source.region.element
    pieces = blocks.serialise(top) if top is not None else []
    if top is not None and source.region.marks < 2 and source.region.how == "core":
        pieces = _second_opinion(text, pieces, source)
    source.pieces = _one_copy(pieces, source)
    for at, piece in enumerate(source.pieces):
        if piece.kind is BlockKind.table:
            source.body.extend(Line(line, True, at) for line in piece.text.split("\n"))
        else:
            source.body.append(Line(piece.text, False, at))
    return source


def _second_opinion(text: str, pieces: list[blocks.Piece], source: Source) -> list[blocks.Piece]:
    """No known container and nothing statutory: ask trafilatura, and believe it when our region is mostly chrome."""
    ours = sum(len(piece.text) for piece in pieces)
    sentences = sum(len(piece.text) for piece in pieces if "。" in piece.text or piece.kind is BlockKind.table)
    if ours and sentences >= 0.7 * ours:
        return pieces
    import trafilatura  # slow to import, and only this path needs it

    try:
        found = trafilatura.extract(text, include_comments=False, include_tables=True, favor_recall=True) or ""
    except Exception:  # noqa: BLE001 - a third party's parser on hostile bytes; our own region is the answer then
        return pieces
    if len(found) < 0.3 * sentences or len(found) < 30:
        return pieces
    source.flags.append("region_by_trafilatura")
    return [blocks.Piece(kind=BlockKind.paragraph, text=line.strip()) for line in found.split("\n") if line.strip()]


def _one_copy(pieces: list[blocks.Piece], source: Source) -> list[blocks.Piece]:
    """When the article stands twice in the region (a copy for telephones), the first copy stays."""
    texts = [piece.text for piece in pieces]
    for at in range(1, len(texts)):
        if len(texts[at]) >= 20 and texts[at] in texts[: min(at, 4)]:
            first = texts.index(texts[at])
            rest = texts[at:]
            if len(rest) >= 0.6 * (at - first) and len(rest) > 2 and sum(text in texts[:at] for text in rest) >= 0.9 * len(rest):
                source.removed.extend(Removal(text=text, rule="copy.second") for text in rest)
                source.flags.append("second_copy_dropped")
                return pieces[:at]
    return pieces


def _sheets(source: Source) -> None:
    """Takes metadata sheets (索引号 | … tables) off the head of the region."""
    marked = {at for at, piece in enumerate(source.pieces) if piece.sheet}
    if marked:
        first = next((at for at, line in enumerate(source.body) if not line.table and markers.opens_body(normalise.key(line.text))), len(source.body))
        kept = []
        for at, line in enumerate(source.body):
            if line.block in marked and at < first:
                source.removed.append(Removal(text=line.text, rule="head.sheet-table"))
            else:
                kept.append(line)
        source.body = kept


def _document(source: Source, decoded: charset.Decoded, sort: str, digest: str, url: str | None) -> Document:
    page = source.page
    _sheets(source)
    forms = normalise.keys(source.everything)
    hits = sum(1 for form in forms if len(form) < 200 and any(rule.pattern.match(form) for rule in DOCSHARE if rule.id not in _COMMON))
    docshare = hits >= 3 or bool(url and genre.DOCSHARE_HOSTS.search(url))
    site, _, sites = weigh(facts.site_witnesses(page, forms, docshare), normalise.squash)
    body_lines = [line.text for line in source.body]
    titles = facts.html_titles(page, source.region.element if source.region else None, body_lines, site) if page is not None else facts.text_titles(body_lines, docshare)
    cleaned = clean(source.body, titles.value, docshare, page is not None)
    kept, injected = _without_host(cleaned, url)
    text = "\n".join(line.text for line in kept)
    simplified = normalise.simplify(text)
    squashed = normalise.squash(simplified)
    kept_forms = normalise.keys([line.text for line in kept])
    chrome = _chrome_lines(forms, cleaned, kept_forms, page is not None)
    labelled = labels.facts(chrome)
    signed_by, signed_on = facts.signature(kept_forms)
    codes = facts.site_codes(page, forms)
    code, _, codes = weigh(codes)
    gloss = any(item.rule == "piece.gloss" for item in cleaned.removed)
    script = genre.language(text if not gloss else decoded.text[:20000] if page is None else text)
    script = LanguageVariant.zh_hant_pseudo if gloss and script is not LanguageVariant.zh_hans else script
    official_host = bool(url and re.search(r"^(?:https?://)?[^/]*gov\.cn(?:[:/]|$)", url)) or url is None
    kind, evidence = genre.doc_type(titles.value, squashed, kept_forms, official_host or bool(code))
    integrity = genre.integrity(simplified, gloss, bool(injected))
    provenance, why = genre.provenance(url, code, hits if docshare else 0, script, integrity is TextIntegrity.injected, kind is not DocType.other, simplified[:200] + (titles.value or ""))
    days = facts.date_witnesses([] if docshare else labelled, page, None if provenance is Provenance.mirror else url, signed_on)
    published, published_source, days = weigh(days)
    files = attachments.collect(page.root, page.embedded, _base(page, url)) if page is not None else []
    status, flags = _status(squashed, files, source, cleaned)
    author = _pick(labelled, "author") or (page.metas.get("author") if page else None)
    origin = _pick(labelled, "source") or (page.metas.get("contentsource") if page else None)
    publisher = _pick(labelled, "publisher")
    path = (facts.breadcrumb(page) if page is not None else []) or facts.breadcrumb_line(forms)
    trusted = not docshare and integrity not in (TextIntegrity.spun,)
    years = organs.year_witnesses(titles.value, squashed, published, published_source, signed_on, url, trusted)
    bodies = _organ_witnesses(titles.value, squashed, signed_by, publisher, origin, author, path, site, labelled, docshare)
    return Document(
        url=url, media_type=sort, charset=decoded.charset, content_sha256=digest, title=titles.value, doc_type=kind,
        publication_date=published, publication_date_source=published_source, author=author, content_source=origin, publisher_text=publisher,
        index_number=_pick(labelled, "index_number"), document_number=_document_number(labelled), site=site, site_id_code=code,
        column_path=path, signature=signed_by, signature_date=signed_on, language_variant=script, provenance=provenance, provenance_evidence=why,
        text_status=status, text_integrity=integrity, links=facts.neighbours(chrome) if page is None else _page_neighbours(forms), attachments=files,
        blocks=_blocks(kept, source, page is not None), text=text, text_simplified=simplified if simplified != text else None,
        text_sha256=normalise.text_digest(simplified), removed=source.removed + cleaned.removed + injected,
        witnesses={
            name: found for name, found in {
                "title": titles.witnesses, "publication_date": days, "organ": bodies, "report_year": years, "charset": decoded.witnesses, "site": sites, "site_id_code": codes,
                "doc_type": [Witness(value=kind.value, source=item, weight=1.0, chosen=True) for item in evidence],
            }.items() if found
        },
        flags=source.flags + cleaned.flags + flags,
    )


_COMMON = frozenset(("doc.file-name", "doc.keywords", "doc.time", "doc.labels", "doc.buttons"))


def _chrome_lines(forms: list[str], cleaned: Cleaned, kept: list[str], html: bool) -> list[str]:
    """Lines (comparing form) in which labelled facts are looked for: all but the body's own."""
    if not html:
        return cleaned.chrome
    body = {form for form in kept if len(form) > 12}
    return [form for form in forms if form not in body]


def _page_neighbours(forms: list[str]) -> Neighbours:
    return facts.neighbours(forms)


def _without_host(cleaned: Cleaned, url: str | None) -> tuple[list[Line], list[Removal]]:
    """A hijacked copy writes its own address in place of the body's name: that address is taken out of the sentences."""
    host = (urlsplit(url).hostname or "") if url and "//" in url else ""
    bare = re.sub(r"^(?:www|m|wap)\.", "", host)
    if not bare or bare.endswith((".gov.cn", ".edu.cn", ".org.cn", ".test")) or "." not in bare or re.fullmatch(r"[\d.]+", bare):
        return cleaned.kept, []
    pattern = re.compile(rf"(?:https?://)?(?:www\.|m\.)?{re.escape(bare)}(?:/[\w./?=&%-]*)?", re.I)
    if not any("信息公开" in line.text and pattern.search(line.text) for line in cleaned.kept):
        return cleaned.kept, []
    removed = []
    kept = []
    for line in cleaned.kept:
        removed.extend(Removal(text=hit[0], rule="piece.hijacker") for hit in pattern.finditer(line.text))
        kept.append(line._replace(text=pattern.sub("", line.text)))
    return kept, removed


def _pick(found: list[labels.Fact], field: str) -> str | None:
    """The value behind the best label of a field; of equal labels the first."""
    mine = [fact for fact in found if fact.field == field and not re.fullmatch(r"(?:本站|原创|本站原创|null|无|未知|管理员|admin)", fact.value, re.I)]
    return max(mine, key=lambda fact: fact.weight).value if mine else None


def _document_number(found: list[labels.Fact]) -> str | None:
    return next((fact.value for fact in found if fact.field == "document_number" and re.search(r"\d", fact.value)), None)


def _base(page: tree.Page, url: str | None) -> str | None:
    from urllib.parse import urljoin

    try:
        return urljoin(url or "", page.base) if page.base else url
    except ValueError:
        return url


def _status(squashed: str, files: list[Attachment], source: Source, cleaned: Cleaned) -> tuple[TextStatus, list[str]]:
    """How much of the publication is in the text: files, frames or pictures may hold the rest."""
    if len(squashed) >= 300 or (len(squashed) >= THIN and not files):
        return TextStatus.full, []
    pictures = 0
    if source.page is not None and source.region is not None and source.region.element is not None:
        pictures = sum(1 for _ in source.region.element.iter("img"))
    if files:
        return TextStatus.attachment_only, ["body_in_attachment"]
    if pictures:
        return TextStatus.image_only, ["body_in_images"]
    if _challenge(source):
        return TextStatus.blocked, ["challenge"]
    return (TextStatus.missing, ["no_text"]) if len(squashed) < 20 else (TextStatus.full, ["short"])


def _challenge(source: Source) -> bool:
    return source.page is not None and len(source.everything) < 3 and not re.search(r"[一-鿿]{6}", "".join(source.everything))


def _organ_witnesses(
    title: str | None, squashed: str, signed: str | None, publisher: str | None, origin: str | None, author: str | None, path: list[str], site: str | None,
    labelled: list[labels.Fact], docshare: bool,
) -> list[Witness]:
    """Everything that names a body, with its source and weight; parsing.statutory decides."""
    from parsing.titles import classify

    found: list[Witness] = []

    def add(value: str | None, source: str, weight: float) -> None:
        flat = normalise.squash(value or "")
        if organs.is_organ(flat):
            found.append(Witness(value=flat, source=source, weight=weight))

    if title:
        add(classify(title).organ, "title", 6.0)
    found.extend(organs.self_named(squashed))
    if docshare:
        return found
    add(signed, "signature", 1.0 if signed and signed.startswith("中共") else 4.0)
    add(publisher, "publisher", 3.5)
    add(origin, "content_source", 3.0)
    add(author, "author", 2.0)
    for name in reversed(path[1:]):
        if organs.ORGAN.match(normalise.squash(name)):
            add(name, "breadcrumb", 1.5)
            break
    for fact in labelled:
        if fact.field == "host":
            add(organs.of_office(re.sub(r"\s*(?:版权所有|\?).*$", "", fact.value).strip()), "host", 1.2)
            break
    if site:
        add(re.sub(r"(?:门户网站|政府网站|网站|门户|网)$", "", site), "site", 1.5)
    return found


def _blocks(kept: list[Line], source: Source, html: bool) -> list[Block]:
    """The kept lines as blocks: tables with their grids, lines as headings or paragraphs; in a plain text rows are gathered."""
    result: list[Block] = []
    rows: list[list[str]] = []
    last = -1
    for line in kept:
        if html and line.table:
            if line.block != last:
                piece = source.pieces[line.block]
                result.append(Block(kind=BlockKind.table, text=piece.text, rows=piece.rows))
                last = line.block
            continue
        if not html and markers.is_row(line.text):
            rows.append([cell.strip() for cell in re.split(r"[|\t]", line.text.strip())])
            continue
        if rows:
            result.append(blocks.table_block(rows))
            rows = []
        result.append(blocks.line_block(line.text.strip()))
    if rows:
        result.append(blocks.table_block(rows))
    return result
