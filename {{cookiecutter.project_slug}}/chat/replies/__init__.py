"""How a question is answered: the task that fills a reply, and what stands between it and the provider."""
