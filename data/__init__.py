"""What is recorded: words, tables, transactions, queries, migrations, catalogues."""
