"""What the documents of both emulated APIs say of queries; the rule itself is in `mockserver/door/query.py`."""

__all__ = ["QUERY_RULE"]

QUERY_RULE = (
    "A parameter of the query takes one value: given twice, or with brackets (`name[]`, `name[0]`), it is a 400 that "
    "says what to send. One that the operation does not know, also in another spelling (`Limit`, `start_time`), is not "
    "read; the emulator's journal, lint (`GET /_mock/lint`) and log tell the developer which known one it resembles "
    "(inferred)."
)
