"""The public site: what a visitor without an account may read, search, download and verify."""
