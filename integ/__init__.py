"""What nobody has verified, tried on a real account: ``make integ`` deploys, checks, reports and destroys."""
