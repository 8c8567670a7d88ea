import { expect, test } from "vitest";
import { describeConsole, findNothing, hardCoded, personSession, withPreferences } from "./test/console-stage.ts";
import { scriptedOwnKey } from "./test/scripted-own-keys.ts";
import { scriptedUse } from "./test/scripted-usage.ts";

const MEMBER = [{ id: "proj_1", name: "search", role: "member" }];
const TODAY = new Date().toISOString().slice(0, 10);

describeConsole(
  "the page of a person's own keys",
  { people: true, memberKeys: { perPerson: 3, maxDays: 60 } },
  (stage) => {
    const asMember = () => {
      stage().control.accepted.add("sk-admin-1");
      stage().session = () => ({ status: 200, body: personSession(MEMBER, "sk-admin-1") });
    };
    const posts = () => stage().control.seen.filter(({ method }) => method === "POST");

    // documented: own-keys-page
    test("is where a member begins, and makes, rotates and revokes a key whose secret is shown once", async () => {
      const { control, open } = stage();
      asMember();
      const page = await open("/login");
      await page.getByRole("heading", { name: "Your keys" }).waitFor();
      expect(new URL(page.url()).pathname).toBe("/own-keys");
      await page.getByRole("button", { name: "Create key" }).click();
      await page.getByLabel("Valid for").waitFor();
      const lives = await page.getByLabel("Valid for").locator("option").allTextContents();
      expect(lives).toEqual(["7 days", "30 days", "60 days"]);
      await page.getByLabel("Name", { exact: true }).fill("laptop");
      await page.getByLabel("May").selectOption("readOnly");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Create key" }).click();
      await page.getByLabel("Name", { exact: true }).fill("laptop");
      await page.getByRole("dialog").getByRole("button", { name: "Create key" }).click();
      const secret = await page.getByLabel("Secret key").inputValue();
      const [key] = control.ownKeys;
      expect(secret).toBe(`sk-sl-${key?.id}-secret`);
      await page.getByRole("button", { name: "Done" }).click();
      await page.getByRole("button", { name: "Rotate laptop" }).click();
      await page.getByLabel("The present secret works for").selectOption("86400");
      await page.getByRole("dialog").getByRole("button", { name: "Rotate" }).click();
      expect(await page.getByLabel("Secret key").inputValue()).toBe(`sk-sl-${key?.id}-next`);
      await page.getByText("The secret before works until").waitFor();
      await page.getByRole("button", { name: "Done" }).click();
      expect(await page.content()).not.toMatch(/-secret|-next/);
      await page.getByRole("button", { name: "Revoke laptop" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
      await page.getByRole("heading", { name: "No keys yet" }).waitFor();
      expect(posts().map(({ url, body }) => [url, body])).toEqual([
        ["/v1/organization/projects/proj_1/api_keys", { name: "laptop", expires_in_seconds: 60 * 86_400 }],
        [`/v1/organization/projects/proj_1/api_keys/${key?.id}/rotate`, { overlap_seconds: 86_400 }],
      ]);
      expect(new Set(posts().map(({ idempotencyKey }) => idempotencyKey)).size).toBe(2);
    });

    // documented: own-keys-usage
    test("shows what was used with each key, and which ones have ended", async () => {
      const { control, open } = stage();
      asMember();
      const used = scriptedOwnKey("laptop");
      const ended = { ...scriptedOwnKey("former"), owner_project_access: "inactive" as const };
      control.ownKeys.push(used, ended);
      control.uses.push(
        scriptedUse(TODAY, {
          key: used.id,
          requests: 3,
          inputTokens: 1500,
          outputTokens: 500,
          inputNano: 2_000_000_000,
        }),
        scriptedUse(TODAY, { key: "somebody-elses", requests: 99 }),
      );
      const page = await open("/own-keys");
      await page.getByRole("row", { name: /laptop.*3 requests, 2,000 tokens, \$2\.01/ }).waitFor();
      await page.getByRole("row", { name: /former.*Ended: you are no longer in the group.*No requests/ }).waitFor();
      expect(await page.getByRole("button", { name: "Rotate former" }).count()).toBe(0);
    });

    test("keeps the secret of the last permitted key in view, and then offers no further one", async () => {
      const { control, open } = stage();
      asMember();
      control.ownKeys.push(scriptedOwnKey("one"), scriptedOwnKey("two"));
      const page = await open("/own-keys");
      await page.getByRole("button", { name: "Create key" }).click();
      await page.getByLabel("Name", { exact: true }).fill("three");
      await page.keyboard.press("Enter");
      await page.getByLabel("Secret key").waitFor();
      await page.locator(".notice", { hasText: "You have as many keys as permitted." }).waitFor({ state: "attached" });
      await page.getByLabel("Secret key").waitFor();
      await page.getByRole("button", { name: "Done" }).click();
      expect(await page.getByRole("button", { name: "Create key" }).count()).toBe(0);
    });

    test.each([
      ["dark", 320, "de"],
      ["light", 768, "en"],
      ["dark", 1440, "en-XA"],
    ])("is for everyone in %s at %i pixels in %s", async (theme, width, locale) => {
      const { control, open } = stage();
      asMember();
      control.ownKeys.push(scriptedOwnKey("laptop"), scriptedOwnKey("x".repeat(100)));
      const preferences = withPreferences({ "sluice.theme": theme, "sluice.locale": locale });
      const page = await open("/own-keys", { viewport: { width, height: 800 } }, preferences);
      await page.getByRole("row").nth(1).waitFor();
      for (const [button, ready] of [
        [".row-actions .danger", "dialog .danger"],
        [".row-actions .button:not(.danger)", "#key-overlap"],
        [".page-title .primary", "#key-permits"],
      ] as const) {
        await page.locator(button).first().click();
        await page.locator(ready).waitFor();
        await findNothing(page);
        if (locale === "en-XA") expect(await hardCoded(page)).toEqual([]);
        await page.keyboard.press("Escape");
        await page.locator("dialog").waitFor({ state: "detached" });
      }
    });
  },
);
