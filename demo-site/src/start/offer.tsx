import type { SiteConfig, SiteModel } from "../api/config.ts";
import type { ListedModel } from "../api/models.ts";

interface OfferProps {
  readonly config: SiteConfig;
  /** What the API lists; models of the configuration among them. */
  readonly listed: readonly ListedModel[];
  /** Whether the configuration is the service's. */
  readonly isReady: boolean;
}

/** A model of the configuration, or one that the API alone lists. */
type OfferedModel = Pick<SiteModel, "id"> & {
  readonly price: SiteModel["price"];
  readonly name: string | undefined;
  readonly contextTokens: number | undefined;
};

const COUNT = new Intl.NumberFormat("en");
const DOLLARS = new Intl.NumberFormat("en", { style: "currency", currency: "USD", maximumFractionDigits: 4 });

/** What the service has: models with context and price, and what applies to whom. */
export function Offer({ config, listed, isReady }: OfferProps) {
  const models = offered(isReady ? config.models : [], listed);
  const hasPrices = models.some(({ price }) => price !== undefined);
  return (
    <section className="offer" aria-labelledby="offer-title">
      <h2 id="offer-title">What this service offers</h2>
      <div className="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Model</th>
              <th scope="col">Name in requests</th>
              <th scope="col">Context</th>
              {hasPrices ? <th scope="col">Price of a million tokens</th> : <td />}
            </tr>
          </thead>
          <tbody>
            {isReady ? undefined : (
              <tr>
                <th scope="row">…</th>
                <td>…</td>
                <td>…</td>
                <td />
              </tr>
            )}
            {models.map(({ id, name, contextTokens, price }) => (
              <tr key={id}>
                <th scope="row">{name ?? id}</th>
                <td>
                  <code>{id}</code>
                </td>
                <td>{contextTokens === undefined ? "" : `${COUNT.format(contextTokens)} tokens`}</td>
                <td>{price === undefined ? "" : priceText(price)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="offer-note">{isReady ? accessText(config) : "…"}</p>
    </section>
  );
}

/** A price of the API is that of now: the configuration's is as old as the last deployment. */
function offered(models: readonly SiteModel[], listed: readonly ListedModel[]): readonly OfferedModel[] {
  const known = new Set(models.map(({ id }) => id));
  const pricesNow = new Map(listed.map(({ id, price }) => [id, price]));
  const others = listed.filter(({ id }) => !known.has(id));
  return [
    ...models.map(({ id, displayName, contextTokens, price }) => ({
      id,
      name: displayName,
      contextTokens,
      price: pricesNow.get(id) ?? price,
    })),
    ...others.map(({ id, contextTokens, price }) => ({ id, name: undefined, contextTokens, price })),
  ];
}

function priceText({ inputUsdPerMillion, outputUsdPerMillion }: NonNullable<SiteModel["price"]>): string {
  return `${DOLLARS.format(inputUsdPerMillion)} of prompt, ${DOLLARS.format(outputUsdPerMillion)} of response`;
}

/** Who may send requests, and how many. */
function accessText({ auth, visitors }: SiteConfig): string {
  if (auth === "required") return "Requests need an API key, whose limits its owner sets.";
  const limit =
    visitors === undefined
      ? ""
      : ` without a key from one address: ${COUNT.format(visitors.requestsPerMinute)} a minute`;
  const keys = auth === "optional" ? " With a key, that key's limits hold." : "";
  return limit === "" ? `Requests need no key.${keys}` : `Requests${limit}.${keys}`;
}
