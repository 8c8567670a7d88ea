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

/** A page of the gateways' own administration; the scripted names of 80 letters are for tests of the layout. */
async function withShortNames(page: Page): Promise<void> {
  await page.route("**/admin/{health,logs*,providers,requests,routes,targets}", async (route) => {
    if (route.request().resourceType() === "document") return route.continue();
    try {
      const response = await route.fetch();
      await route.fulfill({ response, body: (await response.text()).replaceAll(/m{80}/g, "phi-3-mini") });
    } catch {
      // The page was closed before the response was there: it reads again twice a second.
    }
  });
  await page.locator(ROW).filter({ visible: true }).first().waitFor();
}

/** Pages whose picture needs more than that they have loaded. */
const STATES: { readonly [Name in ConsolePage]?: (page: Page) => Promise<void> } = {
  "admin/health": withShortNames,
  "admin/live": withShortNames,
  "admin/logs": withShortNames,
  "admin/routes": withShortNames,
  "admin/targets": withShortNames,
  dashboard: (page) => page.locator(".recharts-bar-rectangle").first().waitFor(),
  login: (page) => page.locator("main button, main summary").first().waitFor(),
  signup: (page) => page.locator("main button").first().waitFor(),
  async playground(page) {
    const models = page.getByRole("combobox", { name: /^Model \d$/ });
    await models.first().locator("option").first().waitFor({ state: "attached" });
    await page.getByRole("button", { name: "Add a model" }).click();
    await page.getByLabel("Prompt", { exact: true }).fill("What does a load balancer do?");
    await page.keyboard.press("Enter");
    await page.getByText("Done", { exact: true }).nth(1).waitFor();
  },
};

/** Every page of the console, and a generation of the history. */
export const EXAMPLE_PAGES: readonly ExamplePage[] = [
  ...CONSOLE_PAGES.map((path) => ({
    name: path.replace("/", "-"),
    path: `/${path}`,
    isSignedIn: path !== "login" && path !== "signup",
    reach: STATES[path] ?? ((page: Page) => page.locator(ROW).first().waitFor()),
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
