"""How a question is answered: the task that fills a reply, and everything between it and the provider."""
