"""Reports of a period: composed from what was registered, completed by a person, presented, some of them reviewed."""
