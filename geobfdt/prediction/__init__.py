"""From an image log to picks."""
