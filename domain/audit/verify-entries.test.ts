import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AuditFault } from "./audit-fault.ts";
import { MAX_LINE_BYTES } from "./file-lines.ts";
import { entryAt, faultsOf, INTACT, KEY, LAST_MINUTE, lines, SEGMENTS, seqs } from "./test/altered-chain.ts";
import { memoryStore, sampleEvent } from "./test/written-chain.ts";
import { verifyChain } from "./verify-chain.ts";

describe("in a segment", () => {
  // documented: audit-byte-changed
  test("a change of any byte of any entry is found, at the entry or the next one", async () => {
    await fc.assert(
      fc.asyncProperty(seqs, fc.nat(), fc.integer({ min: 1, max: 255 }), async (seq, position, mask) => {
        const { file, index } = entryAt(seq);
        const faults = await faultsOf((files) => {
          const content = Buffer.from(files.get(file)!);
          let start = 0;
          for (let line = 0; line < index; line++) start = content.indexOf(10, start) + 1;
          const at = start + (position % (content.indexOf(10, start) - start));
          content[at] = content[at]! ^ mask;
          files.set(file, content);
        });
        expect(faults.length).toBeGreaterThan(0);
        expect(faults[0]).toMatchObject({ chain: "org-a", file: expect.stringMatching(/^segments\//) });
        expect([seq, seq + 1]).toContain(faults[0]?.seq);
      }),
      { numRuns: 150 },
    );
  });

  test("an event that was replaced with another valid one is found", async () => {
    await fc.assert(
      fc.asyncProperty(seqs, async (seq) => {
        const { file, index } = entryAt(seq);
        const replaced = lines(file, (all) => {
          all[index] = all[index]!.replace('"title":"Project ', '"title":"Projekt ');
        });
        const faults = await faultsOf(replaced);
        expect(faults).toHaveLength(1);
        expect(faults[0]?.kind).toBe("changed");
        expect([seq, seq + 1]).toContain(faults[0]?.seq);
      }),
    );
  });

  test("a deleted entry is missing, by its number", async () => {
    await fc.assert(
      fc.asyncProperty(seqs, async (seq) => {
        const { file, index } = entryAt(seq);
        const faults = await faultsOf(lines(file, (all) => all.splice(index, 1)));
        expect(faults.map(({ kind, seq }) => [kind, seq])).toContainEqual(["missing", seq]);
      }),
    );
  });

  test("an inserted entry is found, whether it has a number of its own or not", async () => {
    await fc.assert(
      fc.asyncProperty(seqs, fc.constantFrom("same", "renumbered", "foreign", "text"), async (seq, how) => {
        const { file, index } = entryAt(seq);
        const inserted = lines(file, (all) => {
          const entry = JSON.parse(all[index]!);
          const event = sampleEvent(999);
          const texts = {
            same: JSON.stringify({ ...entry, event }),
            renumbered: JSON.stringify({ ...entry, event, seq: seq + 1 }),
            foreign: JSON.stringify({ ...entry, chain: "org-b" }),
            text: "an event",
          };
          all.splice(index + 1, 0, texts[how]);
          if (how === "renumbered")
            for (let at = index + 2; at < all.length; at++)
              all[at] = all[at]!.replace(/"seq":(\d+)\}$/, (_, number) => `"seq":${Number(number) + 1}}`);
        });
        const faults = await faultsOf(inserted);
        expect(faults.length).toBeGreaterThan(0);
        expect(faults[0]?.seq).toBeGreaterThanOrEqual(seq);
        expect(faults[0]?.seq).toBeLessThanOrEqual(seq + 1);
      }),
    );
  });

  test("an entry that is there twice is out of order", async () => {
    await fc.assert(
      fc.asyncProperty(seqs, async (seq) => {
        const { file, index } = entryAt(seq);
        const faults = await faultsOf(lines(file, (all) => all.splice(index, 0, all[index]!)));
        expect(faults.map(({ kind, seq }) => [kind, seq])).toEqual([["out-of-order", seq]]);
      }),
    );
  });

  test("entries in another order are found", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 15, max: 34 }), fc.integer({ min: 15, max: 34 }), async (one, other) => {
        fc.pre(one !== other);
        const swapped = lines(entryAt(15).file, (all) => {
          [all[one - 15], all[other - 15]] = [all[other - 15]!, all[one - 15]!];
        });
        const faults = await faultsOf(swapped);
        const first = Math.min(one, other);
        expect(faults.map(({ kind, seq }) => [kind, seq])).toContainEqual(["missing", first]);
        expect(faults.some(({ kind }) => kind === "out-of-order")).toBe(true);
      }),
    );
  });

  test("entries that were moved to the segment before are found", async () => {
    const faults = await faultsOf((files) => {
      const moved = String(files.get(SEGMENTS[2]!));
      files.set(SEGMENTS[1]!, Buffer.from(String(files.get(SEGMENTS[1]!)) + moved));
      files.delete(SEGMENTS[2]!);
    });
    expect(faults.length).toBeGreaterThan(0);
  });

  test.each([
    ["a missing line end", (text: string) => text.slice(0, -1)],
    ["an empty line", (text: string) => `${text}\n`],
    ["a line end of Windows", (text: string) => text.replace("\n", "\r\n")],
    ["a space", (text: string) => text.replace(",", ", ")],
    ["a field that comes twice", (text: string) => text.replace('{"chain"', '{"chain":"org-a","chain"')],
    ["no content", () => ""],
  ])("%s is found", async (_, change) => {
    for (const file of SEGMENTS) {
      const faults = await faultsOf((files) => files.set(file, Buffer.from(change(String(files.get(file))))));
      expect(faults.map(({ file }) => `org-a/${file}`)).toContain(file);
    }
  });
});

test("a file without line ends is not read to its end", async () => {
  let bytes = 0;
  const store = memoryStore(INTACT);
  const faults: AuditFault[] = [];
  const read = async function* (chain: string, name: string) {
    if (`${chain}/${name}` !== SEGMENTS[3]) return yield* store.read(chain, name);
    for (; bytes < 100 * MAX_LINE_BYTES; bytes += 65_536) yield Buffer.alloc(65_536, "x");
  };
  const report = (fault: AuditFault) => void faults.push(fault);
  await verifyChain("org-a", { store: { ...store, read }, keys: [KEY], until: LAST_MINUTE, report });
  expect(bytes).toBeLessThan(2 * MAX_LINE_BYTES);
  expect(faults.map(({ kind, seq }) => [kind, seq])).toContainEqual(["malformed", 15]);
});
