import { execFile } from "node:child_process";
import { sign } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { headFile, segmentFile } from "../../domain/audit/chain-files.ts";
import { FIRST_MINUTE, signingKey, type WrittenFiles, writtenChain } from "../../domain/audit/test/written-chain.ts";
import { erasureStatement, erasureText } from "../../domain/erasure/erasure-report.ts";
import { UserError } from "../terminal/user-error.ts";
import { auditCommand } from "./audit-command.ts";

const KEY = signingKey();
const NOW = FIRST_MINUTE + 4 * 60_000;

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "sluice-audit-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

/** A folder with the files, and the public key beside it. */
function written(files: WrittenFiles) {
  const root = folder();
  for (const [path, content] of files) {
    const file = join(root, "trail", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  const publicKey = join(root, "key.pem");
  writeFileSync(publicKey, KEY.pem);
  return { trail: join(root, "trail"), publicKey };
}

const twoChains = () => writtenChain("org-b", [4, 0, 0, 5], KEY, writtenChain("org-a", [1, 2, 0, 3], KEY));

async function audit(...args: readonly string[]) {
  const printed: string[] = [];
  const shown: string[] = [];
  let code: number | undefined;
  const command = auditCommand({
    print: (text) => printed.push(text),
    show: (text) => shown.push(text),
    finish: (exitCode) => {
      code = exitCode;
    },
    exit: (exitCode) => {
      code = exitCode;
      throw new Error("the process ends here");
    },
    now: () => NOW,
    access: () => Promise.reject(new UserError("No local stack runs in this clone.")),
  });
  for (const each of command.commands) each.configureOutput({ writeErr: (text) => void shown.push(text) });
  const error = await command.parseAsync([...args], { from: "user" }).then(
    () => undefined,
    (thrown: Error) => thrown.message,
  );
  return { code, printed, shown: shown.join(""), error };
}

describe("sluice audit verify", () => {
  test("ends with 0 where all chains are intact", async () => {
    const { trail, publicKey } = written(twoChains());
    expect(await audit("verify", trail, "--public-key", publicKey, "--chain", "org-a", "org-b")).toMatchObject({
      code: 0,
      printed: [
        "org-a: 6 events, 4 heads, the newest of 2026-11-29T10:03:00.000Z.",
        "org-b: 9 events, 4 heads, the newest of 2026-11-29T10:03:00.000Z.",
        "Intact.",
      ],
    });
  });

  test("takes the folder of one chain", async () => {
    const { trail, publicKey } = written(twoChains());
    const { code, printed } = await audit("verify", join(trail, "org-b"), "--public-key", publicKey);
    expect([code, printed[0]]).toEqual([0, "org-b: 9 events, 4 heads, the newest of 2026-11-29T10:03:00.000Z."]);
  });

  // documented: audit-faults-by-file
  test("ends with 1 and a line for each fault, with file and number", async () => {
    const files = twoChains();
    const path = `org-b/${segmentFile(1)}`;
    files.set(path, Buffer.from(String(files.get(path)).replace("Project 3", "Project 4")));
    files.delete(`org-a/${headFile(2)}`);
    const { trail, publicKey } = written(files);
    const { code, printed } = await audit("verify", trail, "--public-key", publicKey);
    expect([code, printed]).toEqual([
      1,
      [
        "org-a/heads/000000000003.json: head 2: missing: the head is missing.",
        `org-b/segments/000000000001.jsonl: event 4: changed: its "previous" is not the SHA-256 of the entry before: one of the two was changed.`,
        "org-a: 6 events, 3 heads, the newest of 2026-11-29T10:03:00.000Z.",
        "org-b: 9 events, 4 heads, the newest of 2026-11-29T10:03:00.000Z.",
        "Not intact: 2 faults.",
      ],
    ]);
  });

  test("finds an organisation that must be there and is not", async () => {
    const { trail, publicKey } = written(twoChains());
    const { code, printed } = await audit("verify", trail, "--public-key", publicKey, "--chain", "org-c");
    expect([code, printed[0]]).toEqual([1, "org-c/heads: missing: the chain is not there."]);
  });

  test("finds a cut tail, unless the copy is as old as its newest head", async () => {
    const files = writtenChain("org-a", [1, 2, 0, 3], KEY);
    const { trail, publicKey } = written(files);
    const later = await audit("verify", trail, "--public-key", publicKey, "--until", "2026-11-29T11:00:00Z");
    expect([later.code, later.printed[0]]).toEqual([
      1,
      "org-a/heads: head 5: cut-tail: the newest signed head is of 2026-11-29T10:03:00.000Z, and one is due each minute until " +
        "2026-11-29T11:00:00.000Z; entries may have been cut off, unless the files are a copy of that time (--until).",
    ]);
    const then = await audit("verify", trail, "--public-key", publicKey, "--until", "2026-11-29T10:04:00Z");
    expect(then.code).toBe(0);
  });

  test("prints one JSON object with --json", async () => {
    const files = twoChains();
    files.delete(`org-a/${segmentFile(2)}`);
    const { trail, publicKey } = written(files);
    const { code, printed } = await audit("verify", trail, "--public-key", publicKey, "--json");
    expect(code).toBe(1);
    expect(JSON.parse(printed.join("\n"))).toEqual({
      isIntact: false,
      faultCount: 1,
      faults: [
        {
          chain: "org-a",
          kind: "missing",
          file: segmentFile(2),
          seq: 2,
          text: "the entries up to 3 are missing",
        },
      ],
      chains: [
        { chain: "org-a", heads: 4, entries: 6, newestHeadAt: "2026-11-29T10:03:00.000Z", gaps: [] },
        { chain: "org-b", heads: 4, entries: 9, newestHeadAt: "2026-11-29T10:03:00.000Z", gaps: [] },
      ],
    });
  });

  test("counts all faults and prints a thousand of them", async () => {
    const { trail, publicKey } = written(writtenChain("org-a", Array(1100).fill(0), signingKey()));
    const { code, printed } = await audit("verify", trail, "--public-key", publicKey);
    expect([code, printed.length, printed.at(-1)]).toEqual([
      1,
      1002,
      "Not intact: 1101 faults, of which the first 1000 are above.",
    ]);
  });

  // documented: audit-forged-report
  test("prints one line for a name of the copy that has line ends and what a terminal obeys", async () => {
    const { trail, publicKey } = written(twoChains());
    const forged = join(trail, "org-c: 1 events.\nIntact.\n\u001b[8m", "heads");
    mkdirSync(forged, { recursive: true });
    writeFileSync(join(forged, "a\nIntact."), "");
    const { code, printed } = await audit("verify", trail, "--public-key", publicKey);
    expect(code).toBe(1);
    expect(printed.filter((line) => line.includes("\n") || line.includes("\u001b"))).toEqual([]);
    expect(printed.join("\n")).toContain(
      "org-c: 1 events.\\u000aIntact.\\u000a\\u001b[8m/heads/a\\u000aIntact.: foreign",
    );
  });

  test("reports a pipe in the place of a file, and waits for nobody to write to it", async () => {
    const { trail, publicKey } = written(twoChains());
    const head = join(trail, "org-a", headFile(4));
    rmSync(head);
    await promisify(execFile)("mkfifo", [head]);
    const { code, printed } = await audit("verify", trail, "--public-key", publicKey);
    expect([code, printed[0]]).toEqual([
      1,
      expect.stringMatching(/^org-a\/heads\/000000000004\.json: head 4: malformed/),
    ]);
  });

  test("ends with 2 where nothing could be verified", async () => {
    const { trail, publicKey } = written(twoChains());
    const text = join(trail, "org-a", segmentFile(1));
    for (const [args, message] of [
      [["/nowhere/at/all", "--public-key", publicKey], /ENOENT.*\/nowhere\/at\/all/],
      [[folder(), "--public-key", publicKey], /has no chains; name the folder/],
      [[trail, "--public-key", "/nowhere.pem"], /--public-key must name a PEM file.*\/nowhere\.pem/],
      [[trail, "--public-key", text], /--public-key must name a PEM file/],
      [[trail, "--public-key", publicKey, "--until", "noon"], /--until must be a date or a time.*got noon/],
      [
        [trail, "--public-key", publicKey, "--until", "2026-11-29T10:00"],
        /with zone, such as .*Z, got 2026-11-29T10:00/,
      ],
    ] as const)
      expect(await audit("verify", ...args)).toMatchObject({ code: 2, shown: expect.stringMatching(message) });
    for (const [args, message] of [
      [[trail], /needs --public-key FILE; `sluice audit public-key` writes/],
      [[trail, "--public-key", publicKey, "--aws"], /name a path or an environment, got both/],
      [[], /No local stack runs/],
    ] as const)
      expect(await audit("verify", ...args)).toMatchObject({ code: 2, shown: expect.stringMatching(message) });
  });
});

describe("the verifier that stands alone", () => {
  const program = join(mkdtempSync(join(tmpdir(), "sluice-verifier-")), "audit-verifier.mjs");
  beforeAll(async () => {
    expect((await audit("verifier", "--output", program)).printed[0]).toMatch(/^\S+audit-verifier\.mjs: run it with/);
    return () => rmSync(dirname(program), { recursive: true });
  });

  const run = (...args: readonly string[]) =>
    promisify(execFile)(process.execPath, [program, ...args], { cwd: "/", env: {} }).then(
      ({ stdout }) => ({ code: 0, stdout, stderr: "" }),
      ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, stdout, stderr }),
    );

  test("imports nothing but what Node has", () => {
    const imports = [...readFileSync(program, "utf8").matchAll(/\bfrom "([^"]+)"|\brequire\("([^"]+)"\)/g)];
    expect(imports.map((match) => match[1] ?? match[2])).toSatisfy((names: string[]) =>
      names.every((name) => name.startsWith("node:")),
    );
    expect(imports.length).toBeGreaterThan(2);
  });

  // documented: audit-verifier-alone
  test("finds what the command finds, with the same exit codes", async () => {
    const { trail, publicKey } = written(twoChains());
    const until = ["--until", "2026-11-29T10:04:00Z"];
    const intact = await run(trail, "--public-key", publicKey, ...until);
    expect([intact.code, intact.stdout]).toEqual([0, expect.stringMatching(/\nIntact\.\n$/)]);
    rmSync(join(trail, "org-a", headFile(4)));
    const cut = await run(trail, "--public-key", publicKey, ...until);
    expect([cut.code, cut.stdout]).toEqual([1, expect.stringContaining("event 4: unsigned")]);
    expect(await run(trail)).toMatchObject({ code: 2, stderr: expect.stringMatching(/^audit verifier: use: node/) });
  });

  // documented: erasure-verifier-alone
  test("verifies a report of an erasure, and finds one that was changed", async () => {
    const { publicKey } = written(twoChains());
    const erased = { data_keys: 1, generations: 2, responses: 3, files: 0, batches: 0, api_keys: 1, records: 4 };
    const statement = erasureStatement(
      "org-a",
      { id: "user-1", subjectType: "user", requestedBy: "user-2", startedAt: 1, completedAt: 30, counts: erased },
      { at: "2026-11-29T10:03:00.000Z", key: KEY.fingerprint },
    );
    const signature = sign("sha256", Buffer.from(erasureText(statement)), KEY.privateKey).toString("base64");
    const report = join(folder(), "report.json");
    writeFileSync(report, JSON.stringify({ signature, statement }));
    expect(await run("--erasure", report, "--public-key", publicKey)).toMatchObject({
      code: 0,
      stdout: "user-1 of org-a was erased at 1970-01-01T00:00:30.000Z. The report is intact.\n",
    });
    writeFileSync(report, JSON.stringify({ signature, statement: { ...statement, erased: { ...erased, files: 1 } } }));
    expect(await run("--erasure", report, "--public-key", publicKey)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^Not intact: the signature/),
    });
    writeFileSync(report, "{}");
    expect(await run("--erasure", report, "--public-key", publicKey)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("is no report of an erasure"),
    });
  });

  test("is written to a name that Node reads as a module", async () => {
    expect((await audit("verifier", "--output", "verifier.js")).error).toMatch(/must end with \.mjs.*got verifier\.js/);
  });
});

