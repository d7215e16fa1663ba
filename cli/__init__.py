"""The command `pm-timeline`: options, configuration, rendering and exit codes."""
