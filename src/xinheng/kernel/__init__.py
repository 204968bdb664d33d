"""The kernel: pure functions and values. No Django, no input or output, no clock.

Nothing is imported here on purpose, so that ``from xinheng.kernel import uscc`` costs only what it needs.
"""
