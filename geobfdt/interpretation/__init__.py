"""What a geologist makes of picks: sets, spacings, intensities, sections; values alone, no picture and no file."""
