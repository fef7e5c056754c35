"""CAST, the EPSO database: its words, its figures, its extracts as files, a search in it."""
