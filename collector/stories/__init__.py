"""Stories: what engineers call one thing, one builder for each sort."""
