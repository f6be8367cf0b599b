"""Windows: a log on its grid in hole radii, cut into what the detector sees."""
