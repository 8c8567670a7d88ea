/** What documents have in place of a service's own address and model. */
const ADDRESS = "https://YOUR-API";
const MODEL = "YOUR-MODEL";

/** Puts the address and a model of this service into the code of the page; without its configuration the code stays as it is. */
export async function showService(configUrl: string): Promise<void> {
  const response = await fetch(configUrl, { cache: "no-cache" }).catch(() => undefined);
  const config: unknown = response?.ok === true ? await response.json().catch(() => undefined) : undefined;
  if (typeof config !== "object" || config === null) return;
  const { apiUrl, models } = config as { readonly apiUrl?: unknown; readonly models?: unknown };
  const [model] = Array.isArray(models) ? (models as readonly { readonly id?: unknown }[]) : [];
  for (const code of document.querySelectorAll("main code")) {
    const before = code.textContent ?? "";
    const addressed = typeof apiUrl === "string" ? before.replaceAll(ADDRESS, apiUrl.replace(/\/$/, "")) : before;
    const text = typeof model?.id === "string" ? addressed.replaceAll(MODEL, model.id) : addressed;
    if (text !== before) code.textContent = text;
  }
}
