"""OpenAPI documents of both APIs, made from the tables and schemas that serve the requests, and a page for them.

`document.py` begins API A's, `ingestion.py` API B's; `documents.py` makes them when they are asked for.
"""
