"""Decision tables: which rule fired, why, and whether the table is sound."""
