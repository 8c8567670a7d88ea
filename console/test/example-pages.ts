import type { Page } from "playwright-core";
import { CONSOLE_PAGES, type ConsolePage } from "../../contracts/site/console-pages.ts";

/** A state of a page that is worth a picture. */
export interface ExamplePage {
  readonly name: string;
  readonly path: string;
  /** Whether somebody is signed in. */
  readonly isSignedIn: boolean;
  /** Brings the page into its state, and waits for that. */
  readonly reach: (page: Page) => Promise<void>;
}

const ROW = "[role=row] [role=cell], tbody td, .empty";

/** Pages whose picture needs more than that they have loaded. */
const STATES: { readonly [Name in ConsolePage]?: (page: Page) => Promise<void> } = {
  async dashboard(page) {
    await page.locator(".chart-figure").scrollIntoViewIfNeeded();
    await page.locator(".recharts-bar-rectangle").first().waitFor();
    await page.evaluate("scrollTo(0, 0)");
  },
  login: (page) => page.locator("main button, main summary").first().waitFor(),
  signup: (page) => page.locator("main button").first().waitFor(),
  async playground(page) {
    await page.locator(".pane option").first().waitFor({ state: "attached" });
    await page.locator(".add-pane").click();
    await page.locator("#prompt").fill("What does a load balancer do?");
    await page.locator("#prompt").press("Enter");
    await page.locator('.turn[data-phase="done"]').nth(1).waitFor();
  },
};

/** Every page of the console, and a generation of the history. */
export const EXAMPLE_PAGES: readonly ExamplePage[] = [
  ...CONSOLE_PAGES.map((path) => ({
    name: path.replace("/", "-"),
    path: `/${path}`,
    isSignedIn: path !== "login" && path !== "signup",
    reach: STATES[path] ?? ((page: Page) => page.locator(ROW).filter({ visible: true }).first().waitFor()),
  })),
  {
    name: "history-playback",
    path: `/history?chat=gen_${"6".padStart(32, "0")}&with=gen_${"5".padStart(32, "0")}`,
    isSignedIn: true,
    async reach(page) {
      await page.getByRole("slider").fill("1000");
      await page.locator(".player").scrollIntoViewIfNeeded();
    },
  },
];
