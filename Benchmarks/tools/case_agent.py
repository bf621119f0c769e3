"""The agent: what it remembers, how soon it asks, what a call of a tool costs beside its work."""

import http.server
import json
import shutil
import statistics
import subprocess
import sys
import threading
import time

from measure import Sample, interleaved, run
from report import Row
from workshop import TOOLS, Workshop, said


# Each is another one: what says nearly the same is remembered once.
FACTS = [
    "Orders arrive twice when the nightly export is late",
    "Prices are in cents, and never in euros",
    "The warehouse keeps ninety days of web events",
    "Refunds carry the number of the order that they undo",
    "Never join shipments without the line of the order",
    "Suppliers rename columns in January",
    "Composite indexes help the search by customer and day",
    "Time stamps of the shop are local, those of the bank UTC",
    "Loads of more than a million rows go in partitions",
    "The team of finance reads mart.revenue at seven",
    "E-mail addresses are masked outside of production",
    "Currency rates come from the central bank at four",
    "A missing region means the web shop",
    "Retries wait longer each time, up to five minutes",
    "Duplicates of customers are told apart by their tax number",
    "Views are too slow for the dashboard, tables are not",
    "Stock is counted on Sundays and corrected on Mondays",
    "Test data lies in the folder fixtures",
    "The API allows sixty calls a minute",
    "Old invoices have no tax field",
]


class Acting(Workshop):
    def memory(self, memories=10_000):
        """What a task of the agent begins with, out of many memories: by words, and by words and meaning."""
        bench = self.tool("weir-agent-bench")
        sample = run([bench, "memory", self.fresh("memory"), memories])
        one = said(sample)
        shutil.rmtree(self.work / "memory", ignore_errors=True)
        title = f"Retrieval over {memories:,} memories"
        rows = [
            Row(title, "median time of a review, by words", one["words_ms"], "ms", 10),
            Row(title, "median time of a review, by words and meaning", one["meaning_ms"], "ms", 10),
        ]
        return title, rows, {"weir-agent-bench": [sample]}

    def mcp(self, calls=1_000, many=50_000):
        """A tool called over standard input and output, as coding agents do."""
        folder = self.fresh("mcp")
        self.run_weir(folder, "init")
        self.run_weir(folder, "run")

        def once():
            sample = run([sys.executable, TOOLS / "mcp_calls.py", self.weir, folder, calls, "--many", many])
            sample.seconds = said(sample)["seconds"]
            return sample

        samples = interleaved({"weir": once}, self.rounds)
        found = [said(sample) for sample in samples["weir"]]
        title = f"{calls:,} calls of the tool schema over MCP"
        gained = min(one["memory_after"] - one["memory_before"] for one in found) / 1e6
        rows = [
            # 2,000 a second.
            Row(title, "time a call", 1000 * min(one["seconds"] for one in found) / calls, "ms", 0.5),
            Row(title, f"memory gained over {many:,} calls more", gained, "MB", 10),
        ]
        return title, rows, samples

    def agent(self, sessions=21, calls=20_000):
        """From the start of `weir agent` to its first request, and a call of a tool that does nothing."""
        folder = self.fresh("agent")
        self.run_weir(folder, "init")
        self.run_weir(folder, "run")
        with Model() as model:
            settings = folder / "weir.yaml"
            provider = f"{{ type: openai-compatible, base_url: \"{model.url}\", models: [small] }}"
            settings.write_text(settings.read_text() + f"ai: {{ model: own/small, providers: {{ own: {provider} }} }}\n")

            def starts():
                times = []
                for _ in range(sessions):
                    model.first.clear()
                    began = time.perf_counter()
                    done = subprocess.run([self.weir, "agent", "say hello"], cwd=folder, capture_output=True, text=True)
                    if not model.first:
                        sys.exit(f"weir agent asked nothing:\n{done.stdout}{done.stderr}")
                    times.append(model.first[0] - began)
                return times

            times = starts()
            for fact in FACTS:
                self.run_weir(folder, "memory", "add", fact, "--type", "pattern")
            remembering = starts()
        tool = run([self.tool("weir-agent-bench"), "tool", self.fresh("agent-tool"), calls])
        title = "The agent"
        rows = [
            Row(title, "from its start to its first request, median", 1000 * statistics.median(times), "ms", 150),
            Row(title, f"the same, looking through {len(FACTS)} memories by their meaning too", 1000 * statistics.median(remembering), "ms", 150),
            Row(title, "a call of a tool beside its work, median", said(tool)["median_ms"], "ms", 2),
        ]
        return title, rows, {"weir agent": [Sample(each, 0, "") for each in times], "weir-agent-bench tool": [tool]}


class Model:
    """A server that takes every question and answers with one word; it remembers when the first one came."""

    def __enter__(self):
        self.first = []
        first = self.first

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self.reply(b'{"object":"list","data":[{"id":"small","object":"model"}]}', "application/json")

            def do_POST(self):
                if not first:
                    first.append(time.perf_counter())
                asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
                text = json.dumps({"tool": "final", "arguments": {"answer": "hello"}}) if "response_format" in asked else "hello"
                if not asked.get("stream"):
                    message = {"message": {"role": "assistant", "content": text}, "finish_reason": "stop", "index": 0}
                    body = {"id": "1", "model": "small", "choices": [message], "usage": {"prompt_tokens": 1, "completion_tokens": 1}}
                    return self.reply(json.dumps(body).encode(), "application/json")
                pieces = [
                    {"choices": [{"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}]},
                    {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
                    {"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 1}},
                ]
                lines = [json.dumps({"id": "1", "model": "small", **piece}) for piece in pieces] + ["[DONE]"]
                self.reply("".join(f"data: {line}\n\n" for line in lines).encode(), "text/event-stream")

            def reply(self, body, kind):
                self.send_response(200)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
