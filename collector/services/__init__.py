"""Who is who: the one service behind the names that systems give it."""
