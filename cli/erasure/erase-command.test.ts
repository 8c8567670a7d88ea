import { generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ErasureReport } from "../../contracts/erasure/erasure.ts";
import { auditPublicKey } from "../../domain/audit/signed-head.ts";
import { controlServer } from "../../local/test/control-server.ts";
import { eraseCommand } from "./erase-command.ts";

// documented: erase-command
test("sluice erase goes on until the subject is erased and writes a report that verifies; a second run says that it is done", async () => {
  const { owner, url, sdk, clock, signReports } = await controlServer();
  const secret = await owner("org-a");
  const project = await sdk(secret).projects.create({ name: "search" });
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
  const signer = {
    fingerprint: auditPublicKey(pem).fingerprint,
    signText: async (text: string) => sign("sha256", Buffer.from(text), privateKey).toString("base64"),
  };
  const folder = mkdtempSync(join(tmpdir(), "sluice-erase-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [report, key, second] = ["report.json", "key.pem", "second.json"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(key, pem);
  const run = async (...args: string[]) => {
    const printed: string[] = [];
    let code: number | undefined;
    const command = eraseCommand({
      print: (text) => printed.push(text),
      localUrl: () => url.replace(/\/v1$/, ""),
      variable: (name) => (name === "SLUICE_ADMIN_KEY" ? secret : undefined),
      now: () => clock.ms,
      // What happens meanwhile: time passes, and the sealer runs.
      wait: async (ms) => {
        clock.ms += ms;
        await signReports(signer);
      },
      finish: (exit) => {
        code = exit;
      },
    });
    const error = await command.parseAsync(args, { from: "user" }).then(
      () => undefined,
      (thrown: Error) => thrown.message,
    );
    return { text: printed.join("\n"), error, code };
  };
  expect((await run("--subject", project.id)).error).toMatch(/would be erased for good.*Add --yes/);
  for (const yes of [[], ["--yes"]])
    expect((await run("--subject", "nope", ...yes)).error).toMatch(/^--subject must be the id of a user.*got nope\.$/);
  expect((await run("list")).text).toBe("Nothing was erased yet.");
  const erased = await run("--subject", project.id, "--yes", "--output", report);
  expect([erased.error, erased.text]).toEqual([undefined, expect.stringContaining(`${project.id} is erased, at 20`)]);
  expect(await run("verify", report, "--public-key", key)).toMatchObject({
    code: 0,
    text: expect.stringContaining("intact"),
  });
  expect((await run("--subject", project.id, "--yes", "--output", report)).error).toMatch(/is there already/);
  expect((await run("--subject", project.id, "--yes", "--output", second)).text).toContain("was erased already, at");
  expect((await run("list")).text).toMatch(/completed .*signed/);
  const changed = ErasureReport.parse(JSON.parse(readFileSync(report, "utf8")));
  writeFileSync(
    second,
    JSON.stringify({
      ...changed,
      statement: { ...changed.statement, erased: { ...changed.statement.erased, files: 9 } },
    }),
  );
  expect(await run("verify", second, "--public-key", key)).toMatchObject({
    code: 1,
    text: expect.stringMatching(/^Not intact/),
  });
  expect((await run("verify", key, "--public-key", key)).error).toMatch(/is no report of an erasure/);
});
