"""The tables of recruitment and the queries on them."""
