import type { TokenPrice } from "../../contracts/targets/token-prices.ts";
import { type CountedTokens, tokenBuckets, wholeTokens } from "./token-buckets.ts";

/** Billionths of a dollar in a dollar. */
export const NANO_USD_PER_USD = 1_000_000_000;

/** What tokens cost, in nano-dollars: the price of a million tokens in dollars is a thousandth of that of one token. */
export interface PricedTokens extends CountedTokens {
  readonly price: TokenPrice;
  /** Price of the tokens relative to an ordinary request, e.g. 0.5 for a batch request. @default 1 */
  readonly priceFactor?: number | undefined;
}

/**
 * Nano-dollars of one request: exact, and rounded up once. Counts that are no number of tokens count as 0, a part of a
 * token as a whole one, and no sum is above `Number.MAX_SAFE_INTEGER` (9 million dollars).
 */
export function nanoUsdOf(priced: PricedTokens): number {
  const { input, cachedInput, cacheWrite, output, reasoning } = tokenBuckets(priced);
  const rates = ratesOf(priced.price, priced.priceFactor ?? 1);
  const sum =
    input * rates.input +
    cachedInput * rates.cachedInput +
    cacheWrite * rates.cacheWrite +
    output * rates.output +
    reasoning * rates.reasoning;
  // Products and sums of whole numbers up to here are exact.
  if (sum <= Number.MAX_SAFE_INTEGER) {
    const rest = sum % rates.divisor;
    return (sum - rest) / rates.divisor + (rest === 0 ? 0 : 1);
  }
  const exact =
    BigInt(input) * rates.exact.input +
    BigInt(cachedInput) * rates.exact.cachedInput +
    BigInt(cacheWrite) * rates.exact.cacheWrite +
    BigInt(output) * rates.exact.output +
    BigInt(reasoning) * rates.exact.reasoning;
  return toSafe(dividedUp(exact, rates.exact.divisor));
}

type RateTable<N> = Readonly<Record<"input" | "cachedInput" | "cacheWrite" | "output" | "reasoning" | "divisor", N>>;

/** Whole numbers: tokens times their rates, divided by `divisor`, are nano-dollars. Those above 2^53 are not exact here. */
interface Rates extends RateTable<number> {
  readonly exact: RateTable<bigint>;
}

/** Those of each price by factor: a price is many requests', and its factors are few. */
const knownRates = new WeakMap<TokenPrice, Map<number, Rates>>();
const MAX_KNOWN_FACTORS = 16;

function ratesOf(price: TokenPrice, priceFactor: number): Rates {
  let byFactor = knownRates.get(price);
  const found = byFactor?.get(priceFactor);
  if (found !== undefined) return found;
  if (byFactor === undefined || byFactor.size >= MAX_KNOWN_FACTORS) {
    byFactor = new Map();
    knownRates.set(price, byFactor);
  }
  const rates = readRates(price, priceFactor);
  byFactor.set(priceFactor, rates);
  return rates;
}

function readRates(price: TokenPrice, priceFactor: number): Rates {
  const { inputUsdPerMillion, outputUsdPerMillion } = price;
  const factor = decimalOf(priceFactor);
  const decimals = [
    inputUsdPerMillion,
    price.cachedInputUsdPerMillion ?? inputUsdPerMillion,
    price.cacheWriteUsdPerMillion ?? inputUsdPerMillion,
    outputUsdPerMillion,
    price.reasoningUsdPerMillion ?? outputUsdPerMillion,
  ].map(decimalOf);
  const digits = Math.max(...decimals.map((each) => each.digits));
  const numbers = [
    ...decimals.map((each) => 1000n * scaled(each, digits) * factor.value),
    10n ** BigInt(digits + factor.digits),
  ];
  const common = numbers.reduce(commonDivisor, 0n);
  const [input = 0n, cachedInput = 0n, cacheWrite = 0n, output = 0n, reasoning = 0n, divisor = 1n] = numbers.map(
    (number) => number / common,
  );
  const exact = { input, cachedInput, cacheWrite, output, reasoning, divisor };
  return {
    input: Number(input),
    cachedInput: Number(cachedInput),
    cacheWrite: Number(cacheWrite),
    output: Number(output),
    reasoning: Number(reasoning),
    divisor: Number(divisor),
    exact,
  };
}

function commonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : commonDivisor(b, a % b);
}

/**
 * The most completion tokens with which a request costs at most `nanoUsd`; `Number.MAX_SAFE_INTEGER` where they cost nothing.
 * @returns undefined when the prompt alone costs more
 */
export function completionTokensFor(
  nanoUsd: number,
  { price, promptTokens, priceFactor = 1 }: Pick<PricedTokens, "price" | "promptTokens" | "priceFactor">,
): number | undefined {
  const prompt = decimalOf(price.inputUsdPerMillion);
  const completion = decimalOf(price.outputUsdPerMillion);
  const factor = decimalOf(priceFactor);
  const digits = Math.max(prompt.digits, completion.digits);
  const budget = countDown(nanoUsd) * 10n ** BigInt(digits + factor.digits);
  const left = budget - 1000n * countOf(promptTokens) * scaled(prompt, digits) * factor.value;
  if (left < 0n) return undefined;
  const each = 1000n * scaled(completion, digits) * factor.value;
  return each === 0n ? Number.MAX_SAFE_INTEGER : toSafe(left / each);
}

/** Nano-dollars of an amount in dollars as someone wrote it, rounded up; 0 for what is no amount. */
export function nanoUsdOfDollars(usd: number): number {
  const { value, digits } = decimalOf(usd);
  return toSafe(dividedUp(value * BigInt(NANO_USD_PER_USD), 10n ** BigInt(digits)));
}

/** The product of two decimal numbers as they are written, so that 0.1 times 1.1 is 0.11. */
export function decimalProduct(a: number, b: number): number {
  // Most requests have no factor but 1, and then the product is the other number as it is.
  if (a === 1 && b > 0 && Number.isFinite(b)) return b;
  const [one, other] = [decimalOf(a), decimalOf(b)];
  return Number(`${one.value * other.value}e-${one.digits + other.digits}`);
}

/** A decimal number: `value` / 10 to the power of `digits`. */
interface Decimal {
  readonly value: bigint;
  readonly digits: number;
}

const ZERO: Decimal = { value: 0n, digits: 0 };

/** Prices are few: each is read once. */
const known = new Map<number, Decimal>();
const MAX_KNOWN = 1000;

/** The number as it is written in decimals, so that 0.1 is a tenth. What is below 0 or not finite is 0. */
function decimalOf(number: number): Decimal {
  const found = known.get(number);
  if (found !== undefined) return found;
  if (known.size >= MAX_KNOWN) known.clear();
  const decimal = readDecimal(number);
  known.set(number, decimal);
  return decimal;
}

function readDecimal(number: number): Decimal {
  if (!Number.isFinite(number) || number <= 0) return ZERO;
  const [mantissa = "0", exponent = "0"] = String(number).split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  const digits = fraction.length - Number(exponent);
  const value = BigInt(whole + fraction);
  return digits >= 0 ? { value, digits } : { value: value * 10n ** BigInt(-digits), digits: 0 };
}

function scaled({ value, digits }: Decimal, to: number): bigint {
  return value * 10n ** BigInt(to - digits);
}

function countOf(tokens: number): bigint {
  return BigInt(wholeTokens(tokens));
}

function countDown(amount: number): bigint {
  return amount > 0 ? BigInt(Math.floor(Math.min(amount, Number.MAX_SAFE_INTEGER))) : 0n;
}

function dividedUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}

function toSafe(value: bigint): number {
  const limit = BigInt(Number.MAX_SAFE_INTEGER);
  return Number(value < limit ? value : limit);
}
