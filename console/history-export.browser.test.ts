import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { eventually } from "../test-support/waits/eventually.ts";
import { describeConsole } from "./test/console-stage.ts";
import { openedBy } from "./test/opened-history.ts";
import { scriptedChat } from "./test/scripted-history.ts";

/** Bytes of the file that a click saves, and its name. */
async function saved(page: Page, click: () => Promise<void>): Promise<readonly [string, string]> {
  const [download] = await Promise.all([page.waitForEvent("download"), click()]);
  return [download.suggestedFilename(), await readFile(await download.path(), "utf8")];
}

describeConsole("files of a person's history", { people: true }, (stage) => {
  // documented: console-history-sse
  test("saves a stream byte for byte, read in several ranges", async () => {
    const { control } = stage();
    const chat = scriptedChat(1, { pieces: Array.from({ length: 100 }, (_, index) => `größe ${index} `) });
    control.history.chats.push(chat);
    const page = await openedBy("person", stage(), `/history?chat=${chat.id}`);
    const [name, text] = await saved(page, () => page.getByRole("button", { name: "Download .sse" }).click());
    expect([name, text]).toEqual([`${chat.id}.sse`, chat.bytes.toString("utf8")]);
  });

  // documented: console-history-export
  test.each(["csv", "json", "jsonl"])("is exported as %s, and goes on where a page failed", async (format) => {
    const { control } = stage();
    for (let number = 5; number > 0; number -= 1) control.history.chats.push(scriptedChat(number));
    const page = await openedBy("person", stage());
    await page.getByRole("button", { name: "Export" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Format").selectOption(format);
    control.failures.push(undefined, "internal_error");
    await dialog.getByRole("button", { name: "Export" }).click();
    await dialog.getByText("One page, 0 MB").waitFor();
    const [name, text] = await saved(page, () => dialog.getByRole("button", { name: "Go on" }).click());
    expect(name).toBe(`history.${format}`);
    if (format === "csv")
      expect(text.split("\r\n").map((line) => line.split(",")[1])).toEqual([
        "model",
        ...Array.from({ length: 5 }, () => "phi-3-mini"),
        undefined,
      ]);
    else {
      const rows =
        format === "json"
          ? JSON.parse(text)
          : text
              .trim()
              .split("\n")
              .map((line) => JSON.parse(line));
      expect(rows.map(({ created_at }: { created_at: number }) => created_at - 1_790_000_000)).toEqual([5, 4, 3, 2, 1]);
    }
    // The page that failed was read once more, and none twice else.
    const exports = control.seen.filter(({ url }) => url.startsWith("/api/chats/export"));
    expect(exports.map(({ url }) => new URL(url, "http://api").searchParams.get("after"))).toEqual([
      null,
      "2",
      "2",
      "4",
    ]);
  });

  test("is exported by the filter with which the export was opened, also after the browser went back to another one", async () => {
    const { control } = stage();
    control.history.chats.push(scriptedChat(1));
    const page = await openedBy("person", stage());
    await page.getByRole("searchbox").fill("prices");
    await page.getByRole("searchbox").press("Enter");
    await page.waitForURL(/q=prices/);
    await page.getByRole("button", { name: "Export" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    await page.goBack();
    await page.waitForURL(/history$/);
    await dialog.getByRole("button", { name: "Export" }).click();
    await eventually(() => expect(control.seen.some(({ url }) => url.startsWith("/api/chats/export"))).toBe(true));
    const exported = control.seen.find(({ url }) => url.startsWith("/api/chats/export"));
    expect(new URL(exported?.url ?? "", "http://api").searchParams.get("q")).toBe("prices");
  });
});
