"""The emulator's own API: what it holds and how to steer it. Not part of any emulated service.

Begin at `routes.py`; what an operation does is in a module each.
"""
