"""The stores' contract, their in-memory twins, and what can be tested without a network."""

import pytest

pytest.register_assert_rewrite("tests.unit.storage.contract")
