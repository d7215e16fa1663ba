"""A bundle that can leave the company: people, hosts, addresses and free text replaced by stable aliases."""
