"""The shipped diagrams, decision tables and scenarios: data only."""
