import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AuditFault } from "./audit-fault.ts";
import { sha256 } from "./chain-entry.ts";
import { headFile, segmentFile } from "./chain-files.ts";
import { parseHead, statementText } from "./signed-head.ts";
import { faultsOf, HEADS, INTACT, KEY, MINUTES, SEGMENTS, verify } from "./test/altered-chain.ts";
import { FIRST_MINUTE, memoryStore, signed, writtenChain } from "./test/written-chain.ts";
import { verifyChain } from "./verify-chain.ts";

describe("a chain that nobody changed", () => {
  test("has no faults", async () => {
    expect(await verify(INTACT)).toEqual({
      faults: [],
      summary: { chain: "org-a", heads: 8, entries: 40, newestHeadAt: "2026-11-29T10:07:00.000Z", gaps: [] },
    });
  });

  test("has none whatever its events, minutes and pieces are", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(12), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 2000 }),
        async (minutes, piece) => {
          const faults: AuditFault[] = [];
          const until = FIRST_MINUTE + minutes.length * 60_000;
          const store = memoryStore(writtenChain("org-a", minutes, KEY), piece);
          const summary = await verifyChain("org-a", {
            store,
            keys: [KEY],
            until,
            report: (fault) => faults.push(fault),
          });
          expect(faults).toEqual([]);
          expect(summary.entries).toBe(minutes.reduce((sum, count) => sum + count, 0));
        },
      ),
      { numRuns: 40 },
    );
  });

  test("reports minutes without heads, which are no fault", async () => {
    const files = writtenChain("org-a", [1], KEY);
    const first = parseHead(String(files.get(`org-a/${headFile(1)}`)))!.statement;
    const at = new Date(FIRST_MINUTE + 3_600_000).toISOString();
    const second = { ...first, number: 2, previous: sha256(statementText(first)), at };
    files.set(`org-a/${headFile(2)}`, signed(second, KEY));
    const { faults, summary } = await verify(files, { until: FIRST_MINUTE + 3_600_000 });
    expect(faults).toEqual([]);
    expect(summary.gaps).toEqual([{ from: first.at, to: at }]);
  });
});

describe("among the files", () => {
  test("a deleted segment is missing", async () => {
    for (const [index, file] of SEGMENTS.entries()) {
      const faults = await faultsOf((files) => files.delete(file));
      expect(faults.map(({ kind, seq, file }) => [kind, seq, `org-a/${file}`])).toEqual([
        ["missing", [1, 4, 14, 15, 35][index], file],
      ]);
    }
  });

  test("a deleted head is missing, even if all its entries are there", async () => {
    for (const [index, file] of HEADS.slice(0, -1).entries()) {
      const faults = await faultsOf((files) => files.delete(file));
      expect(faults.map(({ kind, seq }) => [kind, seq])).toEqual([["missing", index + 1]]);
    }
  });

  // documented: audit-cut-tail
  test("a chain that ends earlier, at any head, is cut as long as its time is over", async () => {
    for (let length = 0; length < MINUTES.length - 1; length++) {
      const files = writtenChain("org-a", MINUTES.slice(0, length), KEY);
      const { faults } = await verify(files, { until: FIRST_MINUTE + (length + 5) * 60_000 });
      expect(faults.map(({ kind, seq }) => [kind, seq])).toEqual([["cut-tail", length + 1]]);
    }
  });

  test("entries behind the last head are unsigned", async () => {
    const faults = await faultsOf((files) => {
      for (const file of HEADS.slice(5)) files.delete(file);
    });
    expect(faults.map(({ kind, seq }) => [kind, seq])).toEqual([
      ["unsigned", 15],
      ["unsigned", 35],
    ]);
  });

  test("a segment of another chain is foreign, under any name", async () => {
    const other = writtenChain("org-b", MINUTES, KEY);
    for (const file of SEGMENTS)
      expect(
        (await faultsOf((files) => files.set(file, other.get(file.replace("org-a", "org-b"))!))).map(
          ({ kind }) => kind,
        ),
      ).toContain("foreign");
    const added = await faultsOf((files) =>
      files.set(`org-a/${segmentFile(2)}`, other.get(`org-b/${segmentFile(1)}`)!),
    );
    expect(added.map(({ kind }) => kind)).toContain("foreign");
    const after = await faultsOf((files) =>
      files.set(`org-a/${segmentFile(41)}`, other.get(`org-b/${segmentFile(1)}`)!),
    );
    expect(after.map(({ kind, seq }) => [kind, seq])).toEqual([["unsigned", 41]]);
  });

  test("a copy of a segment under another name is found", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...SEGMENTS), fc.integer({ min: 1, max: 60 }), async (file, number) => {
        const copy = `org-a/${segmentFile(number)}`;
        fc.pre(!INTACT.has(copy));
        expect((await faultsOf((files) => files.set(copy, files.get(file)!))).length).toBeGreaterThan(0);
      }),
    );
  });

  test("a file that Sluice does not write is foreign", async () => {
    for (const name of ["notes.txt", "heads/1.json", "segments/000000000000.jsonl", "heads/000000000001.json.bak"])
      expect(await faultsOf((files) => files.set(`org-a/${name}`, Buffer.from("x")))).toMatchObject([
        { kind: "foreign", file: name },
      ]);
  });
});
