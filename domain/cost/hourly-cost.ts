/** One instance of the environment, as EC2 tells of it. */
export interface RunInstance {
  readonly id: string;
  readonly instanceType: string;
  /** Model that it serves; a gateway serves none. */
  readonly model: string | undefined;
  /** Milliseconds since 1970. */
  readonly launchedAt: number;
  /** When it was stopped or terminated; `undefined` while it runs. */
  readonly endedAt: number | undefined;
}

/** What was asked of one model in the hour. */
export interface ModelTraffic {
  readonly model: string;
  readonly requests: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** Dollars, as the stacks tell them. */
export interface CostRates {
  readonly instanceHour: Readonly<Record<string, number>>;
  readonly platformHour: number;
  readonly request: number;
  readonly completionToken: number;
}

/** What an hour cost: of the whole environment, or of one model. */
export interface HourlyCost {
  /** @default - the whole environment */
  readonly model?: string;
  readonly usd: number;
  /** `undefined` without tokens: a price of nothing is no price. */
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
 * What one hour cost: hours that instances really ran, at their price, and requests at theirs. A model bears its engines
 * and its requests; gateways and platform are the environment's.
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
      `${id} is of type ${instanceType}, which has no price; add it to catalog/instance-types.ts and deploy.`,
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
