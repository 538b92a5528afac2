"""Processes killed at named places, full disks, a database that goes away, clocks that jump: what comes of it."""
