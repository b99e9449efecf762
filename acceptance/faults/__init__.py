"""Kills, concurrency, limits, bad input and staleness against the real product.

Not part of ``./millrace test`` yet: run with ``python -m pytest faults`` in ``acceptance``, with ``pyiceberg``
installed beside the packages of ``python/requirements.txt``: ``test_staleness.py`` reads the lake's metadata with it.
"""
