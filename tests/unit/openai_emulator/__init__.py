"""The OpenAI emulator's rules, without sockets and without waiting."""
