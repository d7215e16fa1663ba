"""What the real controllers of one cluster did in several scenarios at once, and what each source can see of it."""
