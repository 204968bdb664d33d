"""Xinheng 信衡: public credit information of organisations."""

__version__ = "0.6.0"
