import { generateKeyPairSync } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AuditFault } from "./audit-fault.ts";
import { sha256 } from "./chain-entry.ts";
import { headFile, segmentFile } from "./chain-files.ts";
import { MAX_LINE_BYTES } from "./file-lines.ts";
import { auditPublicKey, headText, parseHead, statementText } from "./signed-head.ts";
import {
  FIRST_MINUTE,
  memoryStore,
  sampleEvent,
  signed,
  signingKey,
  type WrittenFiles,
  writtenChain,
} from "./test/written-chain.ts";
import { verifyChain } from "./verify-chain.ts";

const KEY = signingKey();
/** 40 entries in five segments, and eight heads: three minutes without an event. */
const MINUTES = [3, 0, 10, 1, 0, 20, 6, 0];
const ENTRIES = 40;
const SEGMENTS = [1, 4, 14, 15, 35].map((first) => `org-a/${segmentFile(first)}`);
const HEADS = MINUTES.map((_, index) => `org-a/${headFile(index + 1)}`);
const LAST_MINUTE = FIRST_MINUTE + (MINUTES.length - 1) * 60_000;
const INTACT = writtenChain("org-a", MINUTES, KEY);

async function verify(files: WrittenFiles, settings: { readonly until?: number; readonly pieceBytes?: number } = {}) {
  const faults: AuditFault[] = [];
  const summary = await verifyChain("org-a", {
    store: memoryStore(files, settings.pieceBytes),
    keys: [KEY],
    until: settings.until ?? LAST_MINUTE,
    report: (fault) => faults.push(fault),
  });
  return { summary, faults };
}

type Change = (files: WrittenFiles) => void;

async function faultsOf(change: Change) {
  const files = new Map(INTACT);
  change(files);
  return (await verify(files)).faults;
}

const lines = (file: string, change: (lines: string[]) => void): Change => {
  return (files) => {
    const all = String(files.get(file)).split("\n").slice(0, -1);
    change(all);
    files.set(file, Buffer.from(all.map((line) => `${line}\n`).join("")));
  };
};

/** The segment of an entry, and where it is in it. */
function entryAt(seq: number) {
  const firsts = [1, 4, 14, 15, 35];
  const index = firsts.findLastIndex((first) => first <= seq);
  return { file: SEGMENTS[index] ?? "", index: seq - (firsts[index] ?? 0) };
}

const seqs = fc.integer({ min: 1, max: ENTRIES });

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

describe("a head", () => {
  const heads = fc.nat(HEADS.length - 1);

  test("is not believed after a change of any byte", async () => {
    await fc.assert(
      fc.asyncProperty(heads, fc.nat(), fc.integer({ min: 1, max: 255 }), async (index, position, mask) => {
        const faults = await faultsOf((files) => {
          const content = Buffer.from(files.get(HEADS[index]!)!);
          const at = position % content.length;
          content[at] = content[at]! ^ mask;
          files.set(HEADS[index]!, content);
        });
        expect(faults[0]).toMatchObject({ file: headFile(index + 1), seq: index + 1 });
        expect(["malformed", "signature"]).toContain(faults[0]?.kind);
      }),
      { numRuns: 100 },
    );
  });

  test("that another key has signed is not believed, even if it names the right key", async () => {
    const other = signingKey();
    for (const [index, file] of HEADS.entries()) {
      const { statement } = parseHead(String(INTACT.get(file)))!;
      for (const key of [KEY.fingerprint, other.fingerprint]) {
        const faults = await faultsOf((files) => files.set(file, signed({ ...statement, key }, other)));
        expect(faults[0]).toMatchObject({ kind: "signature", seq: index + 1 });
      }
    }
  });

  test("with another text of the same signature is not believed", async () => {
    const { statement, signature } = parseHead(String(INTACT.get(HEADS[0]!)))!;
    const faults = await faultsOf((files) =>
      files.set(HEADS[0]!, Buffer.from(headText({ statement, signature: `${signature}\n` }))),
    );
    expect(faults[0]).toMatchObject({ kind: "signature", seq: 1 });
  });

  test("is foreign in a file of another number or in another chain", async () => {
    const moved = await faultsOf((files) => files.set(HEADS[3]!, INTACT.get(HEADS[4]!)!));
    expect(moved[0]).toMatchObject({ kind: "foreign", seq: 4, text: "the file has the head 5" });
    const other = writtenChain("org-b", MINUTES, KEY);
    const foreign = await faultsOf((files) => files.set(HEADS[3]!, other.get(`org-b/${headFile(4)}`)!));
    expect(foreign[0]).toMatchObject({ kind: "foreign", seq: 4, text: "the head is one of the chain org-b" });
  });

  test("that was signed again by the right key, over a changed event, is found by the head after it", async () => {
    for (const index of [0, 2, 3, 5, 6]) {
      const { statement } = parseHead(String(INTACT.get(HEADS[index]!)))!;
      const last = "ab".repeat(32);
      const faults = await faultsOf((files) => files.set(HEADS[index]!, signed({ ...statement, last }, KEY)));
      expect(faults.map(({ kind, seq, file }) => [kind, seq, file])).toContainEqual([
        "changed",
        index + 2,
        headFile(index + 2),
      ]);
    }
  });

  test("of an earlier time or with fewer entries than the one before is found", async () => {
    const { statement } = parseHead(String(INTACT.get(HEADS[7]!)))!;
    for (const part of [{ at: "2026-11-29T09:00:00.000Z" }, { entries: 39 }])
      expect(await faultsOf((files) => files.set(HEADS[7]!, signed({ ...statement, ...part }, KEY)))).toMatchObject([
        { kind: "changed", seq: 8 },
      ]);
  });
});

test("a public key on another curve is refused with its type", () => {
  const { publicKey } = generateKeyPairSync("ed25519");
  const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
  expect(() => auditPublicKey(pem)).toThrow(/on the curve P-256, got ed25519; use the public key/);
});
