"""`python -m att`."""

from att.cli import main

if __name__ == "__main__":
    main(prog_name="att")
