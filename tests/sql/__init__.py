"""The SQL Server facts, the ODBC drivers, and the lab's SQL Server."""
