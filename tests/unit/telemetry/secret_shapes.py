"""Secrets of every shape that is masked, made at random; none was ever anybody's."""

from __future__ import annotations

from hypothesis import strategies as st

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"
BASE64 = LETTERS + DIGITS + "+/"

emails = st.builds(
    "{}@{}.{}".format,
    st.text(LETTERS + DIGITS + "._-", min_size=1, max_size=12),
    st.text(LETTERS, min_size=1, max_size=12),
    st.sampled_from(["example.com", "example.org", "example.net"]),
)
hex_keys = st.text("0123456789abcdef", min_size=32, max_size=32)
long_keys = st.text(LETTERS + DIGITS, min_size=84, max_size=84)
storage_keys = st.builds("{}==".format, st.text(BASE64, min_size=86, max_size=86))
openai_keys = st.builds("sk-{}".format, st.text(LETTERS + DIGITS + "-_", min_size=20, max_size=60))
tokens = st.builds(
    "eyJ{}.{}.{}".format, *[st.text(LETTERS + DIGITS + "-_", min_size=10, max_size=40) for _ in range(3)]
)
phones = st.sampled_from(
    ["+44 7700 900123", "+447700900123", "07700 900 123", "+1 (555) 010-0199", "+1-555-0199", "555.010.0199"]
)
SECRETS = {
    "email": emails,
    "hex-key": hex_keys,
    "key-of-84": long_keys,
    "storage-key": storage_keys,
    "openai-key": openai_keys,
    "jwt": tokens,
    "phone": phones,
}
