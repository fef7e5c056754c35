"""Mail as it comes in: read it, understand it, judge it; an officer decides."""
