import { PricingClient, type PricingClientConfig, paginateGetProducts } from "@aws-sdk/client-pricing";
import * as z from "zod";
import { awsFailure } from "../operator/aws-failure.ts";
import { UserError } from "../terminal/user-error.ts";

/** A product of the AWS Price List with its on-demand price. */
export interface ListedProduct {
  readonly usageType: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** What the price is for, e.g. `Hrs`, `GB-Mo` or `GiBps-mo`. */
  readonly unit: string;
  /** Dollars a unit from an amount of units on, by rising amount. Amounts that are free are not among them. */
  readonly ranges: readonly { readonly from: number; readonly usd: number }[];
}

/** Products of a service whose attributes have exactly these values. @throws {UserError} when AWS refuses or can't be reached */
export type ListProducts = (
  service: string,
  attributes: Readonly<Record<string, string>>,
) => Promise<readonly ListedProduct[]>;

/** Regions in which AWS answers `pricing:GetProducts`, each for all regions (AWS's guide to the Price List Query API). */
export const PRICE_LIST_REGIONS = ["us-east-1", "eu-central-1", "ap-south-1"] as const;
export type PriceListRegion = (typeof PRICE_LIST_REGIONS)[number];

/** Tries of a call that AWS throttles; the SDK waits longer before each. */
const ATTEMPTS = 5;
const PAGE_SIZE = 100;

const amount = z.string().transform(Number).pipe(z.number().nonnegative());
const Product = z.object({
  product: z.object({ attributes: z.record(z.string(), z.string()) }),
  terms: z.object({
    OnDemand: z
      .record(
        z.string(),
        z.object({
          priceDimensions: z.record(
            z.string(),
            z.object({
              unit: z.string(),
              beginRange: amount.default(0),
              pricePerUnit: z.object({ USD: amount.optional() }),
            }),
          ),
        }),
      )
      .optional(),
  }),
});

/** Reads the AWS Price List. @param settings of the AWS SDK. @default - its own: credentials and endpoint of the process */
export function awsPriceList(region: PriceListRegion, settings: PricingClientConfig = {}): ListProducts {
  const client = new PricingClient({ region, maxAttempts: ATTEMPTS, ...settings });
  return async (service, attributes) => {
    const filters = Object.entries(attributes).map(([Field, Value]) => ({ Type: "TERM_MATCH", Field, Value }) as const);
    const request = { ServiceCode: service, FormatVersion: "aws_v1", Filters: filters };
    const products: ListedProduct[] = [];
    try {
      for await (const { PriceList = [] } of paginateGetProducts({ client, pageSize: PAGE_SIZE }, request))
        products.push(...PriceList.map((text: unknown) => listedProduct(service, String(text))));
    } catch (error) {
      throw readError(error);
    }
    return products;
  };
}

function listedProduct(service: string, text: string): ListedProduct {
  const parsed = Product.safeParse(parsedJson(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new UserError(
      `The AWS Price List has a product of ${service} in an unknown form (${issue?.path.join(".")}: ${issue?.message}): ` +
        `${text.slice(0, 100)}; report it to the maintainers. Nothing was written.`,
    );
  }
  const { product, terms } = parsed.data;
  const dimensions = Object.values(terms.OnDemand ?? {}).flatMap((term) => Object.values(term.priceDimensions));
  const ranges = dimensions
    .map(({ beginRange, pricePerUnit: { USD: usd = 0 } }) => ({ from: beginRange, usd }))
    .filter(({ usd }) => usd > 0)
    .sort((a, b) => a.from - b.from);
  const { attributes } = product;
  return { usageType: attributes.usagetype ?? "", attributes, unit: dimensions[0]?.unit ?? "", ranges };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The error of a call as a sentence with its remedy; an error that the operator can't correct is returned as it is. */
function readError(error: unknown): unknown {
  if (error instanceof UserError || !(error instanceof Error)) return error;
  const problem = (text: string, remedy: string) =>
    new UserError(`The AWS Price List can't be read: ${text.replaceAll(/\s+/g, " ")}; ${remedy}. Nothing was written.`);
  if (/^(Throttl|TooManyRequests|RequestLimitExceeded)/.test(error.name))
    return problem(`AWS throttled ${ATTEMPTS} tries of a call`, "run the command again in a minute");
  const failure = awsFailure(error);
  if (failure?.kind === "denied") return problem(failure.text, "allow your user or role pricing:GetProducts");
  if (failure) return problem(failure.text, failure.remedy);
  if (/^(InternalError|ServiceUnavailable|TimeoutError)/.test(error.name))
    return problem(`AWS failed (${error.name})`, "run the command again in a minute");
  return error;
}
