"""The demonstration: a real call, 60 made-up candidates, a moving clock."""
