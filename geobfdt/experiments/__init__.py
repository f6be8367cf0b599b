"""What puts detectors and claims to the test: wells that training never saw, the bench, the studies."""
