"""The bench: wells drawn by another route than training's, and what detectors make of them."""
