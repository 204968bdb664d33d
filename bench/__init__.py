"""Speed and memory, measured: each claim with its floor and its peers in the same run. `python -m bench --help`."""
