import { launchChromium } from "../../test-support/chromium.ts";

/**
 * Signs a person in at the local issuer's pages, in a real browser: confirms the code of the device flow, and presses the
 * person's button.
 * @returns the title of each page
 */
export async function signInByBrowser(address: string, email: string): Promise<readonly string[]> {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    const titles: string[] = [];
    const shown = async (title: string) => {
      await page.getByRole("heading", { name: title }).waitFor();
      titles.push(await page.title());
    };
    await page.goto(address);
    await shown("Confirm the code");
    await page.getByRole("button", { name: "Continue" }).click();
    await shown("Sign in");
    await page.getByRole("button", { name: `Sign in as ${email}` }).click();
    await shown("Signed in");
    return titles;
  } finally {
    await browser.close();
  }
}
