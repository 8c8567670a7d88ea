import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { eventually } from "../test-support/waits/eventually.ts";
import { ACCESSIBILITY_VIEWS } from "./test/accessibility-views.ts";
import {
  describeConsole,
  findNothingInBothThemes,
  hardCoded,
  personSession,
  signInWithKey,
  withPreferences,
} from "./test/console-stage.ts";
import { openedBy, PROJECT } from "./test/opened-history.ts";
import { scriptedChat } from "./test/scripted-history.ts";

const textsOfPanes = (page: Page) => page.locator(".played-text").allTextContents();

describeConsole("a person's history", { people: true }, (stage) => {
  // documented: console-history
  test("is listed by the server's cursor with few rows in the document, and the address keeps its filters", async () => {
    const { control } = stage();
    for (let number = 250; number > 0; number -= 1)
      control.history.chats.push(scriptedChat(number, { prompt: `Question ${number}`, model: number % 2 ? "a" : "b" }));
    const page = await openedBy("person", stage());
    await page.getByRole("row", { name: /Question 250/ }).waitFor();
    const table = page.getByRole("table", { name: "Generations" });
    await eventually(
      async () => {
        await page.mouse.wheel(0, 4_000);
        expect(await page.getByRole("row", { name: /Question 1 / }).count()).toBe(1);
        // Three further pages: a browser on a loaded machine stands still for half a minute.
      },
      { timeoutMs: 60_000 },
    );
    expect(await table.getAttribute("aria-rowcount")).toBe("251");
    expect(await page.getByRole("row").count()).toBeLessThan(60);
    await page.getByLabel("Model").fill("a");
    await page.keyboard.press("Enter");
    await page.getByRole("row", { name: /Question 249/ }).waitFor();
    expect(await page.getByRole("row", { name: /Question 250/ }).count()).toBe(0);
    await page.getByLabel("Text").fill("question 201");
    await page.keyboard.press("Enter");
    await page.getByRole("row", { name: /Question 201/ }).waitFor();
    expect(new URL(page.url()).search).toContain("q=question");
    await page.reload();
    await page.getByRole("row", { name: /Question 201/ }).waitFor();
    expect(await page.getByLabel("Model").inputValue()).toBe("a");
    await page.getByLabel("Text").fill("no such text");
    await page.keyboard.press("Enter");
    await page.getByText("Older generations have not been searched yet.").waitFor();
    const before = control.seen.length;
    await page.getByRole("button", { name: "Search on" }).click();
    await page.getByText("No generation matches these filters.").waitFor();
    expect(control.seen.length).toBeGreaterThan(before);
  });

  // documented: console-history-playback
  test("plays a response from its stored times: step, scrub, faster, and beside another", async () => {
    const { control } = stage();
    control.history.chats.push(
      scriptedChat(2, { prompt: "Second", pieces: ["One ", "two ", "three"] }),
      scriptedChat(1, { prompt: "First", pieces: ["uno ", "dos "] }),
    );
    const page = await openedBy("person", stage());
    await page
      .getByRole("row", { name: /Second/ })
      .getByRole("link")
      .click();
    await page.getByText("4 of 4 writes").waitFor();
    expect(await textsOfPanes(page)).toEqual(["One two three"]);
    await page.getByRole("slider", { name: "Position" }).fill("150");
    expect(await textsOfPanes(page)).toEqual(["One "]);
    await page.getByRole("button", { name: "One write on" }).click();
    expect(await textsOfPanes(page)).toEqual(["One two "]);
    await page.getByRole("button", { name: "One write back" }).click();
    await page.getByText("1 of 4 writes").waitFor();
    await page.getByText("Bytes of this write").click();
    await page.getByText('data: {"choices":[{"delta":{"content":"One "}}]}').waitFor();
    await page.getByRole("button", { name: "4×" }).click();
    await page.getByRole("button", { name: "Play", exact: true }).click();
    await page.getByText("4 of 4 writes").waitFor();
    await page.getByRole("button", { name: "Play", exact: true }).waitFor();

    await page.getByRole("link", { name: "Compare with another" }).click();
    await page.getByText("Open the generation to compare with.").waitFor();
    await page.getByRole("row", { name: /First/ }).getByRole("link").click();
    await page.getByText("3 of 3 writes").waitFor();
    await page.getByRole("slider", { name: "Position" }).fill("200");
    expect(await textsOfPanes(page)).toEqual(["uno dos ", "One two "]);
    const address = new URL(page.url()).searchParams;
    expect([address.get("chat"), address.get("with")].map((id) => Number(id?.slice(4)))).toEqual([1, 2]);
  });

  // documented: console-history-delete
  test("loses a generation that is deleted after a confirmation", async () => {
    const { control } = stage();
    control.history.chats.push(scriptedChat(2, { prompt: "Keep" }), scriptedChat(1, { prompt: "Drop" }));
    const page = await openedBy("person", stage());
    await page.getByRole("row", { name: /Drop/ }).getByRole("link").click();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    expect(control.history.chats).toHaveLength(2);
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByRole("row", { name: /Keep/ }).waitFor();
    expect(await page.getByRole("row", { name: /Drop/ }).count()).toBe(0);
    expect(control.history.chats).toHaveLength(1);
  });

  test("shows what was written as text and never as markup, and says where content was erased", async () => {
    const { control } = stage();
    const hostile = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
    const gone = scriptedChat(1, { messages: null, chunks: null });
    const chat = scriptedChat(2, {
      prompt: hostile,
      pieces: [hostile, "[a](javascript:alert(1))"],
    });
    control.history.chats.push(chat, gone);
    const page = await openedBy("person", stage(), `/history?chat=${chat.id}`);
    await page.getByRole("slider").waitFor();
    expect(await page.locator("main img, main script, main a[href^=javascript]").count()).toBe(0);
    expect(await page.title()).toBe("Generation · Sluice");
    await page.goto(`${stage().site.origin}/history?chat=${gone.id}`);
    await page.getByText("The content was erased.").waitFor();
    expect(await page.getByRole("slider").count()).toBe(0);
  });

  test("that the service does not store is explained, and a list that could not be read offline is read when the connection is back", async () => {
    const { control } = stage();
    control.history.isOn = false;
    const page = await openedBy("person", stage());
    await page.getByRole("heading", { name: "This service stores no history" }).waitFor();
    control.history.isOn = true;
    await page.goto(`${stage().site.origin}/history?q=x`);
    await page.getByText("No generation matches these filters.").waitFor();
    await page.context().setOffline(true);
    await page.getByLabel("Text").fill("y");
    await page.keyboard.press("Enter");
    await page.getByText("This browser has no network connection.").waitFor();
    await page.context().setOffline(false);
    await page.getByText("No generation matches these filters.").waitFor();
  });
});

