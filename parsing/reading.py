"""`read`: bytes of one published page to a Document. Pure: no network, no clock, no state; any bytes are accepted."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Mapping

from parsing import (
    address,
    attachments,
    blocks,
    charset,
    completeness,
    facts,
    genre,
    headline,
    labels,
    lookalikes,
    markers,
    media,
    normalise,
    organs,
    sharing,
    tampering,
)
from parsing.clean import Cleaned, Line, clean, in_text, take_out, without_pieces
from parsing.document import (
    Block,
    BlockKind,
    DocType,
    Document,
    LanguageVariant,
    Neighbours,
    Provenance,
    Removal,
    TextIntegrity,
    TextStatus,
    Witness,
)
from parsing.files.body import Body
from parsing.files.worker import read_file
from parsing.source import Source, drop_sheets, html, is_elsewhere, of_file, plain, status_of
from parsing.titles import classify
from parsing.witness import weigh

Headers = Mapping[str, str] | Iterable[tuple[str, str]]
MAX_TEXT = 12_000_000  # bytes of HTML or text that are read: a hundred large reports; what is beyond is flagged


def read(content: bytes, headers: Headers | None = None, url: str | None = None) -> Document:
    """Read one page or file. `headers` are the HTTP response's, `url` its address: witnesses both, needed neither.

    HTML and plain text are read here, other media by a worker process (parsing/files/); what cannot be read comes back
    with its `media_type` and a flag that says why. Never raises on any bytes.
    """
    sort = media.sniff(content)
    digest = hashlib.sha256(content).hexdigest()
    if sort == media.EMPTY:
        return Document(
            url=url,
            media_type=sort,
            content_sha256=digest,
            text_status=TextStatus.missing,
            text_sha256=normalise.text_digest(""),
            flags=["empty"],
        )
    if sort not in (media.HTML, media.PLAIN):
        return _file(content, sort, digest, url)
    source, decoded = opened(content, sort, headers)
    return _document(source, decoded, sort, digest, url)


def opened(content: bytes, sort: str, headers: Headers | None) -> tuple[Source, charset.Decoded]:
    """A page or a text taken apart, not cleaned yet; `sort` is what media.sniff said of it."""
    decoded = charset.decode(content[:MAX_TEXT], _header(headers, "content-type"))
    meant, undone = lookalikes.undo(decoded.text)
    source = html(meant) if sort == media.HTML else plain(meant)
    source.flags.extend([*decoded.flags, *undone])
    if len(content) > MAX_TEXT:
        source.flags.append("cut_at_size_limit")
    return source, decoded


def _file(content: bytes, sort: str, digest: str, url: str | None) -> Document:
    """A file that is no web page: its content comes from the worker, and is then read as a page's is."""
    body = read_file(content, sort)
    if body.blocks:
        text = "\n".join(block.text for block in body.blocks)
        return _document(of_file(body), charset.Decoded(text, "", []), sort, digest, url, body.title)
    status = TextStatus.attachment_only
    if body.scanned:
        status = TextStatus.scanned_pdf if sort in ("application/pdf", "application/ofd") else TextStatus.image_only
    elif sort == "application/octet-stream":
        status = TextStatus.missing
    return Document(
        url=url,
        media_type=sort,
        content_sha256=digest,
        text_status=status,
        text_sha256=normalise.text_digest(""),
        flags=body.flags,
        provenance=genre.provenance(url, None, sharing.told(url, []), LanguageVariant.zh_hans, False, False, "")[0],
    )


def _packed(files: list[bytes]) -> Body:
    """Files that stand in a page itself, read as one: pictures are the pages of one report."""
    if len(files) == 1:
        return read_file(files[0], media.sniff(files[0]))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as pack:
        for number, each in enumerate(files):
            pack.writestr(zipfile.ZipInfo(f"{number:03}"), each)
    return read_file(out.getvalue(), "application/zip")


def _header(headers: Headers | None, name: str) -> str | None:
    if headers is None:
        return None
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    return next((str(value) for key, value in pairs if str(key).lower() == name), None)


