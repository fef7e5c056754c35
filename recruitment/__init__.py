"""Recruiting contract agents: calls, candidates, applications, documents, letters."""
