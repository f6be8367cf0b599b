"""Work shared out to processes, on this machine or on a cluster; what the work is they do not know."""
