import { expect, test } from "vitest";
import { ACCESSIBILITY_VIEWS } from "./test/accessibility-views.ts";
import {
  describeConsole,
  findNothingInBothThemes,
  hardCoded,
  signInWithKey,
  withPreferences,
} from "./test/console-stage.ts";
import { streamChatTo } from "./test/scripted-chat.ts";

const QUOTA = { "x-ratelimit-limit-tokens": "100", "x-ratelimit-remaining-tokens": "1" };
/** An answer with each kind of block. */
const RESPONSE = [
  "# Title",
  "A [link](https://example.com), **bold**, `code`.",
  "- one\n- two",
  "> quote",
  "| a | b |\n|---|---|\n| 1 | 2 |",
  "```ts\nlet a;\n```",
  "x".repeat(100),
].join("\n\n");

describeConsole("the playground for everyone", {}, (stage) => {
  // documented: console-playground-accessible
  test.each(ACCESSIBILITY_VIEWS)(
    "axe finds no problem in both themes and no element is too wide at %i pixels, opened in %s and %s",
    async (width, theme, locale) => {
      const { control, open } = stage();
      control.projects.push({ id: "proj_1", name: "search" });
      control.accepted.add("sk-sl-test");
      control.chat = (_, response) =>
        streamChatTo(response, { thoughts: ["Hm"], pieces: [RESPONSE], finishReason: "length", headers: QUOTA });
      const preferences = withPreferences({ "sluice.theme": theme, "sluice.locale": locale });
      const page = await open("/keys", { viewport: { width, height: 800 } }, preferences);
      const check = async () => {
        await findNothingInBothThemes(page);
        if (locale === "en-XA") expect(await hardCoded(page)).toEqual([]);
      };
      await signInWithKey(page);
      await page.locator('.pages a[href*="/playground"]').click();
      await page.locator("#model-key").fill("sk-sl-test");
      await page.locator("#model-key").press("Enter");
      await page.locator(".pane option").first().waitFor({ state: "attached" });
      await page.locator(".playground-settings summary").click();
      await page.locator("#parameter-top_p").fill("0");
      await page.locator(".add-pane").click();
      await page.locator("#prompt").fill("Hi");
      await page.locator("#prompt").press("Enter");
      await page.locator('.turn[data-phase="done"]').nth(1).waitFor();
      await check();
      await page.locator(".page-title .button").click();
      await page.locator("dialog .snippet").waitFor();
      await check();
    },
    300_000,
  );
});
