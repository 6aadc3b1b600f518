"""Keeps pytest out of the template's own folder: its tests run in bakes."""

collect_ignore_glob = ["*cookiecutter.*"]
