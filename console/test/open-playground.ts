import type { BrowserContextOptions, Page } from "playwright-core";
import { type ConsoleStage, signInWithKey } from "./console-stage.ts";

/** The playground for an administrator with a key for models. */
export async function openPlayground(
  { control, open }: ConsoleStage,
  options: BrowserContextOptions = {},
  initScript = "",
): Promise<Page> {
  control.projects.push({ id: "proj_1", name: "search" });
  control.accepted.add("sk-sl-test");
  const page = await open("/playground", options, initScript);
  await signInWithKey(page);
  await page.locator("#model-key").fill("sk-sl-test");
  await page.keyboard.press("Enter");
  await page.locator(".pane select option").first().waitFor({ state: "attached" });
  return page;
}

export async function sendPrompt(page: Page, prompt: string): Promise<void> {
  await page.getByLabel("Prompt", { exact: true }).fill(prompt);
  await page.keyboard.press("Enter");
}

/** What was sent to chat completions. */
export function chatBodies({ control }: ConsoleStage): readonly unknown[] {
  return control.seen.filter(({ url }) => url === "/v1/chat/completions").map(({ body }) => body);
}
