"""The demo: synthesize an app, run it, send events by both ways in, and account for every one of them."""
