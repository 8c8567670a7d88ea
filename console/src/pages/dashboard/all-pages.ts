/** Most pages of one operation, each with at most 2,500 results: more is not drawn, and would stand in the memory of the page. */
const MAX_PAGES = 60;

/** The range has more than the page reads. */
export class RangeTooLarge extends Error {
  override readonly name = "RangeTooLarge";
}

interface BucketPage<Bucket> {
  readonly data: readonly Bucket[];
  readonly next_page: string | null;
}

/** @throws {RangeTooLarge} */
export async function allPages<Bucket>(
  read: (page: { readonly page?: string }) => Promise<BucketPage<Bucket>>,
): Promise<readonly Bucket[]> {
  const buckets: Bucket[] = [];
  let next: string | null = null;
  for (let count = 0; count < MAX_PAGES; count += 1) {
    const page: BucketPage<Bucket> = await read(next === null ? {} : { page: next });
    buckets.push(...page.data);
    next = page.next_page;
    if (next === null) return buckets;
  }
  throw new RangeTooLarge();
}
