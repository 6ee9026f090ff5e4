"""What stands before the model: keys, paths, API versions, bodies, limits and their headers."""

from __future__ import annotations

import aiohttp
import openai
import pytest

from local.openai_emulator.server import Emulator
from tests.integration.openai_emulator.asking import (
    MODEL,
    Client,
    ask_about,
    azure_client,
    control,
    last_entry,
    v1_client,
)


async def test_headers_tell_limits_and_name_the_request(azure: Client) -> None:
    """Clients steer by the first and quote the second."""
    raw = await azure.chat.completions.with_raw_response.create(
        model=MODEL,
        messages=[{"role": "user", "content": "hello"}],
        extra_headers={"x-ms-client-request-id": "mine"},
    )
    for name in (
        "limit-requests",
        "limit-tokens",
        "remaining-requests",
        "remaining-tokens",
        "reset-requests",
    ):
        assert f"x-ratelimit-{name}" in raw.headers
    assert raw.headers["x-ms-client-request-id"] == "mine"
    assert raw.headers["x-request-id"] != raw.headers["apim-request-id"]
    assert raw.headers["x-ms-region"] == "loopback"


async def test_a_wrong_key_and_a_bad_token_are_401(emulator: Emulator) -> None:
    """With the codes of Azure's gateway; a good token passes."""
    async with azure_client(emulator, api_key="wrong") as client:
        with pytest.raises(openai.AuthenticationError) as refusal:
            await ask_about(client)
        assert refusal.value.code == "401"
    async with azure_client(emulator, api_key=None, azure_ad_token="expired") as client:
        with pytest.raises(openai.AuthenticationError) as refusal:
            await ask_about(client)
        assert refusal.value.code == "Unauthorized"
    async with azure_client(emulator, api_key=None, azure_ad_token="a.good.token") as client:
        await ask_about(client)
    assert [entry["credential"] for entry in emulator.ledger()["entries"]] == ["api-key", "bearer", "bearer"]


async def test_an_unknown_deployment_is_404(azure: Client) -> None:
    """DeploymentNotFound, which a client may answer by falling back."""
    with pytest.raises(openai.NotFoundError) as refusal:
        await ask_about(azure, model="gpt-9")
    assert refusal.value.code == "DeploymentNotFound"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("/openai/deployments/gpt-4.1-mini/chat/completions", 404, id="dated-without-version"),
        pytest.param(
            "/openai/deployments/gpt-4.1-mini/chat/completions?api-version=v1", 404, id="dated-with-v1"
        ),
        pytest.param("/openai/v1/chat/completions?api-version=2024-10-21", 400, id="v1-with-date"),
        pytest.param("/openai/v1/chat/completions?api-version=preview", 200, id="v1-preview"),
        pytest.param("/openai/v1/chat/completion", 404, id="misspelt-path"),
    ],
)
async def test_the_api_version_belongs_to_the_dated_paths(emulator: Emulator, path: str, status: int) -> None:
    """As Azure has it."""
    body = {"model": MODEL, "messages": [{"role": "user", "content": "hello"}]}
    async with (
        aiohttp.ClientSession(headers={"api-key": "test-key"}) as session,
        session.post(emulator.url + path, json=body) as response,
    ):
        assert response.status == status
    assert last_entry(emulator)["status"] == status


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b'{"messages": []}'])
async def test_a_body_that_is_no_request_is_400(emulator: Emulator, body: bytes) -> None:
    """In the shape of the model's API."""
    async with (
        aiohttp.ClientSession(headers={"api-key": "test-key"}) as session,
        session.post(f"{emulator.url}/openai/v1/chat/completions", data=body) as response,
    ):
        assert response.status == 400
        assert (await response.json())["error"]["type"] == "invalid_request_error"


async def test_limits_refuse_with_both_retry_after_headers(emulator: Emulator) -> None:
    """Requests by count, tokens by prompt plus completion limit, each per deployment."""
    await control(
        emulator,
        "POST",
        "deployments",
        {
            "add": [
                {"name": "few", "model": MODEL, "rpm": 2},
                {"name": "small", "model": MODEL, "tpm": 1_000},
            ]
        },
    )
    async with azure_client(emulator) as azure, v1_client(emulator) as v1:
        for _ in range(2):
            await ask_about(azure, model="few")
        with pytest.raises(openai.RateLimitError) as refusal:
            await ask_about(azure, model="few")
        headers = refusal.value.response.headers
        assert refusal.value.code == "429"
        assert 0 < int(headers["retry-after"]) <= 60
        assert 0 < int(headers["retry-after-ms"]) <= 60_000
        assert headers["x-ratelimit-remaining-requests"] == "0"
        await ask_about(azure, model="small", max_completion_tokens=500)
        with pytest.raises(openai.RateLimitError) as refusal:
            await ask_about(v1, model="small", max_completion_tokens=500)
        assert refusal.value.code == "too_many_requests"
    entry = last_entry(emulator)
    assert (entry["status"], entry["is_billed"], entry["is_delivered"]) == (429, False, True)


async def test_models_are_listed_and_found(emulator: Emulator, azure: Client) -> None:
    """In both shapes; an unknown one is 404."""
    async with v1_client(emulator) as v1:
        names = [model.id async for model in v1.models.list()]
        assert "gpt-4.1-mini" in names
        assert (await v1.models.retrieve("gpt-5-mini")).owned_by == "system"
        with pytest.raises(openai.NotFoundError):
            await v1.models.retrieve("gpt-9")
    listed = [model async for model in azure.models.list()]
    assert [model.id for model in listed] == names
    capabilities = {model.id: (model.model_extra or {})["capabilities"] for model in listed}
    assert capabilities["text-embedding-3-small"]["embeddings"]
