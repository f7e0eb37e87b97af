"""The SQL: tables, queries, migrations. Nothing else imports sqlalchemy or sqlmodel."""
