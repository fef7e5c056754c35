"""How the tables came to be: one file per released change, applied in order by alembic."""
