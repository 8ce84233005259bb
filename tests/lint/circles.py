#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""No two C files need each other. A .c file needs another one when it uses a
function or a table that the other one defines; a header needs the headers
that it includes. Files in a circle can only be read, tested and changed
together: what one of them needs belongs in a third file, or in a hook that
the other one fills. TAP."""
import glob
import os
import re
import sys

ROOT = os.environ.get("top_srcdir") or os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "..", "..")
# A function in KNF: its return type stands alone on the line before its name.
FUNCTION = re.compile(r"^(?!static)[a-z][\w \t*]*\n(\w+)\(", re.M)
TABLE = re.compile(r"^(?!static|extern|struct \w+ \{)[a-z][\w \t]*[ *]"
                   r"(\w+)(?:\[[^\]]*\])* = ", re.M)
LOCAL = re.compile(r"^static [\w \t*]*\n(\w+)\(|"
                   r"^static [\w \t*]*[ *](\w+)(?:\[[^\]]*\])*(?: =|;)", re.M)
TAG = re.compile(r"^(?:typedef )?(struct|enum|union) (\w+) \{", re.M)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([^"]+\.h)"', re.M)
NOISE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'
                   r"'(?:\\.|[^'\\\n])*'", re.S)
# Circles inside of one folder that are still there. No file may join them, and
# one that has left is taken from this list. Between folders there is none.
KNOWN = {
    "sim": """
        centre cmd_call cmd_general cmd_memory cmd_net cmd_send
        cmd_sim command control dial incoming modem own radio sim
        ussd verbs verbs_line verbs_modem verbs_network verbs_phone""",
}


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def sources():
    """The text of each file: {"daemon/flow": {"c": ..., "h": ...}}."""
    files = {}
    for top in ("src", "sim"):
        for path in glob.glob(os.path.join(ROOT, top, "**", "*.[ch]"),
                              recursive=True):
            name = os.path.relpath(path, ROOT)
            name = name[4:] if name.startswith("src/") else name
            files.setdefault(name[:-2], {})[name[-1]] = read(path)
    return files


def bare(text):
    """Without comments and strings."""
    return NOISE.sub(" ", text)


def homes(files):
    """Where each function and table that is not static is defined."""
    found = {}
    for name, parts in files.items():
        code = bare(parts.get("c", ""))
        for symbol in FUNCTION.findall(code) + TABLE.findall(code):
            if symbol != "main":
                found.setdefault(symbol, set()).add(name)
    return found


def visible(files, text, known):
    """The headers that a text includes, directly or not."""
    for name in INCLUDE.findall(text):
        name = name[:-2]
        if name in files and name not in known:
            known.add(name)
            visible(files, files[name].get("h", ""), known)
    return known


def needs(files):
    """{"daemon/flow.c": {"redis/store.c": "store_settle", ...}}."""
    home = homes(files)
    words = {name: set(re.findall(r"\w+", bare(parts.get("h", ""))))
             for name, parts in files.items()}
    graph = {}
    for name, parts in files.items():
        headers = INCLUDE.findall(parts.get("h", ""))
        graph[name + ".h"] = {other: other for other in headers
                              if other[:-2] in files}
        found = graph.setdefault(name + ".c", {})
        code = bare(parts.get("c", ""))
        own = {a or b for a, b in LOCAL.findall(code)}
        declared = set().union(*(words[header] for header in
                                 visible(files, parts.get("c", ""), set())))
        # A member (x.name, x->name) and a struct are no use of a function of
        # that name.
        used = re.sub(r"\b(?:struct|enum|union)\s+\w+", " ", code)
        for symbol in set(re.findall(r"(?<![.>\w])[a-z]\w+", used)):
            others = home.get(symbol, set())
            if name in others or symbol in own or symbol not in declared:
                continue
            # Two programs may have a function of one name (sim, worker).
            near = {other for other in others
                    if other.split("/")[0] == name.split("/")[0]}
            for other in near or others:
                found[other + ".c"] = symbol
    return graph


def circles(graph):
    """The sets of files that reach each other (Tarjan)."""
    index, low, stack, on, result = {}, {}, [], set(), []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        on.add(node)
        for other in sorted(graph.get(node, {})):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in on:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            group = set()
            while node not in group:
                group.add(stack.pop())
            on.difference_update(group)
            if len(group) > 1:
                result.append(sorted(group))

    sys.setrecursionlimit(10000)
    for node in sorted(graph):
        if node not in index:
            visit(node)
    return result


def known():
    return {"%s/%s.c" % (folder, name) for folder, names in KNOWN.items()
            for name in names.split()}


def judge(graph):
    """Sentences about circles that must not be there."""
    faults, seen, allowed = [], set(), known()
    for group in circles(graph):
        seen.update(group)
        if len({name.split("/")[0] for name in group}) == 1 and \
                allowed.issuperset(group):
            continue
        faults.append("a circle: " + ", ".join(group))
        for name in group:
            for other in sorted(set(graph[name]) & set(group)):
                faults.append("  %s needs %s of %s" % (
                    name, graph[name][other], other))
    faults += ["%s is in no circle any more: take it out of KNOWN" % name
               for name in sorted(allowed - seen) if name in graph]
    return faults


def main():
    files = sources()
    if not files:
        print("Bail out! no sources in " + ROOT)
        return 1
    faults = judge(needs(files))
    print("1..1")
    for fault in faults:
        print("# " + fault)
    print("%sok 1 - %d files, no circle" % ("not " if faults else "",
                                            len(files)))
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
