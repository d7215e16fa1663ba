"""One adapter per system that holds evidence; see `collector.source` for the contract they meet."""
