"""Calls a tool of `weir mcp` over and over, and prints what it took as one JSON object.

    mcp_calls.py WEIR PROJECT CALLS [--many N]

CALLS are timed, after as many for warming up; then N more are made while the memory of the process is watched. So many
are under way at once as a client with parallel agents would have; every answer is looked at.
"""

import json
import subprocess
import sys
import time

WINDOW = 16
META = {"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}}


class Server:
    def __init__(self, weir, project):
        self.process = subprocess.Popen(
            [weir, "mcp"], cwd=project, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=1 << 20
        )
        self.id = 0

    def memory(self):
        """Resident bytes now."""
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS"))

    def calls(self, count):
        """Seconds that so many calls take."""
        waiting, sent, done = set(), 0, 0
        began = time.perf_counter()
        while done < count:
            while sent < count and len(waiting) < WINDOW:
                self.id += 1
                message = {
                    "jsonrpc": "2.0", "id": self.id, "method": "tools/call",
                    "params": {"name": "schema", "arguments": {"tables": ["raw.orders"]}, "_meta": META},
                }  # fmt: skip
                self.process.stdin.write(json.dumps(message).encode() + b"\n")
                waiting.add(self.id)
                sent += 1
            self.process.stdin.flush()
            answer = json.loads(self.process.stdout.readline())
            columns = answer["result"]["structuredContent"]["tables"][0]["columns"]
            if len(columns) != 7:
                sys.exit(f"a wrong answer: {answer}")
            waiting.remove(answer["id"])
            done += 1
        return time.perf_counter() - began

    def end(self):
        self.process.stdin.close()
        if self.process.wait(30) != 0:
            sys.exit(f"the server ended with {self.process.returncode}")


def main():
    weir, project, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    many = int(sys.argv[5]) if len(sys.argv) > 5 else 0
    server = Server(weir, project)
    server.calls(count)
    seconds = server.calls(count)
    before = server.memory()
    server.calls(many)
    after = server.memory()
    server.end()
    print(json.dumps({"calls": count, "seconds": seconds, "memory_before": before, "memory_after": after, "many": many}))


main()