def _document(
    source: Source, decoded: charset.Decoded, sort: str, digest: str, url: str | None, named: str | None = None
) -> Document:
    page = source.page
    drop_sheets(source)
    forms = normalise.keys(source.everything)
    shared = sharing.told(url, forms)
    docshare = shared.is_copy
    site, _, sites = weigh(facts.site_witnesses(page, forms, shared), normalise.squash)
    source.body, pieces = without_pieces(source.body, docshare)
    if docshare:
        source.body, seams = sharing.stitched(source.body)
        pieces += seams
    body_lines = [line.text for line in source.body]
    titles = (
        headline.html_titles(page, source.region.element if source.region else None, body_lines, site)
        if page is not None
        else headline.text_titles(body_lines, docshare, named)
    )
    base = address.join(url, page.base or "") if page is not None else url
    files = attachments.collect(page.root, page.embedded.files, base or url) if page is not None else []
    where = ""
    if page is not None and not files and is_elsewhere(source, titles.value):
        where, files, within = attachments.in_place(page, source.region, base or url)
        if within:
            source.take(_packed(within))
        where = where if files or within else ""
    cleaned = clean(source.body, titles.value, docshare, source.is_marked_up, {file.name for file in files})
    kept, injected = _without_host(cleaned, url)
    text = "\n".join(line.text for line in kept)
    simplified = normalise.simplify(text)
    kept_forms = normalise.keys([line.text for line in kept])
    squashed = "".join("".join(kept_forms).split())
    chrome = _chrome_lines(forms, cleaned, kept_forms, source.is_marked_up)
    labelled = labels.facts(chrome, in_order=page is None and not docshare)
    signed_by, signed_on = facts.signature(kept_forms)
    codes = facts.site_codes(page, forms)
    code, _, codes = weigh(codes)
    gloss = any(item.rule == "piece.gloss" for item in pieces)
    spam = tampering.spam("\n".join([simplified, titles.value or "", *_spam_lines(cleaned)]))
    script = genre.language(text if not gloss else decoded.text[:20000] if page is None else text)
    script = LanguageVariant.zh_hant_pseudo if gloss and script is not LanguageVariant.zh_hans else script
    official_host = url is None or re.search(r"(?:^|\.)gov\.cn$", address.host(url)) is not None
    kind, evidence = genre.doc_type(titles.value, squashed, kept_forms, official_host or docshare or bool(code))
    integrity, changed = genre.integrity(simplified, gloss, bool(injected or spam))
    provenance, why = genre.provenance(
        url,
        code,
        shared,
        script,
        integrity is TextIntegrity.injected,
        kind is not DocType.other,
        simplified[:200] + (titles.value or ""),
        forms,
        classify(titles.value).organ if titles.value else None,
    )
    days = facts.date_witnesses(labelled, page, None if provenance is Provenance.mirror else url, signed_on)
    published, published_source, days = weigh(days)
    status, flags = status_of(squashed, files, where, source)
    author = _pick(labelled, "author") or (page.metas.get("author") if page else None)
    origin = _pick(labelled, "source") or (page.metas.get("contentsource") if page else None)
    publisher = _pick(labelled, "publisher")
    path = (facts.breadcrumb(page) if page is not None else []) or facts.breadcrumb_line(forms)
    trusted = not docshare and integrity not in (TextIntegrity.spun,)
    years = organs.year_witnesses(titles.value, squashed, published, published_source, signed_on, url, trusted)
    bodies = organs.page_witnesses(
        titles.value, squashed, signed_by, publisher, origin, author, path, site, labelled, docshare
    )
    taken = in_text(source.removed + pieces + cleaned.removed, source.body, cleaned) + injected
    if unread := completeness.left_out(source.markup, text, [removal.text for removal in taken]):
        flags.append(f"sentences_left_out:{unread}")
    return Document(
        url=url,
        media_type=sort,
        charset=decoded.charset or None,
        content_sha256=digest,
        title=titles.value,
        doc_type=kind,
        publication_date=published,
        publication_date_source=published_source,
        author=author,
        content_source=origin,
        publisher_text=publisher,
        index_number=_pick(labelled, "index_number"),
        document_number=_document_number(labelled),
        site=site,
        site_id_code=code,
        column_path=path,
        signature=signed_by,
        signature_date=signed_on,
        language_variant=script,
        provenance=provenance,
        provenance_evidence=why,
        text_status=status,
        text_integrity=integrity,
        links=facts.neighbours(chrome) if page is None else _page_neighbours(forms),
        attachments=files,
        blocks=_blocks(kept, source, source.is_marked_up),
        text=text,
        text_simplified=simplified if simplified != text else None,
        text_sha256=normalise.squashed_digest(squashed),
        removed=taken,
        witnesses={
            name: found
            for name, found in {
                "title": titles.witnesses,
                "publication_date": days,
                "organ": bodies,
                "report_year": years,
                "charset": decoded.witnesses,
                "site": sites,
                "site_id_code": codes,
                "text_integrity": changed,
                "doc_type": [Witness(value=kind.value, source=item, weight=1.0, chosen=True) for item in evidence],
            }.items()
            if found
        },
        flags=[*source.flags, *cleaned.flags, *flags, *_marks(simplified, url, spam)],
    )


