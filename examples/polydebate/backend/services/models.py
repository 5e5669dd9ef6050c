"""Answers of several models by OpenRouter."""

import aiohttp

import config

URL = "https://openrouter.ai/api/v1/chat/completions"


async def answer(model: str, question: str) -> str:
    headers = {"Authorization": f"Bearer {config.OPENROUTER_API_KEY}"}
    payload = {"model": model, "messages": [{"role": "user", "content": question}]}
    async with aiohttp.ClientSession(headers=headers) as session, session.post(URL, json=payload) as response:
        return (await response.json())["choices"][0]["message"]["content"]
