"""The values of the trade: planes, picks, image logs, wells, the way a hole runs, pads, contrast."""