def _spam_lines(cleaned: Cleaned) -> list[str]:
    return [normalise.simplify(removal.text) for removal in cleaned.removed if removal.rule == "x.spam"]


def _marks(simplified: str, url: str | None, spam: list[str]) -> list[str]:
    """Flags for what others did to the text."""
    marks = [f"spam:{kind}" for kind in spam]
    if tampering.lost_spaces(simplified.split("\n")):
        marks.append("lost_spaces")
    if swapped := tampering.swapped_addresses(simplified, url):
        marks.append(f"foreign_address:{swapped[0]}")
    return marks


def _chrome_lines(forms: list[str], cleaned: Cleaned, kept: list[str], html: bool) -> list[str]:
    """Lines (comparing form) in which labelled facts are looked for: all but the body's own."""
    if not html:
        return cleaned.chrome
    body = {form.replace(" ", "") for form in kept if len(form) > 12}
    return [form for form in forms if len(form) < 400 and form.replace(" ", "") not in body]


def _page_neighbours(forms: list[str]) -> Neighbours:
    return facts.neighbours(forms)


def own_address(host: str) -> re.Pattern[str]:
    """What an address on a host looks like in a text."""
    return re.compile(rf"(?:https?://)?(?:www\.|m\.)?{re.escape(host)}(?:/[\w./?=&%-]*)?", re.I)


def _without_host(cleaned: Cleaned, url: str | None) -> tuple[list[Line], list[Removal]]:
    """A hijacked copy writes its own address in place of the body's name:
    that address is taken out of the sentences.
    """
    host = address.host(url)
    bare = re.sub(r"^(?:www|m|wap)\.", "", host)
    if (
        not bare
        or bare.endswith((".gov.cn", ".edu.cn", ".org.cn", ".test"))
        or "." not in bare
        or re.fullmatch(r"[\d.]+", bare)
    ):
        return cleaned.kept, []
    pattern = own_address(bare)
    if not any("信息公开" in line.text and pattern.search(line.text) for line in cleaned.kept):
        return cleaned.kept, []
    removed: list[Removal] = []
    kept = []
    for at, line in enumerate(cleaned.kept):
        text, pieces = take_out(pattern, line.text)
        removed.extend(Removal(text=piece, rule="piece.hijacker", at=at, column=column) for column, piece in pieces)
        kept.append(line._replace(text=text))
    return kept, removed


def _pick(found: list[labels.Fact], field: str) -> str | None:
    """The value behind the best label of a field; of equal labels the first."""
    mine = [
        fact
        for fact in found
        if fact.field == field
        and not re.fullmatch(r"(?:本站|原创|本站原创|null|无|未知|管理员|admin)", fact.value, re.I)
    ]
    return max(mine, key=lambda fact: fact.weight).value if mine else None


def _document_number(found: list[labels.Fact]) -> str | None:
    return next(
        (fact.value for fact in found if fact.field == "document_number" and re.search(r"\d", fact.value)), None
    )


def _blocks(kept: list[Line], source: Source, html: bool) -> list[Block]:
    """The kept lines as blocks: tables with their grids, lines as headings or paragraphs;
    in a plain text rows are gathered.
    """
    result: list[Block] = []
    rows: list[list[str]] = []
    last = -1
    for line in kept:
        if html and line.table:
            if line.block != last:
                piece = source.pieces[line.block]
                result.append(
                    Block(kind=BlockKind.table, text=piece.text, rows=piece.rows, confidence=piece.confidence)
                )
                last = line.block
            continue
        if not html and markers.is_row(line.text):
            rows.append([cell.strip() for cell in re.split(r"[|\t]", line.text.strip())])
            continue
        if rows:
            result.append(blocks.table_block(rows))
            rows = []
        result.append(blocks.line_block(line.text.strip()))
        result[-1].confidence = source.pieces[line.block].confidence if html and line.block >= 0 else None
    if rows:
        result.append(blocks.table_block(rows))
    return result
