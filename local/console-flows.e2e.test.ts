import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { CHROMIUM_REMEDY, findChromium } from "../test-support/chromium.ts";
import { eventually } from "../test-support/waits/eventually.ts";
import { peopleConsole } from "./test/people-console.ts";

const skipped = findChromium() === undefined ? ` (${CHROMIUM_REMEDY})` : "";

/** One running stack with the local issuer and the local model, and what people do in its console. */
describe.skipIf(skipped !== "")(`people in the console with the local model${skipped}`, () => {
  const { stack, opened, signIn } = peopleConsole({
    memberKeys: { perPerson: 5, maxDays: 30 },
    history: { retentionDays: 1 },
    hasModel: true,
  });

  // documented: console-own-keys
  test("a person who signs up makes a key in three clicks, and a model streams with it until it is revoked", async ({
    annotate,
  }) => {
    const page = await opened("/signup");
    const begun = performance.now();
    await signIn(page);
    await page.getByRole("button", { name: "Create key" }).click();
    await page.getByLabel("Name", { exact: true }).fill("laptop");
    await page.keyboard.press("Enter");
    const secret = await page.getByLabel("Secret key").inputValue();
    const stream = () =>
      stack()
        .sdk(secret)
        .chat.completions.create({
          model: "phi-3-mini",
          messages: [{ role: "user", content: "Say hello" }],
          max_tokens: 8,
          stream: true,
        });
    let text = "";
    for await (const chunk of await stream()) text += chunk.choices[0]?.delta.content ?? "";
    expect(text).not.toBe("");
    await annotate(
      `3 clicks and ${Math.round((performance.now() - begun) / 1000)} s from the sign-up to the streamed answer`,
    );
    await page.getByRole("button", { name: "Done" }).click();

    await page.getByRole("button", { name: "Rotate laptop" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Rotate" }).click();
    const next = await page.getByLabel("Secret key").inputValue();
    expect(next).not.toBe(secret);
    // Both work within the overlap.
    for (const key of [secret, next]) await eventually(() => stack().sdk(key).models.list());
    await page.getByRole("button", { name: "Done" }).click();

    await page.getByRole("button", { name: "Revoke laptop" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
    await page.getByRole("heading", { name: "No keys yet" }).waitFor();
    for (const key of [secret, next])
      await eventually(() => expect(stack().sdk(key).models.list()).rejects.toMatchObject({ status: 401 }));
  });

  // documented: console-side-by-side
  test("an answer of the model streams three clicks after the sign-up until it is stopped, and two stream side by side", async ({
    annotate,
  }) => {
    const page = await opened("/signup");
    const begun = performance.now();
    await signIn(page);
    await page.getByRole("link", { name: "Playground" }).click();
    await page.getByRole("combobox", { name: "Model 1" }).locator("option").first().waitFor({ state: "attached" });
    await page.getByLabel("Prompt", { exact: true }).fill("List all numbers from one to a thousand.");
    await page.keyboard.press("Enter");
    await page.locator(".answer").first().waitFor();
    await annotate(
      `3 clicks and ${Math.round((performance.now() - begun) / 1000)} s from the sign-up to the first token in the playground`,
    );
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText("Stopped", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Clear" }).click();

    await page.getByRole("button", { name: "Add a model" }).click();
    await page.getByText("Settings", { exact: true }).click();
    await page.getByLabel("Most tokens of an answer").fill("12");
    await page.getByLabel("Prompt", { exact: true }).fill("Say hello");
    await page.keyboard.press("Enter");
    await page.getByText("Done", { exact: true }).nth(1).waitFor();
    expect(await page.locator(".answer").count()).toBe(2);
    expect(await page.locator(".figures", { hasText: "First token" }).count()).toBe(2);
  });

  // documented: console-windows
  test("a session goes on in other windows and after a reload, back and forward keep the conversation, and its end leads to the sign-in", async () => {
    const page = await opened("/own-keys");
    await signIn(page);
    await page.getByRole("heading", { name: "Your keys" }).waitFor();
    await page.getByRole("link", { name: "Playground" }).click();
    await page.getByLabel("Prompt", { exact: true }).fill("half a thought");
    await page.goBack();
    await page.getByRole("heading", { name: "Your keys" }).waitFor();
    await page.goForward();
    expect(await page.getByLabel("Prompt", { exact: true }).inputValue()).toBe("half a thought");

    const other = await page.context().newPage();
    await other.goto(`${stack().siteUrl}/own-keys`);
    await other.getByRole("heading", { name: "Your keys" }).waitFor();
    await page.reload();
    await page.getByRole("combobox", { name: "Model 1" }).locator("option").first().waitFor({ state: "attached" });

    await page.context().clearCookies();
    await other.reload();
    await other.getByRole("heading", { name: "Sign in" }).waitFor();
    await signIn(other);
    await other.getByRole("heading", { name: "Your keys" }).waitFor();
  });

  // documented: console-history-people
  test("a person sees what was streamed in the playground, plays it, saves its bytes, exports it and deletes it", async () => {
    const { organization, project } = stack();
    await organization.projects.dataRetention.update(project.id, { retention_type: "none" });
    const page = await opened("/login?to=%2Fplayground");
    await signIn(page);
    const models = page.getByRole("combobox", { name: "Model 1" });
    await models.locator("option").first().waitFor({ state: "attached" });
    await page.getByText("Settings", { exact: true }).click();
    await page.getByLabel("Most tokens of an answer").fill("12");
    await page.getByLabel("Prompt", { exact: true }).fill("What is planted?");
    await page.keyboard.press("Enter");
    await page.getByText("Done", { exact: true }).waitFor();
    const shown = (await page.locator(".answer").textContent()) ?? "";

    await page.getByRole("link", { name: "History" }).click();
    const row = page.getByRole("row", { name: /What is planted\?/ });
    // Gateways store it within seconds.
    await eventually(async () => {
      await page.reload();
      await row.waitFor({ timeout: 3_000 });
    });
    await row.getByRole("link").click();
    await page.getByRole("slider", { name: "Position" }).waitFor();
    await eventually(async () => expect(await page.locator(".played-text").textContent()).toBe(shown));
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download .sse" }).click(),
    ]);
    const bytes = await readFile(await download.path(), "utf8");
    expect(bytes).toMatch(/^data: /);
    expect(bytes).toMatch(/data: \[DONE\]\n\n$/);

    await page.getByRole("link", { name: "Back to the list" }).click();
    await page.getByRole("button", { name: "Export" }).click();
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("dialog").getByRole("button", { name: "Export" }).click(),
    ]);
    expect(await readFile(await file.path(), "utf8")).toMatch(/^id,created,model,.*\r\ngen_.*What is planted\?/);

    await row.getByRole("link").click();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByRole("heading", { name: "Nothing here yet" }).waitFor();
  });
});
