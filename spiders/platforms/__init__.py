"""The content management systems that government portals run on: a class each, in the shape of `crawler.spider`.

`trs hanweb jpaas xxgk ucap vsb gkmlpt lonsun epoint hashed tables` are products or families of them, `static` and `yearbook`
forms of lists that no product is known by, `docshare` sites of copies. What several of them write is in modules without a
class: `pagers`, `jpage`, `units`, `annual_module`.
"""
