"""How often the same type of failure came back, by the postmortems of a team."""
