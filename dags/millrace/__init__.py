"""DAGs made of contracts. What they run are Millrace's own jobs; nothing is computed here."""
