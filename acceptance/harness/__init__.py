"""Drives the real product: its own jobs, a real Postgres, a real S3 server."""
