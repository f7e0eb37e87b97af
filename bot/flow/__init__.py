"""Use cases, one module an arrow of the story. Transactions open here, and only here."""
