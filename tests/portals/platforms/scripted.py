"""A portal that is drawn by scripts: lists and articles are empty shells, filled from JSON by a script of the page.

Without a browser no report is seen: neither titles nor addresses nor texts stand in any source.
"""

# Markup stays on the line it is served on; the linter counts a Chinese character as two.
# ruff: noqa: E501

from __future__ import annotations

import json
from functools import partial

from .. import chrome
from ..model import Article, Column
from .base import Page, Request, Site
from .trs import shown_date

APP = """(function () {
  var box = document.getElementById('app');
  if (!box) { return; }
  function add(parent, tag, text, attributes) {
    var node = document.createElement(tag), name;
    for (name in attributes || {}) { node.setAttribute(name, attributes[name]); }
    if (text) { node.appendChild(document.createTextNode(text)); }
    parent.appendChild(node);
    return node;
  }
  function list(answer) {
    var ul = add(box, 'ul', '', {'class': 'list'}), pager = add(box, 'div', '', {'class': 'page'}), i, li;
    for (i = 0; i < answer.rows.length; i++) {
      li = add(ul, 'li');
      add(li, 'a', answer.rows[i].title, {href: answer.rows[i].url, title: answer.rows[i].title});
      add(li, 'span', answer.rows[i].date);
    }
    add(pager, 'span', answer.page + '/' + answer.pages);
    if (answer.page < answer.pages) { add(pager, 'a', '下一页', {href: '?page=' + (answer.page + 1)}); }
  }
  function article(answer) {
    document.title = answer.title + '-' + document.title;
    add(box, 'h1', answer.title);
    add(box, 'div', '发布时间：' + answer.date + ' 来源：' + answer.source, {'class': 'info'});
    add(box, 'div', '', {'class': 'article-content', id: 'zoom'}).innerHTML = answer.html;
    answer.files.forEach(function (file) { add(add(box, 'p', '附件：'), 'a', file.name, {href: file.url}); });
  }
  if (box.getAttribute('data-article')) {
    fetch('/api/article?id=' + box.getAttribute('data-article')).then(function (r) { return r.json(); }).then(article);
  } else {
    var page = /page=(\\d+)/.exec(location.search), call = new XMLHttpRequest();
    call.onload = function () { list(JSON.parse(call.responseText)); };
    call.open('GET', '/api/list?column=' + box.getAttribute('data-column') + '&page=' + (page ? page[1] : 1));
    call.send();
  }
})();
"""


class Scripted(Site):
    def column_url(self, column: Column, page: int = 1) -> str:
        base = f"http://{column.host}/{column.slug}/{column.number}/"
        return base if page == 1 else f"{base}?page={page}"

    def article_url(self, article: Article) -> str:
        return f"http://{article.column.host}/show/{article.number}.html"

    def attachment_url(self, article: Article, position: int) -> str:
        return f"http://{article.column.host}/files/{article.number}_{position}.{article.attachments[position].kind}"

    def list_html(self, column: Column, page: int) -> str:
        box = f'<h2>{column.name}</h2><div id="app" data-column="{column.number}"></div><script src="/static/app.js"></script>'
        main = f'{chrome.breadcrumb(self, column, column.host)}<div class="left">{chrome.menu(self, column.host)}</div><div class="right">{box}</div>'
        return chrome.shell(self, f"{column.name}-{self.portal.site_name}", main, column)

    def article_html(self, article: Article) -> str:
        box = f'<div id="app" data-article="{article.number}"></div><script src="/static/app.js"></script>'
        main = f"{chrome.breadcrumb(self, article.column, article.column.host)}{box}"
        return chrome.shell(self, self.portal.site_name, main, article.column)

    def more_routes(self) -> None:
        host = self.plan.openness.host
        self.route(
            f"http://{host}/static/app.js", lambda _: Page(APP.encode(), "application/javascript; charset=utf-8")
        )
        columns = {str(c.number): c for c in self.plan.columns() if c.kind == "list"}
        articles = {str(a.number): a for a in self.plan.articles if not a.gone()}
        self.routes[f"{host}/api/list"] = partial(self.list_json, columns)
        self.routes[f"{host}/api/article"] = partial(self.article_json, articles)

    def list_json(self, columns: dict[str, Column], request: Request) -> Page:
        column, page = columns[request.query["column"]], int(request.query["page"])
        rows = [
            {"title": a.title, "url": self.href(a.url, column.host), "date": shown_date(self, a)}
            for a in self.page_rows(column, page)
        ]
        return self.json({"rows": rows, "page": page, "pages": self.page_count(column)})

    def article_json(self, articles: dict[str, Article], request: Request) -> Page:
        article = articles[request.query["id"]]
        files = [{"name": a.name, "url": self.href(a.url, article.column.host)} for a in article.attachments]
        answer = {"title": article.title, "date": article.date, "source": article.source, "files": files}
        return self.json(answer | {"html": self.body_html(article)})

    def json(self, answer: object) -> Page:
        return Page(json.dumps(answer, ensure_ascii=False).encode(), "application/json;charset=UTF-8")
