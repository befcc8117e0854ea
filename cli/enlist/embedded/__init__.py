"""PostgreSQL, an S3 server, a broker and the services on one machine, without Docker."""
