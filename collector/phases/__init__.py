"""The phases of an incident: started, detected, identified, mitigated, resolved, each with how it was found."""
