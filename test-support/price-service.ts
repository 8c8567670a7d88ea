import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** One price, as far as the service needs it: so many dollars for so many units. */
export interface ListPrice {
  readonly usd: number;
  readonly units: number;
}

export interface PriceServiceProps {
  /** Service prices by their name in `catalog/prices`. */
  readonly prices: Readonly<Record<string, ListPrice>>;
  /** Dollars an hour by instance type. */
  readonly instanceHour: Readonly<Record<string, number>>;
}

/** Infracost's queries of its price service, with results from our prices. */
export interface PriceService {
  readonly url: string;
  /** Products that were queried and have no price here. */
  readonly unknown: ReadonlySet<string>;
  stop(): Promise<void>;
}

interface ProductFilter {
  readonly service: string;
  readonly productFamily?: string;
  readonly attributeFilters?: readonly {
    readonly key: string;
    readonly value?: string;
    readonly value_regex?: string;
  }[];
}

/** Service and a word of the filter → name of the price. The first that fits counts. */
const PRODUCTS: readonly (readonly [service: string, word: RegExp, price: string])[] = [
  ["AmazonEC2", /volumeApiName=.*gp3/, "volumeGb"],
  ["AWSELB", /LoadBalancerUsage/, "loadBalancerHour"],
  ["AWSELB", /LCUUsage/, "loadBalancerCapacity"],
  ["AmazonVPC", /VpcEndpoint-Hours/, "interfaceEndpointHour"],
  ["AmazonVPC", /VpcEndpoint-Bytes/, "interfaceEndpointGb"],
  ["AmazonApiGateway", /ApiGatewayRequest/, "apiRequests"],
  ["awswaf", /WebACLV2/, "firewallAcl"],
  ["awswaf", /RuleV2/, "firewallRule"],
  ["awswaf", /RequestV2/, "firewallRequests"],
  ["AmazonCloudFront", /transferType=CloudFront Outbound/, "distributionGb"],
  ["AmazonCloudFront", /HTTPS-Proxy/, "distributionRequests"],
  ["AWSLambda", /Storage-Duration/, "none"],
  ["AWSLambda", /Lambda-Requests/, "lambdaRequests"],
  ["AWSLambda", /Lambda-Duration/, "lambdaGbSeconds"],
  ["AmazonDynamoDB", /DDB-ReadUnits/, "tableReads"],
  ["AmazonDynamoDB", /DDB-WriteUnits/, "tableWrites"],
  ["AmazonDynamoDB", /TimedPITRStorage/, "tableRecoveryGb"],
  ["AmazonDynamoDB", /TimedStorage/, "tableGb"],
  ["AmazonS3", /TimedStorage-ByteHrs.*Standard/, "bucketGb"],
  ["AmazonS3", /Requests-Tier1/, "bucketWrites"],
  ["AmazonS3", /Requests-Tier2/, "bucketReads"],
  ["awskms", /KMS-Keys/, "encryptionKey"],
  ["awskms", /KMS-Requests\$/, "encryptionRequests"],
  ["AmazonCloudWatch", /alarmType=.*Standard/, "alarm"],
  ["AmazonCloudWatch", /DashboardsUsageHour/, "dashboard"],
  ["AmazonCloudWatch", /DataProcessing-Bytes/, "logsGb"],
  ["AmazonCloudWatch", /TimedStorage-ByteHrs/, "logsStoredGb"],
];

/** Starts a price service on the loopback address with Infracost's protocol. */
export async function startPriceService({ prices, instanceHour }: PriceServiceProps): Promise<PriceService> {
  const unknown = new Set<string>();

  function priceOf(filter: ProductFilter): number | undefined {
    const words = [
      filter.productFamily ?? "",
      ...(filter.attributeFilters ?? []).map(({ key, value, value_regex: regex }) => `${key}=${value ?? regex}`),
    ].join(" ");
    const instanceType = filter.attributeFilters?.find(({ key }) => key === "instanceType")?.value;
    if (/^(Compute|Cache) Instance$/.test(filter.productFamily ?? "") && instanceType !== undefined)
      return instanceHour[instanceType];
    const [, , name = ""] = PRODUCTS.find(([service, word]) => service === filter.service && word.test(words)) ?? [];
    const price = prices[name];
    if (price === undefined) unknown.add(`${filter.service} ${words}`);
    return price && price.usd / price.units;
  }

  const server = createServer((request, response) => {
    void text(request).then((body) => {
      response.setHeader("content-type", "application/json");
      if (request.url !== "/graphql") return void response.end("{}");
      // Infracost also sends other queries here, such as the owner of the key: those have no variables.
      const queries: readonly { readonly variables?: { readonly productFilter?: ProductFilter } | null }[] = [
        JSON.parse(body),
      ].flat();
      const results = queries.map(({ variables }) => {
        if (!variables?.productFilter) return { data: {} };
        const usd = priceOf(variables.productFilter);
        const prices = usd === undefined ? [] : [{ priceHash: "catalog", USD: usd.toFixed(12) }];
        return { data: { products: prices.length === 0 ? [] : [{ prices }] } };
      });
      response.end(JSON.stringify(results));
    });
  });
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    unknown,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
