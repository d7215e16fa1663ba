"""The core: what an event is, and how events become the rows of a timeline. It talks to no system."""
