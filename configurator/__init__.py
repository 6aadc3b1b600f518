"""The configurator: a page that asks what cookiecutter would ask, shows what comes of it, and hands it over."""