describe("sluice audit export", () => {
  // documented: ocsf-export
  test("prints the entries of all chains as they are, or as OCSF records", async () => {
    const { trail } = written(twoChains());
    const plain = await audit("export", trail);
    expect(plain.printed.map((line) => JSON.parse(line)).map(({ chain, seq }) => [chain, seq])).toEqual([
      ...[1, 2, 3, 4, 5, 6].map((seq) => ["org-a", seq]),
      ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((seq) => ["org-b", seq]),
    ]);
    const { printed } = await audit("export", trail, "--ocsf", "--chain", "org-b");
    const records = printed.map((line) => JSON.parse(line));
    expect(records).toHaveLength(9);
    expect(records[8]).toMatchObject({
      class_uid: 3004,
      metadata: { tenant_uid: "org-b", sequence: 9, version: "1.8.0" },
      entity: { uid: "proj_9", name: "Project 9", type: "project" },
    });
  });

  test("says in one line what can't be exported", async () => {
    const { trail } = written(twoChains());
    expect((await audit("export", trail, "--chain", "org-c")).error).toBe(
      "--chain must name organisations of the trail, got org-c; it has org-a, org-b.",
    );
    expect((await audit("export", join(trail, "nothing"))).error).toMatch(/^Can't read the folder .*nothing/);
    writeFileSync(join(trail, "org-a", segmentFile(1)), "{}\n");
    expect((await audit("export", trail)).error).toMatch(/^org-a\/segments\/000000000001\.jsonl has a line/);
  });
});
