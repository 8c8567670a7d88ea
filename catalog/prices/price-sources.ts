/** Where a price was read, and on which day or in which month. */
export interface PriceSource {
  readonly source: string;
  readonly date: string;
}

/** Prices of us-east-1 that Karpenter generates from the AWS Price List API. */
export const KARPENTER: PriceSource = {
  source:
    "AWS Price List API, as recorded in https://github.com/aws/karpenter-provider-aws at 1d92708, pkg/providers/pricing",
  date: "2026-07-20",
};

/** SkyPilot's table of EC2 prices by region. The month is that of its newest types: g7e is in two regions. */
export const SKYPILOT: PriceSource = {
  source:
    "AWS Price List API, as recorded in https://github.com/skypilot-org/skypilot-catalog at 00148f2, catalogs/v8/aws/vms.csv",
  date: "2026-02",
};

/**
 * Prices of the other sizes of a family: AWS sets a region's price of a family by one factor. Where the table's rows of
 * two or more sizes were read, this calculation gives each of them within 0.2 %.
 */
export const SKYPILOT_BY_SIZE: PriceSource = {
  source: `${SKYPILOT.source}: the row of another size of the family, times the ratio of the two sizes in us-east-1`,
  date: SKYPILOT.date,
};

/** The type has no on-demand price: it is sold in Capacity Blocks, at this hourly rate in most regions. */
export const CAPACITY_BLOCKS: PriceSource = {
  source:
    "https://aws.amazon.com/ec2/capacityblocks/pricing/ since January 2026, as reported by https://administraciondesistemas.com",
  date: "2026-01-05",
};
