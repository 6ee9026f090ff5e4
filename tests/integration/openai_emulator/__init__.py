"""The OpenAI emulator over real sockets, asked by the real SDK."""
