"""The composition root: wires the rooms together; the command line."""
