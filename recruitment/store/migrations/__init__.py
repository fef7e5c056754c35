"""How the tables of recruitment came to be."""
