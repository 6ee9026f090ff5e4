"""The app over real sockets: every endpoint, every promised status, the inbox, and what is kept of it all."""
