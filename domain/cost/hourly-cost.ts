/** One instance of the environment, from EC2. */
export interface RunInstance {
  readonly id: string;
  readonly instanceType: string;
  /** Model that it serves; a gateway serves none. */
  readonly model: string | undefined;
  /** Milliseconds since 1970. */
  readonly launchedAt: number;
  /** Time of its stop or termination; `undefined` while it runs. */
  readonly endedAt: number | undefined;
}

/** Requests and tokens of one model in the hour. */
export interface ModelTraffic {
  readonly model: string;
  readonly requests: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** Prices in dollars, from the stacks. */
export interface CostRates {
  readonly instanceHour: Readonly<Record<string, number>>;
  readonly platformHour: number;
  readonly request: number;
  readonly completionToken: number;
}

/** Cost of an hour: of the whole environment, or of one model. */
export interface HourlyCost {
  /** @default - the whole environment */
  readonly model?: string;
  readonly usd: number;
  /** `undefined` without tokens. */
  readonly usdPerMillionTokens: number | undefined;
}

export interface HourlyCostInput {
  /** Start of the hour, in milliseconds since 1970. */
  readonly from: number;
  readonly instances: readonly RunInstance[];
  readonly traffic: readonly ModelTraffic[];
  readonly rates: CostRates;
}

export const HOUR_MS = 3_600_000;

/**
 * Cost of one hour: the time that instances really ran, and requests, at their prices. A model's cost has its engines and
 * its requests; gateways and platform are the environment's.
 * @throws when an instance's type has no price
 */
export function hourlyCosts({ from, instances, traffic, rates }: HourlyCostInput): readonly HourlyCost[] {
  const priced = instances.map((instance) => ({ model: instance.model, usd: instanceCost(instance, from, rates) }));
  const byModel = traffic.map((each): HourlyCost => {
    const engines = sum(priced.filter(({ model }) => model === each.model).map(({ usd }) => usd));
    const usd = engines + trafficCost(each, rates);
    return { model: each.model, usd, usdPerMillionTokens: perMillionTokens(usd, [each]) };
  });
  const usd =
    rates.platformHour + sum(priced.map((each) => each.usd)) + sum(traffic.map((each) => trafficCost(each, rates)));
  return [{ usd, usdPerMillionTokens: perMillionTokens(usd, traffic) }, ...byModel];
}

function instanceCost(instance: RunInstance, from: number, { instanceHour }: CostRates): number {
  const { id, instanceType, launchedAt, endedAt = Number.POSITIVE_INFINITY } = instance;
  const ranMs = Math.min(from + HOUR_MS, endedAt) - Math.max(from, launchedAt);
  if (ranMs <= 0) return 0;
  const price = instanceHour[instanceType];
  if (price === undefined)
    throw new Error(
      `${id} is of type ${instanceType}, which has no price; add it to catalog/instance-types.ts and catalog/prices, and deploy.`,
    );
  return (ranMs / HOUR_MS) * price;
}

function trafficCost({ requests, completionTokens }: ModelTraffic, rates: CostRates): number {
  return requests * rates.request + completionTokens * rates.completionToken;
}

function perMillionTokens(usd: number, traffic: readonly ModelTraffic[]): number | undefined {
  const tokens = sum(traffic.map(({ promptTokens, completionTokens }) => promptTokens + completionTokens));
  return tokens > 0 ? (usd / tokens) * 1e6 : undefined;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
