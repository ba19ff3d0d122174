"""API B: the OpenScouter ingestion API, batches of events, facial frames and voice segments, write-only.

Begin at `routes.py`; the rules are in `schemas.py`, what becomes of a batch in `intake.py`.
"""
