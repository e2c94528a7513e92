"""Finds the loop of a kernel that multiplies most and says what it is made of.

    inner_loop.py DISASSEMBLY PRODUCT TILE

DISASSEMBLY is what `objdump -d --no-show-raw-insn` printed, PRODUCT the instruction that multiplies, TILE
how many of them one step of the full tile has. Ends with exit code 1 where a function's loop uses
the stack or copies vector registers, or where none has a whole tile.
"""
import collections
import re
import sys

FUNCTION = re.compile(r"^[0-9a-f]+ <(.+)>:$")
INSTRUCTION = re.compile(r"^\s*([0-9a-f]+):\s+(\S+)\s*(.*)$")
JUMP = re.compile(r"^(j\w+|b|b\.\w+|cbn?z|tbn?z)$")
TARGET = re.compile(r"\b([0-9a-f]+) <")
STACK = re.compile(r"\(%[re][sb]p|\[(sp|x29)\b")
COPIES = (
    re.compile(r"^vmov\w+ +%[xyz]mm\d+,%[xyz]mm\d+$"),
    re.compile(r"^mov +v\d+\.\w+, v\d+\.\w+$"),
)


def functions(lines):
    """Yields each function's name and its instructions: address, mnemonic, operands."""
    name, body = None, []
    for line in lines:
        if start := FUNCTION.match(line):
            if name:
                yield name, body
            name, body = start[1], []
        elif found := INSTRUCTION.match(line.split("#")[0].split("//")[0].rstrip()):
            body.append((int(found[1], 16), found[2], found[3].strip()))
    if name:
        yield name, body


def innermost_loops(body):
    """The instructions of each loop that has no other in it: up to a jump back, from its target."""
    loops = []
    for address, mnemonic, operands in body:
        target = TARGET.search(operands) if JUMP.match(mnemonic) else None
        if target and body[0][0] <= int(target[1], 16) <= address:
            loops.append((int(target[1], 16), address))
    for low, high in loops:
        if not any(low <= a and b <= high and (a, b) != (low, high) for a, b in loops):
            yield [one for one in body if low <= one[0] <= high]


def main():
    path, product, tile = sys.argv[1], sys.argv[2], int(sys.argv[3])
    with open(path) as file:
        lines = file.read().splitlines()
    bad = found = False
    for name, body in functions(lines):
        loops = list(innermost_loops(body))
        largest = max(loops, key=lambda loop: sum(one[1] == product for one in loop), default=[])
        counts = collections.Counter(mnemonic for _, mnemonic, _ in largest)
        if not counts[product]:
            continue
        found = True
        parts = ", ".join(f"{count} {mnemonic}" for mnemonic, count in counts.most_common())
        print(f"    {name}: {len(largest)} instructions: {parts}")
        # What is left over at the edges goes by smaller tiles, in `scan`.
        if counts[product] % tile and name != "scan":
            print(f"    {name}: no loop with {tile} {product}, the whole tile")
            bad = True
        for address, mnemonic, operands in largest:
            text = f"{mnemonic} {operands}".strip()
            if STACK.search(operands) or any(copy.match(text) for copy in COPIES):
                print(f"    {name}: {address:x}: {text}: the tile does not fit the registers")
                bad = True
    if not found:
        print(f"    no loop with {product}")
    sys.exit(bad or not found)


main()
