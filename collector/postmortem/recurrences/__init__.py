"""How often the same type of failure came back, according to a team's postmortems."""
