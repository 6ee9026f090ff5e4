"""Tokens of an identity: cached, renewed before they end, and exchanged once when they are refused."""

from __future__ import annotations

import asyncio

import pytest
from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError

from shared_code.backends.identity import TOKEN_SCOPE, Identity
from shared_code.errors import AuthenticationError, ModelConnectionError, OpenAIServiceError
from tests.unit.backends.credentials import Authority


async def test_a_token_is_asked_for_once_by_many() -> None:
    """Fifty requests at once sign in once, for the scope that Azure OpenAI accepts."""
    authority = Authority()
    identity = Identity(authority.credential)
    tokens = await asyncio.gather(*(identity.token() for _ in range(50)))
    assert authority.scopes == [(TOKEN_SCOPE,)]
    held = await authority.credentials[0].get_token_info(TOKEN_SCOPE)
    assert set(tokens) == {held.token} == {"token-1"}
    await identity.aclose()


async def test_a_token_near_its_end_is_renewed_before_it_ends() -> None:
    """A token with two minutes left is not carried into a request that may take longer."""
    authority = Authority(lifetime_seconds=120)
    identity = Identity(authority.credential)
    await identity.token()
    authority.lifetime_seconds = 3600
    assert await identity.token() == "token-2"
    assert await identity.token() == "token-2"
    assert len(authority.credentials) == 1
    await identity.aclose()


async def test_a_refused_token_is_exchanged_once_for_all_who_held_it() -> None:
    """Every caller may retry, and all of them share the one new credential; the old one is closed."""
    authority = Authority()
    identity = Identity(authority.credential)
    stale = await identity.token()
    assert all(identity.is_worth_retrying(stale) for _ in range(50))
    fresh = set(await asyncio.gather(*(identity.token() for _ in range(50))))
    assert fresh == {"token-2"}
    assert identity.is_worth_retrying(stale), "a late answer to the old token says nothing of the new one"
    assert await identity.token() == "token-2"
    assert [credential.is_closed for credential in authority.credentials] == [True, False]
    await identity.aclose()
    assert authority.credentials[1].is_closed


async def test_a_fresh_token_that_is_refused_is_final() -> None:
    """Where a new token does not help, it is not the token; nobody signs in again for it."""
    authority = Authority()
    identity = Identity(authority.credential)
    assert identity.is_worth_retrying(await identity.token())
    fresh = await identity.token()
    assert not any(identity.is_worth_retrying(fresh) for _ in range(50))
    assert await identity.token() == fresh
    assert len(authority.credentials) == 2
    await identity.aclose()


async def test_the_same_token_again_is_final_as_well() -> None:
    """A token service that caches on its side gives the refused token again; that cannot help twice."""
    authority = Authority(issues_same_token=True)
    identity = Identity(authority.credential)
    assert identity.is_worth_retrying(await identity.token())
    assert not identity.is_worth_retrying(await identity.token())
    await identity.aclose()


async def test_a_token_that_was_accepted_may_be_rotated_away_again() -> None:
    """Each rotation is answered with one fresh token, however many there are."""
    authority = Authority()
    identity = Identity(authority.credential)
    for rotation in range(1, 4):
        token = await identity.token()
        assert token == f"token-{rotation}"
        identity.was_accepted(token)
        assert identity.is_worth_retrying(token)
    await identity.aclose()


async def test_acceptance_of_an_old_token_does_not_vouch_for_the_fresh_one() -> None:
    """An answer that was long under way says nothing about the token that came after it."""
    authority = Authority()
    identity = Identity(authority.credential)
    stale = await identity.token()
    assert identity.is_worth_retrying(stale)
    fresh = await identity.token()
    identity.was_accepted(stale)
    assert not identity.is_worth_retrying(fresh)
    await identity.aclose()


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        pytest.param(ClientAuthenticationError("secret detail"), AuthenticationError, id="no-identity"),
        pytest.param(ServiceRequestError("secret detail"), ModelConnectionError, id="unreachable"),
    ],
)
async def test_no_token_means_nothing_was_sent(failure: Exception, error: type[OpenAIServiceError]) -> None:
    """Signing in fails as one of our errors, before anything reaches the model, and can succeed later."""
    authority = Authority(failure=failure)
    identity = Identity(authority.credential)
    with pytest.raises(error) as caught:
        await identity.token()
    assert not caught.value.was_sent
    assert "secret detail" not in str(caught.value)
    authority.failure = None
    assert await identity.token() == "token-1"
    await identity.aclose()


async def test_a_renewal_that_fails_is_tried_again() -> None:
    """A refused token is never given out again, also where its successor did not come at first."""
    authority = Authority()
    identity = Identity(authority.credential)
    assert identity.is_worth_retrying(await identity.token())
    authority.failure = ServiceRequestError("down")
    with pytest.raises(ModelConnectionError):
        await identity.token()
    authority.failure = None
    assert await identity.token() == "token-2"
    await identity.aclose()
