"""The console: pages for the person who owns a contact list, rendered on the server."""
