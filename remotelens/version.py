"""The version of the project, read by the build and by ``remotelens --version``."""

__version__ = "0.1.0"
