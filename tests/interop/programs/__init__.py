"""What programs of others depend on, row by row of protocol/clients.md; the rows' numbers name the tests."""
