"""Built-in functions that compare points and ranges, DMN 1.3 section 10.3.4.9."""

from feel.signatures import Table

TABLE: Table = {}
