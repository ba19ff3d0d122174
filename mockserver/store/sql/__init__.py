"""Stores in a database. Only this package knows SQL, and nothing imports it before there is a URL.

The statements are SQLAlchemy Core without any dialect's extras, so that SQLite, in memory or in a file, and
PostgreSQL behave the same. Begin at `database.py`; the tables are in `tables.py`.
"""
