"""The same calls with LiteLLM's client: with_litellm.py URL KEY COUNT AT_ONCE. Prints one JSON object."""

import asyncio
import json
import os
import statistics
import sys
import time

url, key, count, at_once = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

import litellm  # noqa: E402

litellm.telemetry = False
litellm.suppress_debug_info = True


async def ask(number, gate, times):
    async with gate:
        began = time.perf_counter()
        answer = await litellm.acompletion(
            model="openai/gpt-4o-mini", api_base=f"{url}/v1", api_key=key, max_tokens=50,
            messages=[{"role": "user", "content": f"question {number}"}],
        )  # fmt: skip
        times.append(time.perf_counter() - began)
        assert answer.choices[0].message.content == f"echo: question {number}"


async def main():
    gate = asyncio.Semaphore(at_once)
    await asyncio.gather(*(ask(number, gate, []) for number in range(min(200, count))))
    times = []
    began = time.perf_counter()
    await asyncio.gather(*(ask(1_000_000 + number, gate, times) for number in range(count)))
    took = time.perf_counter() - began
    print(json.dumps({"calls": count, "seconds": took, "median_ms": 1000 * statistics.median(times)}))


asyncio.run(main())
