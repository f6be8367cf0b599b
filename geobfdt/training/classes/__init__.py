"""What teaches a network to label windows."""
