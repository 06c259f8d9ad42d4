"""The content management systems that government portals run on: a class each, in the shape of `crawler.spider`."""
