"""One function for each fact about a cluster: its kind, words, subject and merge key."""
