import type { CostType } from "./cost-item.ts";
import type { Forecast, Month } from "./forecast.ts";

/** Dollars a month that one forecast is above another; negative when it is below. */
export interface Difference {
  /** Types whose cost differs by half a cent or more. */
  readonly byType: readonly (Month & { readonly type: CostType })[];
  readonly total: Month;
}

const HALF_A_CENT = 0.005;

export function compareForecasts(from: Forecast, to: Forecast): Difference {
  const byType = to.byType.map((row) => {
    const before = from.byType.find(({ type }) => type === row.type);
    return { type: row.type, ...minus(row, before ?? { minimum: 0, expected: 0, maximum: 0 }) };
  });
  return {
    byType: byType.filter((row) =>
      [row.minimum, row.expected, row.maximum].some((value) => Math.abs(value) >= HALF_A_CENT),
    ),
    total: minus(to.total, from.total),
  };
}

function minus(a: Month, b: Month): Month {
  return {
    minimum: a.minimum - b.minimum,
    expected: a.expected - b.expected,
    maximum: a.maximum - b.maximum,
  };
}