describeConsole("a project's history", {}, (stage) => {
  // documented: console-history-closed
  test("shows others' rows without content, which is opened with a reason and an end", async () => {
    const { control } = stage();
    const chat = scriptedChat(1, { prompt: "Their secret", isOwn: false });
    control.history.chats.push(chat);
    const page = await openedBy("admin", stage());
    await page
      .getByRole("row", { name: /user-ada.*phi-3-mini/ })
      .getByRole("link")
      .click();
    await page.getByRole("heading", { name: "This content is closed" }).waitFor();
    expect(await page.getByText("Their secret").count()).toBe(0);
    await page.getByLabel("Reason").fill("because");
    await page.keyboard.press("Enter");
    await page.locator(".hint.bad").waitFor();
    await page.getByLabel("Reason").fill("support case 42");
    await page.getByLabel("Open for").selectOption("1 hour");
    await page.keyboard.press("Enter");
    await page.getByText("Their secret").waitFor();
    expect(control.seen.find(({ url }) => url.endsWith("/history_access"))?.body).toEqual({
      reason: "support case 42",
      expires_in_seconds: 3_600,
    });
    await page.getByText("2 of 2 writes").waitFor();
  });

  test("that is not for the caller says whose it is, and a search of it asks for a reason", async () => {
    const { control } = stage();
    control.history.chats.push(scriptedChat(1, { prompt: "Needle", isOwn: false }));
    const page = await openedBy("admin", stage(), "/history?q=needle");
    await page.getByLabel("Reason").fill("support case 42");
    await page.keyboard.press("Enter");
    await page.getByRole("row", { name: /user-ada/ }).waitFor();
    control.history.isAllowed = false;
    await page.getByLabel("Text").fill("");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "This history is not for you" }).waitFor();
  });

  // documented: console-history-off
  test("that is off is switched on by an owner after a confirmation, and by nobody else", async () => {
    const { control } = stage();
    control.history.retention = "organization_default";
    const page = await openedBy("admin", stage());
    await page.getByText("This project stores no history").waitFor();
    await page.getByRole("button", { name: "Store the history" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Store the history" }).click();
    await page.getByText("This project stores no history").waitFor({ state: "detached" });
    expect(control.history.retention).toBe("none");
    control.history.retention = "zero_data_retention";
    control.organization.role = "reader";
    const other = await stage().open("/history");
    await signInWithKey(other);
    await other.getByText("An owner of the organisation can switch it on.").waitFor();
    expect(await other.getByRole("button", { name: "Store the history" }).count()).toBe(0);
  });
});

describeConsole("the history for everyone", { people: true }, (stage) => {
  // documented: console-history-accessible
  test.each(ACCESSIBILITY_VIEWS)(
    "axe finds no problem in both themes and no element is too wide at %i pixels, opened in %s and %s",
    { timeout: 240_000 },
    async (width, theme, locale) => {
      const { control, site, open } = stage();
      control.history.retention = "organization_default";
      const chat = scriptedChat(2, { prompt: "p".repeat(300), pieces: ["# Head\n\n", "- x".repeat(100)] });
      const tools = [{ role: "user", content: [{ type: "image_url", image_url: { url: "data:x" } }] }];
      control.history.chats.push(chat, scriptedChat(1, { messages: tools, model: "m".repeat(100) }));
      control.projects.push({ id: "proj_1", name: "search" });
      control.accepted.add("sk-admin-ada");
      stage().session = () => ({ status: 200, body: personSession([PROJECT], "sk-admin-ada") });
      const preferences = withPreferences({ "sluice.theme": theme, "sluice.locale": locale });
      const paths = ["/history", `/history?chat=${chat.id}&with=gen_${"1".padStart(32, "0")}`, "/history?q=none"];
      const page = await open("/history", { viewport: { width, height: 800 } }, preferences);
      for (const path of paths) {
        await page.goto(`${site.origin}${path}`);
        await page.locator("[role=row] a, .player, .empty").first().waitFor();
        await findNothingInBothThemes(page);
        if (locale === "en-XA") expect(await hardCoded(page)).toEqual([]);
      }
    },
  );
});
