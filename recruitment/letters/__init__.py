"""What the house writes to people: templates as data."""
