"""Drives `weir mcp` with the official Python SDK, and prints what was found as one JSON object.

    sdk_client.py MODE WEIR PROJECT [--allow-write]

MODE is legacy, auto or a revision. Every tool, resource and prompt is used; the SDK holds each answer against the
protocol's types and each structured answer against its tool's output schema, and a fault ends the script.
"""

import asyncio
import json
import sys

from mcp import Client, StdioServerParameters
from mcp_types import ElicitResult, PromptReference, ResourceTemplateReference

MODE, WEIR, PROJECT, *OPTIONS = sys.argv[1:]

CALLS = {
    "schema": {"tables": ["raw.orders"]},
    "query": {"sql": "SELECT status, count(*) AS n FROM raw.orders GROUP BY 1 ORDER BY 1"},
    "profile": {"target": "raw.orders"},
    "explain": {"sql": "SELECT sum(quantity) FROM raw.orders", "analyze": True},
    "lineage": {"subject": "mart.sales_by_day.revenue"},
    "docs": {"search": "orders"},
    "plan": {},
    "test": {},
    "check": {"targets": ["raw.orders"]},
    "quarantine": {"table": "raw.orders"},
    "diff": {"a": "raw.orders", "b": "data/orders.csv", "key": ["order_id"]},
    "usage": {"run": "latest"},
    "memory_add": {"type": "context", "content": "Orders of the shop come at six"},
    "memory_search": {"text": "when do orders come"},
    "memory_list": {"type": "context"},
    "todo_write": {"todos": [{"content": "[Data Engineer] Count the orders", "status": "in_progress"}]},
    "todo_list": {"open": True},
    "search": {"in": "raw.orders.status", "question": "paid", "limit": 3},
}
# What they need is there only when something else was called before.
FIRST = ["memory_add", "todo_write"]

asked = []


async def agree(context, params):
    asked.append(params.message)
    return ElicitResult(action="accept", content={"confirm": True})


async def everything(method, key):
    found, cursor = [], None
    while True:
        page = await method(cursor=cursor)
        found += getattr(page, key)
        cursor = page.next_cursor
        if not cursor:
            return found


async def main():
    server = StdioServerParameters(command=WEIR, args=["mcp", "--project", PROJECT, *OPTIONS], cwd=PROJECT)
    report = {"tools": {}, "resources": [], "prompts": [], "progress": []}
    writing = "--allow-write" in OPTIONS
    async with Client(server, mode=MODE, elicitation_callback=agree if writing else None) as client:
        report["version"] = client.protocol_version
        report["server"] = client.server_info.name if client.server_info else None
        tools = await everything(client.list_tools, "tools")
        report["listed"] = [tool.name for tool in tools]
        report["hints"] = {t.name: [t.annotations.read_only_hint, t.annotations.destructive_hint] for t in tools}
        for tool in sorted(tools, key=lambda tool: tool.name not in FIRST):
            if tool.name not in CALLS:
                continue
            result = await client.call_tool(tool.name, CALLS[tool.name])
            assert not result.is_error, (tool.name, result)
            assert json.loads(result.content[0].text) == result.structured_content, tool.name
            report["tools"][tool.name] = result.structured_content
        if "memory_retire" in report["listed"]:
            kept = report["tools"]["memory_add"]["memory"]["id"]
            gone = await client.call_tool("memory_retire", {"ids": [kept]})
            assert not gone.is_error, gone
            report["retired"] = [memory["content"] for memory in gone.structured_content["retired"]]
            secret = await client.call_tool("memory_add", {"type": "context", "content": "password=hunter2"})
            assert secret.is_error and secret.structured_content["error"]["code"] == "memory.invalid", secret

        async def told(progress, total, message):
            report["progress"].append(progress)

        await client.call_tool("profile", {"target": "raw.orders"}, progress_callback=told)

        wrong = await client.call_tool("query", {"sql": "SELECT quantty FROM raw.orders"})
        assert wrong.is_error
        report["hint"] = wrong.structured_content["error"]["hint"]
        leak = await client.call_tool("query", {"sql": "SELECT * FROM read_text('/etc/passwd')"})
        assert leak.is_error and "root:" not in str(leak)
        try:
            await client.call_tool("nothing", {})
            raise AssertionError("an unknown tool was called")
        except Exception as error:
            report["unknown"] = str(error)

        for resource in await everything(client.list_resources, "resources"):
            read = await client.read_resource(resource.uri)
            assert read.contents[0].text, resource.uri
            report["resources"].append(resource.uri)
        report["templates"] = [t.uri_template for t in await everything(client.list_resource_templates, "resource_templates")]
        for template, value in [("tables/", "raw.orders"), ("lineage/", "raw.orders"), ("runs/", "latest"), ("docs/", "raw.orders")]:
            assert (await client.read_resource("weir://" + template + value)).contents[0].text

        for prompt in await everything(client.list_prompts, "prompts"):
            given = {argument.name: "raw.orders" for argument in prompt.arguments or []}
            text = (await client.get_prompt(prompt.name, given)).messages[0].content.text
            assert not given or "raw.orders" in text, prompt.name
            report["prompts"].append(prompt.name)

        done = await client.complete(PromptReference(name="profile_table"), {"name": "table", "value": "raw"})
        report["completed"] = done.completion.values
        done = await client.complete(
            ResourceTemplateReference(uri="weir://tables/{table}"), {"name": "table", "value": "sales"}
        )
        report["completed"] += done.completion.values

        if writing:
            with open(PROJECT + "/models/mart/more.sql", "w") as file:
                file.write("/* weir\nwhy: more\n*/\nSELECT count(*) AS n FROM staging.orders\n")
            plan = await client.call_tool("plan", {})
            applied = await client.call_tool("apply", {"plan_id": plan.structured_content["plan_id"]})
            assert not applied.is_error, applied
            report["applied"] = applied.structured_content
            again = await client.call_tool("apply", {"plan_id": plan.structured_content["plan_id"]})
            report["again"] = again.structured_content.get("already_applied")
            ran = await client.call_tool("run", {"tables": ["raw.orders"], "full_refresh": True})
            assert not ran.is_error, ran
        else:
            refused = await client.call_tool("apply", {"plan_id": "plan-0"})
            assert refused.is_error
            report["refused"] = refused.structured_content["error"]["code"]
        if MODE != "legacy":
            watched = ["weir://runs", "weir://nothing/x"]
            async with client.listen(
                resources_list_changed=True, tools_list_changed=True, resource_subscriptions=watched
            ) as changes:
                assert changes.honored.resource_subscriptions == ["weir://runs"], changes.honored
                assert changes.honored.resources_list_changed and not changes.honored.tools_list_changed
                run = await asyncio.create_subprocess_exec(
                    WEIR, "run", "raw.orders", "--full-refresh", "--project", PROJECT, "-o", "json",
                    stdout=asyncio.subprocess.DEVNULL)
                assert await run.wait() == 0
                report["changed"] = [(await anext(changes)).uri]
        report["asked"] = asked
    print(json.dumps(report))


asyncio.run(asyncio.wait_for(main(), 240))
