"""What a month of a synthesized pipeline costs: quantities from the template, prices from a file."""
