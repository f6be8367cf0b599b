"""What teaches a network to give the pixels of traces."""
