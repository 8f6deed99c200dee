"""What the click transform derives: one pure function per concept, each in its own file."""
