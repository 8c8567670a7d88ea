import { spawn } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, onTestFinished, test } from "vitest";
import { OWN_FOLDER } from "../../lib/installation.ts";
import { signInByBrowser } from "../../local/test/browser-sign-in.ts";
import { peopleStack } from "../../local/test/people-stack.ts";
import { temporaryFolder } from "../../local/test/tools.ts";
import { CHROMIUM_REMEDY, findChromium, launchChromium } from "../../test-support/chromium.ts";
import { eventually } from "../../test-support/waits/eventually.ts";

const skipped = findChromium() === undefined ? ` (${CHROMIUM_REMEDY})` : "";
const ADA = "ada@example.com";

/** The command as an operator runs it, with logins of its own. */
function commandWith(state: string, url: string) {
  return (...args: readonly string[]) => {
    const environment = { PATH: process.env.PATH, HOME: state, XDG_STATE_HOME: state };
    const child = spawn(process.execPath, [join(OWN_FOLDER, "cli/sluice.ts"), ...args, "--url", url], {
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const shown = { text: "" };
    child.stderr.on("data", (chunk) => {
      shown.text += String(chunk);
    });
    const result = Promise.all([
      text(child.stdout),
      new Promise<number | null>((resolve) => child.once("close", resolve)),
    ]).then(([output, code]) => ({ output: output.trim(), code, errors: shown.text.trim() }));
    return { result, shown };
  };
}

describe.skipIf(skipped !== "")(`sluice login${skipped}`, () => {
  // documented: login-device-flow
  test("signs in by a real browser; the key works, is renewed by one process at a time, and ends with logout", async () => {
    const { apiUrl, project, generate, organization } = await peopleStack(ADA);
    const state = temporaryFolder();
    const sluice = commandWith(state, apiUrl);
    const before = await sluice("whoami").result;
    expect([before.code, before.errors]).toEqual([
      1,
      `sluice: Nobody is logged in at ${apiUrl}; run \`sluice login\`.`,
    ]);

    const login = sluice("login", "--no-browser");
    await eventually(() => expect(login.shown.text).toMatch(/Open \S+ and confirm the code/), { timeoutMs: 20_000 });
    await signInByBrowser(/Open (\S+)/.exec(login.shown.text)?.[1] ?? "", ADA);
    expect(await login.result).toMatchObject({
      code: 0,
      output: `Logged in at ${apiUrl} as ${ADA}, project ${project.id}.`,
    });
    const file = join(state, "sluice/logins.json");
    expect([statSync(file).mode & 0o777, statSync(join(state, "sluice")).mode & 0o777]).toEqual([0o600, 0o700]);
    expect((await sluice("whoami").result).output).toContain(`at ${apiUrl}, project ${project.id}, key until`);

    const first = (await sluice("token").result).output;
    expect((await generate(first)).choices).toHaveLength(1);
    const requests = join(state, "requests.jsonl");
    writeFileSync(requests, `${JSON.stringify({ model: "phi-3-mini", messages: [{ role: "user", content: "y" }] })}\n`);
    expect((await sluice("cache", "warm", "--file", requests).result).output).toMatch(/^1 requests: 1 sent to a model/);

    // Of processes that find the key too old at once, one renews it: the issuer ends a login whose refresh token comes twice.
    writeFileSync(file, readFileSync(file, "utf8").replace(/"expiresAt": \d+/, '"expiresAt": 0'));
    const renewed = await Promise.all([sluice("token").result, sluice("token").result, sluice("token").result]);
    expect(renewed.map(({ code }) => code)).toEqual([0, 0, 0]);
    const [second = ""] = new Set(renewed.map(({ output }) => output));
    expect(new Set(renewed.map(({ output }) => output)).size).toBe(1);
    expect(second).not.toBe(first);
    expect((await generate(second)).choices).toHaveLength(1);

    // A user who is removed loses the keys, and gets no further one.
    const { data } = await organization.users.list();
    await organization.users.delete(data.find(({ email }) => email === ADA)?.id ?? "");
    await eventually(() => expect(generate(second)).rejects.toMatchObject({ status: 401 }));
    writeFileSync(file, readFileSync(file, "utf8").replace(/"expiresAt": \d+/, '"expiresAt": 0'));
    expect((await sluice("token").result).errors).toMatch(/is not in the organisation\. An owner can invite you\.$/);

    expect(await sluice("logout").result).toMatchObject({ code: 0, output: expect.stringContaining("Logged out") });
    expect((await sluice("token").result).code).toBe(1);
  }, 180_000);

  // documented: login-code-flow
  test("--loopback signs in by the code flow with PKCE, in a browser of this machine", async () => {
    const { apiUrl, project, generate } = await peopleStack(ADA);
    const sluice = commandWith(temporaryFolder(), apiUrl);
    const login = sluice("login", "--loopback", "--no-browser");
    await eventually(() => expect(login.shown.text).toMatch(/Open \S+ in a browser/), { timeoutMs: 20_000 });
    const browser = await launchChromium();
    onTestFinished(() => browser.close());
    const page = await browser.newPage();
    await page.goto(/Open (\S+)/.exec(login.shown.text)?.[1] ?? "");
    await page.getByRole("button", { name: `Sign in as ${ADA}` }).click();
    await page.getByRole("heading", { name: "Signed in. You can close this page." }).waitFor();
    expect(await login.result).toMatchObject({
      code: 0,
      output: `Logged in at ${apiUrl} as ${ADA}, project ${project.id}.`,
    });
    expect((await generate((await sluice("token").result).output)).choices).toHaveLength(1);
  }, 180_000);
});
