"""The configurator: a page that asks cookiecutter's questions, shows the result, and offers it for download."""
