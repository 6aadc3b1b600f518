"""What stands behind the questions of a template: the rules of answers, and what follows from them.

The modules, each of which imports only those before it: `questions`, `providers`, `rules`, `texts`, `conditions`,
`files`, and `extension`, which cookiecutter loads. Python looks for it in the template's folder last, so it has a name
that nothing else has.
"""
