"""What people look at: pictures, quality, statistics, and the pages of a well and of a score."""
