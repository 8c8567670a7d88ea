import { onTestFinished } from "vitest";
import { bodyOf, startFakeServer } from "../../../test-support/fake-server.ts";

/** A product as `pricing:GetProducts` has it, without the terms that no test reads. */
export interface TestProduct {
  readonly service: string;
  readonly usage: string;
  readonly unit: string;
  /** Dollars of a unit, or of each range from an amount on. */
  readonly usd: string | readonly (readonly [from: string, usd: string])[];
  readonly productFamily?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** The AWS Price List API on a socket: filters by exact value, pages of two products, JSON documents in strings. */
export async function startPriceList(
  products: readonly TestProduct[],
  failure?: { readonly status: number; readonly type: string; readonly message: string },
) {
  const calls: { readonly target: string | undefined; readonly authorization: string | undefined }[] = [];
  const server = await startFakeServer(async (request, response) => {
    const input = JSON.parse((await bodyOf(request)).toString());
    const target = request.headers["x-amz-target"];
    calls.push({ target: String(target), authorization: request.headers.authorization });
    response.setHeader("content-type", "application/x-amz-json-1.1");
    if (failure) {
      const { status, type: __type, message } = failure;
      return void response.writeHead(status).end(JSON.stringify({ __type, message }));
    }
    const found = products.filter(
      (product) =>
        product.service === input.ServiceCode &&
        input.Filters.every(
          ({ Field, Value }: { Field: string; Value: string }) => attributesOf(product)[Field] === Value,
        ),
    );
    const start = Number(input.NextToken ?? 0);
    const page = found
      .slice(start, start + 2)
      .map((product, index) => JSON.stringify(documentOf(product, start + index)));
    const more = start + 2 < found.length ? { NextToken: String(start + 2) } : {};
    response.end(JSON.stringify({ FormatVersion: "aws_v1", PriceList: page, ...more }));
  });
  onTestFinished(() => server.stop());
  return { origin: server.origin, calls };
}

function attributesOf({ usage, productFamily, attributes, service }: TestProduct): Readonly<Record<string, string>> {
  return {
    ...(productFamily === undefined ? {} : { productFamily }),
    regionCode: "eu-west-1",
    servicecode: service,
    usagetype: usage,
    ...attributes,
  };
}

function documentOf(product: TestProduct, index: number) {
  const { productFamily, ...attributes } = attributesOf(product);
  const sku = `SKU${index}`;
  const term = `${sku}.JRTCKXETXF`;
  const ranges = typeof product.usd === "string" ? ([["0", product.usd]] as const) : product.usd;
  const priceDimensions = ranges.map(([beginRange, USD], range) => [
    `${term}.${range}`,
    {
      unit: product.unit,
      endRange: ranges[range + 1]?.[0] ?? "Inf",
      description: `$${USD} per ${product.unit}`,
      appliesTo: [],
      rateCode: `${term}.${range}`,
      beginRange,
      pricePerUnit: { USD },
    },
  ]);
  return {
    product: { productFamily, attributes, sku },
    serviceCode: product.service,
    terms: {
      OnDemand: {
        [term]: {
          priceDimensions: Object.fromEntries(priceDimensions),
          sku,
          effectiveDate: "2026-11-01T00:00:00Z",
          offerTermCode: "JRTCKXETXF",
          termAttributes: {},
        },
      },
    },
    version: "20261120000000",
    publicationDate: "2026-11-20T00:00:00Z",
  };
}
