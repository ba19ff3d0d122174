"""OpenAPI documents of the APIs, made from the rows and schemas that serve the requests, and a page for them.

`document.py` makes all of them; what differs from API to API is a value (`description.py`) in a folder for each.
`documents.py` makes them when they are asked for, with examples from the sandbox that is asked.
"""
