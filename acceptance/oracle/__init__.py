"""What Millrace must hold after a sequence of landings, setting changes and runs, worked out from the rule book alone.

The package reads landed bytes and settings, never anything that Millrace wrote.
"""
