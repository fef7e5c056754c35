"""Letters as they leave: written by cases and officers, sent after the commit."""
